/// Why some bytes are not a document of their format, and where.
package struct JSONFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, in lower case and without a full stop: `expected a value, found '}'`.
  package var reason: String
  /// The offset of the byte at which it is wrong, from 0.
  package var offset: Int
  /// The line of that byte, counted from 1.
  package var line: Int
  /// The column of that byte, counted from 1, in bytes.
  package var column: Int
  /// Whether the document ended too early: it may have been truncated on its way.
  package var isTruncation: Bool

  package init(reason: String, offset: Int, line: Int, column: Int, isTruncation: Bool) {
    self.reason = reason
    self.offset = offset
    self.line = line
    self.column = column
    self.isTruncation = isTruncation
  }

  package var description: String { "line \(line), column \(column): \(reason)" }

  /// The line and column of a byte, both counted from 1, the column in bytes.
  package static func place(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
    bytes.withUnsafeBufferPointer { place(of: offset, in: $0) }
  }

  package static func place(
    of offset: Int, in bytes: UnsafeBufferPointer<UInt8>
  ) -> (line: Int, column: Int) {
    var line = 1
    var lineStart = 0
    for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    return (line, offset - lineStart + 1)
  }
}

/// A `JSONFailure` inside a parser; its line and column are computed only once, at the end.
package struct ScanFailure: Error {
  package var reason: String
  var offset: Int
  var isTruncation = false

  package init(reason: String, offset: Int, isTruncation: Bool = false) {
    self.reason = reason
    self.offset = offset
    self.isTruncation = isTruncation
  }

  package func located(in bytes: [UInt8]) -> JSONFailure {
    bytes.withUnsafeBufferPointer { located(in: $0) }
  }

  func located(in bytes: UnsafeBufferPointer<UInt8>) -> JSONFailure {
    let place = JSONFailure.place(of: offset, in: bytes)
    return JSONFailure(
      reason: reason, offset: offset, line: place.line, column: place.column,
      isTruncation: isTruncation)
  }
}
