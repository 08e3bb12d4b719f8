internal import Foundation
internal import Text

/// Finds secrets in what leaves the program, in every form in which a service may repeat them, and
/// removes them.
package struct Redactor: Sendable {
  /// One form of a secret.
  struct Form: Sendable {
    let bytes: [UInt8]
    /// Where the secret was read, and which of its forms this is: `OPS_API_BEARER_TOKEN#0`.
    let label: String

    /// A number must not become a word: the document around it would break.
    fileprivate var replacement: [UInt8] {
      bytes.allSatisfy { (0x30...0x39).contains($0) }
        ? [UInt8](repeating: 0x39, count: bytes.count) : Array("[redacted]".utf8)
    }
  }

  /// What counts as a part of a secret: shorter texts occur everywhere.
  static let leastLength = 6

  /// Longest first, so that nothing is left of a secret that contains another.
  private(set) var forms: [Form] = []
  /// A bit for each pair of bytes with which a form begins.
  private var begins = [UInt64](repeating: 0, count: 1_024)

  package init() {}

  package var isEmpty: Bool { forms.isEmpty }

  /// Adds forms; those that are known or too short are ignored.
  mutating func add(_ added: [Form]) {
    for form in added where form.bytes.count >= Self.leastLength {
      guard !forms.contains(where: { $0.bytes == form.bytes }) else { continue }
      forms.append(form)
      let pair = Int(form.bytes[0]) << 8 | Int(form.bytes[1])
      begins[pair >> 6] |= 1 << (pair & 63)
    }
    forms.sort {
      ($0.bytes.count, $0.label) != ($1.bytes.count, $1.label)
        ? ($0.bytes.count, $0.label) > ($1.bytes.count, $1.label)
        : $0.bytes.lexicographicallyPrecedes($1.bytes)
    }
  }

  /// The text without any secret.
  package func redact(_ text: String) -> String {
    guard !isEmpty else { return text }
    let bytes = Array(text.utf8)
    let redacted = redact(bytes)
    return redacted == bytes ? text : String(decoding: redacted, as: UTF8.self)
  }

  /// Text or a document without any secret.
  package func redact(_ bytes: [UInt8]) -> [UInt8] {
    replacing(in: bytes) { form, _ in form.replacement }
  }

  /// A JSON document without any secret in its strings.
  package func redact(json bytes: [UInt8]) -> [UInt8] {
    replacing(in: bytes, onlyInStrings: true) { _, _ in Array("[redacted]".utf8) }
  }

  /// A JSON document whose strings name the sources of secrets instead of holding them, so that
  /// `unmasked` can put them back: the identity of an alert does not change between runs.
  package func masked(json bytes: [UInt8]) -> [UInt8] {
    replacing(in: bytes, onlyInStrings: true) { form, count in
      let part = count < form.bytes.count ? ":\(count)" : ""
      return Array("\(Self.maskBegin)\(form.label)\(part)]".utf8)
    }
  }

  /// The document that `masked` was given, if the secrets are the same.
  package func unmasked(_ bytes: [UInt8]) -> [UInt8] {
    let begin = Array(Self.maskBegin.utf8)
    guard !isEmpty, bytes.count > begin.count else { return bytes }
    let known = Dictionary(forms.map { ($0.label, $0.bytes) }) { one, _ in one }
    var result: [UInt8] = []
    var copied = 0
    var place = 0
    while let start = bytes[place...].firstIndex(of: begin[0]) {
      place = start + 1
      guard bytes[start...].starts(with: begin),
        let end = bytes[start...].prefix(300).firstIndex(of: UInt8(ascii: "]"))
      else { continue }
      let name = String(decoding: bytes[(start + begin.count)..<end], as: UTF8.self)
      let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard let secret = known[parts[0]] else { continue }
      let count = parts.count > 1 ? Int(parts[1]) ?? secret.count : secret.count
      result += bytes[copied..<start] + secret.prefix(max(0, count))
      copied = end + 1
      place = copied
    }
    return copied == 0 ? bytes : result + bytes[copied...]
  }

  private static let maskBegin = "[redacted "

  // The replacement is of a form, or of its first bytes if a cut text ends with them.
  private func replacing(
    in bytes: [UInt8], onlyInStrings: Bool = false,
    _ replacement: (_ form: Form, _ count: Int) -> [UInt8]
  ) -> [UInt8] {
    guard !isEmpty, bytes.count >= Self.leastLength else { return bytes }
    let replaced: [UInt8]? = bytes.withUnsafeBufferPointer { bytes in
      var result: [UInt8] = []
      var copied = 0
      var place = 0
      var isInString = false
      while place < bytes.count - 1 {
        if onlyInStrings {
          if bytes[place] == UInt8(ascii: "\"") { isInString.toggle() }
          guard isInString else {
            place += 1
            continue
          }
        }
        let pair = Int(bytes[place]) << 8 | Int(bytes[place + 1])
        if begins[pair >> 6] & (1 << (pair & 63)) != 0,
          let (form, count) = match(in: bytes, at: place)
        {
          result += bytes[copied..<place]
          result += replacement(form, count)
          place += count
          copied = place
        } else {
          // A quote after a backslash does not end the string.
          place += onlyInStrings && bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
      }
      return copied == 0 ? nil : result + bytes[copied...]
    }
    return replaced ?? bytes
  }

  /// The longest form at a place; or one of which only the first bytes are there, followed by a
  /// `…`, as at the end of every text that this program cuts, or by an escape sequence before it.
  private func match(
    in bytes: UnsafeBufferPointer<UInt8>, at place: Int
  ) -> (form: Form, count: Int)? {
    let rest = bytes[place...]
    var cut: (form: Form, count: Int)?
    for form in forms {
      var count = 0
      while count < form.bytes.count, count < rest.count, rest[place + count] == form.bytes[count] {
        count += 1
      }
      if count == form.bytes.count { return (form, count) }
      guard count >= Self.leastLength, cut == nil else { continue }
      let next = rest.dropFirst(count)
      if next.starts(with: "…".utf8) || next.first == 0x1B { cut = (form, count) }
    }
    return cut
  }
}

extension Redactor {
  /// The forms of a secret text.
  ///
  /// - Parameters:
  ///   - text: the secret.
  ///   - name: where it was read.
  ///   - first: the number of the first form.
  /// - Returns: itself; as JSON escapes it; percent-encoded and decoded; in HTML; and in Base64,
  ///   wherever it begins in a longer encoded text.
  static func forms(of text: String, named name: String, from first: Int) -> [Form] {
    let quoted = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    let encoded = [true, false].map { isUpper in
      text.utf8.map { byte in
        let digits = String(byte, radix: 16, uppercase: isUpper)
        return isUnreserved(byte)
          ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + digits
      }.joined()
    }
    let texts =
      [
        text, quoted, quoted.replacing("/", with: "\\/"), text.removingPercentEncoding ?? text,
        MarkupText.escaped(text),
      ] + encoded + base64(Array(text.utf8))
    return texts.enumerated().map { index, text in
      Form(bytes: Array(text.utf8), label: "\(name)#\(first + index)")
    }
  }

  /// The parts of an encoded text that depend on the secret alone, and the whole with its padding.
  private static func base64(_ secret: [UInt8]) -> [String] {
    let whole = Data(secret).base64EncodedString()
    let parts = (0..<3).map { skipped in
      let rest = secret.dropFirst(skipped)
      return Data(rest.prefix(rest.count / 3 * 3)).base64EncodedString()
    }
    // Shorter parts could match anything.
    let texts = [whole] + parts.filter { $0.utf8.count >= 8 }
    return texts + texts.map { $0.replacing("+", with: "-").replacing("/", with: "_") }
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~".utf8.contains(byte)
    }
  }
}
