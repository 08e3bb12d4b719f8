/// Why some bytes are not a JSON document, and where.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, in lower case and without a full stop: `expected a value, found "}"`.
  package var reason: String
  /// The byte at which it is wrong, counted from 0.
  package var offset: Int
  /// The line of that byte, counted from 1.
  package var line: Int
  /// The column of that byte, counted from 1, in bytes.
  package var column: Int
  /// The document ended before it was complete: it may have been cut on its way.
  package var isTruncation: Bool

  package init(reason: String, offset: Int, line: Int, column: Int, isTruncation: Bool) {
    self.reason = reason
    self.offset = offset
    self.line = line
    self.column = column
    self.isTruncation = isTruncation
  }

  package var description: String { "line \(line), column \(column): \(reason)" }
}
