internal import JSON

/// What to write instead of something that people mistake for JSON: comments, trailing commas,
/// single quotes, YAML and the like.
struct JSONAdvice {
  private let bytes: [UInt8]
  /// Where parsing failed.
  private let offset: Int
  private let isTruncation: Bool
  private let isPastEnd: Bool

  init(_ failure: JSONFailure, in bytes: [UInt8]) {
    self.bytes = bytes
    offset = min(failure.offset, bytes.count)
    isTruncation = failure.isTruncation
    isPastEnd = failure.reason.hasPrefix("expected the end of the document")
  }

  /// One clause in lower case; `nil` if nothing more can be said than what was expected.
  var clause: String? {
    if isYAML { return "this looks like YAML: write it as JSON" }
    if isTruncation { return "is a closing quote, ] or } missing at the end?" }
    return ofMark ?? ofWord ?? ofNumber ?? ofNeighbours
  }

  /// The failure is at a character that JSON does not have.
  private var ofMark: String? {
    if starts("//") || starts("/*") || starts("#") { return "JSON has no comments: remove it" }
    if starts("'") || starts("`") { return "JSON has only double quotes: write \"" }
    if ["\u{201C}", "\u{201D}", "\u{2018}", "\u{2019}"].contains(where: starts) {
      return "this is a typographic quote: write \""
    }
    if starts("${") || starts("$") || starts("{{") {
      return "variables are not expanded here: write the value"
    }
    if starts("=") { return "write : between a key and its value" }
    if starts(";") { return "write , between two members or elements" }
    if starts("}") || starts("]"), before == UInt8(ascii: ",") {
      return "remove the comma before it"
    }
    if starts(","), before.map(",[{".utf8.contains) == true { return "remove this comma" }
    return nil
  }

  /// The failure is in a word without quotes.
  private var ofWord: String? {
    let start = bytes[..<offset].lastIndex { !isWordByte($0) }.map { $0 + 1 } ?? 0
    let word = String(decoding: bytes[start...].prefix(while: isWordByte), as: UTF8.self)
    guard let first = word.utf8.first, !isDigit(first) else { return nil }
    let follows = bytes[(start + word.utf8.count)...].first { !isBlank($0) }
    if follows == UInt8(ascii: ":") { return "put the key in double quotes" }
    switch word.lowercased() {
    case "true", "yes", "on": return "write true"
    case "false", "no", "off": return "write false"
    case "none", "nil", "null", "undefined": return "write null, or leave out the key"
    case "nan", "inf", "infinity": return "JSON has no such number"
    default: return "put the text in double quotes"
    }
  }

  /// The failure is in a number that JSON writes differently.
  private var ofNumber: String? {
    let next = offset + 1 < bytes.count ? bytes[offset + 1] : 0
    if starts("+") { return "write the number without +" }
    if starts("."), isDigit(next) { return "write a 0 before the point" }
    if starts("%") { return "write the fraction: 0.05 for 5 %" }
    if offset < bytes.count, isDigit(bytes[offset]), before == UInt8(ascii: ",") {
      return "write a decimal point, not a comma"
    }
    return nil
  }

  /// The failure is where a separator seems to be missing.
  private var ofNeighbours: String? {
    guard offset < bytes.count, !isPastEnd, let before else { return nil }
    let begins = "\"{[-0123456789".utf8.contains(bytes[offset])
    let ended = "\"}]".utf8.contains(before) || isDigit(before) || isWordByte(before)
    return begins && ended ? "is a comma or a colon missing before it?" : nil
  }

  /// Whether the document looks like YAML: `---`, `- `, `key:`.
  private var isYAML: Bool {
    guard
      let line = bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).first(where: { line in
        line.first { !isBlank($0) }.map { $0 != UInt8(ascii: "#") } ?? false
      })
    else { return false }
    let text = String(decoding: line.prefix(200), as: UTF8.self)
    let key = text.utf8.prefix(while: isWordByte)
    return text.hasPrefix("---") || text.hasPrefix("- ")
      || !key.isEmpty && text.utf8.dropFirst(key.count).first == UInt8(ascii: ":")
  }

  private func starts(_ text: String) -> Bool { bytes[offset...].starts(with: text.utf8) }

  /// The last byte before the failure that is not white space.
  private var before: UInt8? { bytes[..<offset].last { !isBlank($0) } }
}

private func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isWordByte(_ byte: UInt8) -> Bool {
  isDigit(byte) || byte == UInt8(ascii: "_")
    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}
