package import AlertEngine
internal import Text

/// What a replay found, written piece by piece: transitions as they come, the rest at the end.
package protocol ReplayReport: Sendable {
  /// What stands before everything else.
  mutating func head() -> [UInt8]

  /// Writes some transitions, after all those before them.
  ///
  /// - Parameter transitions: of all targets, in the order of time.
  /// - Returns: the next piece of the document.
  mutating func transitions(_ transitions: [ReplayTransition]) -> [UInt8]

  /// Writes what is known at the end.
  ///
  /// - Parameters:
  ///   - result: what was found.
  ///   - skipped: the lines of the recordings that were not judged.
  /// - Returns: the end of the document.
  mutating func tail(_ result: ReplayResult, skipped: SkippedLines) -> [UInt8]
}

/// The lines of recordings that were not judged: those that could not be read, and those of the
/// past.
package struct SkippedLines: Sendable {
  package struct Line: Hashable, Sendable {
    package var file: String
    /// Counted from 1.
    package var line: Int
    /// Counted from 1, in bytes.
    package var column: Int
    package var reason: String

    package init(file: String, line: Int, column: Int, reason: String) {
      self.file = file
      self.line = line
      self.column = column
      self.reason = reason
    }

    /// `night.jsonl:12:40: expected a value`, safe for a terminal.
    package var sentence: String {
      "\(printable(file)):\(line):\(column): \(printable(reason, limit: 300))"
    }
  }

  /// How many could not be read.
  package var total: Int
  /// The first of these.
  package var first: [Line]
  /// How many samples were left out, since another file has one of their target that is as new.
  package var overlapping: Int

  package init(total: Int = 0, first: [Line] = [], overlapping: Int = 0) {
    self.total = total
    self.first = first
    self.overlapping = overlapping
  }

  /// `12 samples were left out that are not newer than those of another file`; `nil` where none was.
  package var overlapSentence: String? {
    switch overlapping {
    case 0: nil
    case 1: "1 sample was left out that is not newer than those of another file"
    default: "\(overlapping) samples were left out that are not newer than those of another file"
    }
  }
}
