package import AlertEngine

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
  ///   - skipped: the lines of the recordings that could not be read.
  /// - Returns: the end of the document.
  mutating func tail(_ result: ReplayResult, skipped: SkippedLines) -> [UInt8]
}

/// The lines of recordings that could not be read.
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

  package var total: Int
  /// The first ones.
  package var first: [Line]

  package init(total: Int = 0, first: [Line] = []) {
    self.total = total
    self.first = first
  }
}
