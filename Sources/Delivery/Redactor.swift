internal import JSON

/// Finds secrets in what leaves the program, however they are spelled, and removes them.
package struct Redactor: Sendable {
  /// What counts as a part of a secret: shorter texts occur everywhere.
  static let leastLength = 6

  /// Longest first, so that nothing is left of a secret that contains another.
  private(set) var forms: [SecretForm] = []
  /// Their first bytes.
  private var firsts: [UInt8] = []
  /// A bit for each pair of bytes with which a spelling of a form can begin.
  private var begins = [UInt64](repeating: 0, count: 1_024)

  package init() {}

  package var isEmpty: Bool { forms.isEmpty }

  /// Adds forms; those that are known or too short are ignored.
  mutating func add(_ added: [SecretForm]) {
    for form in added where form.text.count >= Self.leastLength {
      guard !forms.contains(where: { $0.text == form.text && $0.isLiteral == form.isLiteral })
      else { continue }
      forms.append(form)
      for (first, second) in form.begins {
        let pair = Int(first) << 8 | Int(second)
        begins[pair >> 6] |= 1 << (pair & 63)
      }
    }
    forms.sort {
      ($0.text.count, $0.label) != ($1.text.count, $1.label)
        ? ($0.text.count, $0.label) > ($1.text.count, $1.label)
        : $0.text.lexicographicallyPrecedes($1.text)
    }
    firsts = forms.map { $0.text[0] }
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
    replacing(in: bytes) { text, _, span in
      // A number must not become a word: the document around it would break.
      text.bytes[span].allSatisfy(\.isDigit) ? Self.nines(span) : Self.mask
    }
  }

  /// A JSON document without any secret in its strings and numbers.
  package func redact(json bytes: [UInt8]) -> [UInt8] {
    replacing(in: bytes, strings: true, numbers: true) { text, _, span in
      text.isString ? Self.mask : Self.nines(span)
    }
  }

  /// A JSON document whose strings name the sources of secrets instead of holding them, so that
  /// `unmasked` can put them back: the identity of an alert does not change between runs.
  package func masked(json bytes: [UInt8]) -> [UInt8] {
    replacing(in: bytes, strings: true) { text, form, span in
      let spelling = form.spelling(of: span, in: text)
      let part = spelling == "{\(form.text.count)}" ? "" : ":\(spelling)"
      return Array("\(Self.maskBegin)\(form.label)\(part)]".utf8)
    }
  }

  /// The document that `masked` was given, if the secrets are the same.
  package func unmasked(_ bytes: [UInt8]) -> [UInt8] {
    let begin = Array(Self.maskBegin.utf8)
    guard !isEmpty, bytes.count > begin.count else { return bytes }
    let known = Dictionary(forms.map { ($0.label, $0) }) { one, _ in one }
    var result: [UInt8] = []
    var copied = 0
    var place = 0
    while let start = bytes[place...].firstIndex(of: begin[0]) {
      place = start + 1
      guard bytes[start...].starts(with: begin),
        let end = bytes[start...].prefix(Self.longestMask).firstIndex(of: UInt8(ascii: "]"))
      else { continue }
      let name = String(decoding: bytes[(start + begin.count)..<end], as: UTF8.self)
      let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
      guard let label = parts.first, let form = known[label],
        let secret = form.spelled(parts.count > 1 ? parts[1] : "{\(form.text.count)}"),
        // The document may hold a mask that this program did not write.
        (try? extract(PathPlan([]), from: [0x22] + secret + [0x22])) != nil
      else { continue }
      result += bytes[copied..<start] + secret
      copied = end + 1
      place = copied
    }
    return copied == 0 ? bytes : result + bytes[copied...]
  }

  private static let mask = Array("[redacted]".utf8)
  private static let maskBegin = "[redacted "
  private static let longestMask = 1 << 17

  private static func nines(_ span: Range<Int>) -> [UInt8] {
    [UInt8](repeating: UInt8(ascii: "9"), count: span.count)
  }

  /// - Parameters:
  ///   - bytes: a text, or a JSON document.
  ///   - strings: whether it is a document, of which only the strings are searched.
  ///   - numbers: whether the numbers of the document are searched, too.
  ///   - replacement: of a form, or of its begin if a cut text ends with it.
  /// - Returns: the bytes with replacements.
  private func replacing(
    in bytes: [UInt8], strings: Bool = false, numbers: Bool = false,
    _ replacement: (_ text: SpelledText, _ form: SecretForm, _ span: Range<Int>) -> [UInt8]
  ) -> [UInt8] {
    guard !isEmpty, bytes.count >= Self.leastLength else { return bytes }
    let inNumbers = numbers ? forms.filter { $0.text.allSatisfy(\.isDigit) } : []
    let replaced: [UInt8]? = bytes.withUnsafeBufferPointer { bytes in
      var result: [UInt8] = []
      var copied = 0
      var place = 0
      var text = SpelledText(bytes: bytes, isString: false)
      while place < bytes.count - 1 {
        let byte = bytes[place]
        if strings, byte == UInt8(ascii: "\"") {
          text.isString.toggle()
          place += 1
          continue
        }
        var found: (form: SecretForm, end: Int)?
        if strings, !text.isString {
          guard byte.isDigit, !inNumbers.isEmpty else {
            place += 1
            continue
          }
          found = inNumbers.first { bytes[place...].starts(with: $0.text) }
            .map { ($0, place + $0.text.count) }
        } else {
          let pair = Int(byte) << 8 | Int(bytes[place + 1])
          if begins[pair >> 6] & (1 << (pair & 63)) != 0 { found = match(in: text, at: place) }
        }
        if let (form, end) = found {
          result += bytes[copied..<place]
          result += replacement(text, form, place..<end)
          copied = end
        }
        place = found?.end ?? text.next(after: place)
      }
      return copied == 0 ? nil : result + bytes[copied...]
    }
    return replaced ?? bytes
  }

  /// The longest form at a place; or one of which only the begin is there, followed by a `…`, as at
  /// the end of every text that this program cuts, or by an escape sequence before it.
  private func match(in text: SpelledText, at place: Int) -> (form: SecretForm, end: Int)? {
    let begins = [
      text.bytes[place], text.character(at: place)?.utf8.first, text.byte(at: place)?.utf8.first,
    ]
    var cut: (form: SecretForm, end: Int)?
    for index in firsts.indices where begins.contains(firsts[index]) {
      let form = forms[index]
      let (end, count) = form.match(in: text, at: place)
      if count == form.text.count { return (form, end) }
      guard count >= Self.leastLength, cut == nil else { continue }
      if text.isCut(at: end) { cut = (form, end) }
    }
    return cut
  }
}
