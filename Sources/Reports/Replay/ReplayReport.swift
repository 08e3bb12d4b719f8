package import AlertEngine
internal import Text

/// A report on a replay, written piece by piece: transitions as they happen, the rest at the end.
package protocol ReplayReport: Sendable {
  /// Begins the document.
  mutating func head() -> [UInt8]

  /// Writes some transitions, after all those before them.
  ///
  /// - Parameter transitions: of all targets, in time order.
  /// - Returns: the next piece of the document.
  mutating func transitions(_ transitions: [ReplayTransition]) -> [UInt8]

  /// Ends the document with what is known only then.
  ///
  /// - Parameters:
  ///   - result: what was found.
  ///   - skipped: the lines of the recordings that were not evaluated.
  /// - Returns: the end of the document.
  mutating func tail(_ result: ReplayResult, skipped: SkippedLines) -> [UInt8]
}

/// The lines of recordings that were not evaluated: unreadable ones, and ones that overlap with
/// another file.
package struct SkippedLines: Sendable {
  package struct Line: Hashable, Sendable {
    var file: String
    /// Counted from 1.
    var line: Int
    /// Counted from 1, in bytes.
    var column: Int
    var reason: String

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

  /// The number of lines that could not be read.
  package var total: Int
  /// The first of these.
  package var first: [Line]
  /// The number of samples left out because another file has one of the same target that is as new.
  package var overlapping: Int

  package init(total: Int = 0, first: [Line] = [], overlapping: Int = 0) {
    self.total = total
    self.first = first
    self.overlapping = overlapping
  }

  /// `12 samples left out: not newer than those of another file`; `nil` if there are none.
  package var overlapSentence: String? {
    guard overlapping > 0 else { return nil }
    return "\(Quantity.count(overlapping, "sample")) left out: not newer than those of another file"
  }
}
