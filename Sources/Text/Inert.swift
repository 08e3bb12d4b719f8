/// Makes text safe for the log of a CI system: no line of it is a command to the runner.
///
/// Runners parse the output of a step: GitHub's takes a line that begins with `::` for a command,
/// with or without leading spaces, and `##[` anywhere in it; Azure Pipelines takes `##vso[`,
/// TeamCity `##teamcity[`. The first colon or the second `#` becomes a visible escape such as
/// `\u{3a}`. Runners may ignore invisible characters, so non-ASCII characters are skipped when
/// looking for commands.
///
/// - Parameter text: what is about to be printed, in any number of lines.
/// - Returns: the text, unchanged if nothing in it could be taken for a command.
package func inert(_ text: String) -> String {
  var text = text
  return text.withUTF8 { bytes in
    guard mayHoldCommand(bytes) else { return String(decoding: bytes, as: UTF8.self) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 64)
    /// Whether this line has had only white space and non-ASCII bytes so far.
    var isAtBegin = true
    for (place, byte) in bytes.enumerated() {
      if byte == hash, isCommandMark(at: place, in: bytes) {
        result.append(contentsOf: "\\u{23}".utf8)
      } else if isAtBegin, byte == colon, next(after: place, in: bytes) == colon {
        result.append(contentsOf: "\\u{3a}".utf8)
      } else {
        result.append(byte)
      }
      switch byte {
      case 0x0A, 0x0D: isAtBegin = true
      case 0x09, 0x0B, 0x0C, 0x20, 0x80...: break
      default: isAtBegin = false
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

private let hash = UInt8(ascii: "#")
private let colon = UInt8(ascii: ":")

/// Whether the `#` at `place` is the second one of `##[` or `##WORD[`.
package func isCommandMark(at place: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
  guard text[..<place].last(where: { $0 < 0x80 }) == hash else { return false }
  for (count, byte) in text[(place + 1)...].lazy.filter({ $0 < 0x80 }).enumerated() {
    if byte == UInt8(ascii: "[") { return true }
    guard count < 32, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) else {
      return false
    }
  }
  return false
}

/// The next ASCII byte after `place`.
private func next(after place: Int, in text: UnsafeBufferPointer<UInt8>) -> UInt8? {
  text[(place + 1)...].first { $0 < 0x80 }
}

/// Whether the text contains `#[`, a `#` before a letter, or `::`, ignoring non-ASCII bytes.
private func mayHoldCommand(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
  var last: UInt8 = 0
  for byte in text where byte < 0x80 {
    if byte == last, byte == hash || byte == colon { return true }
    last = byte
  }
  return false
}
