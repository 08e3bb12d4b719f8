internal import Foundation

/// A secret, or one of its Base64 forms.
struct SecretForm: Sendable {
  /// What a text that spells it says: without backslashes, and with every escape decoded.
  let text: [UInt8]
  /// Whether only this very text is searched, since little is left of it when it is decoded.
  let isLiteral: Bool
  /// Where the secret was read, and which of its forms this is: `OPS_API_BEARER_TOKEN#0`.
  let label: String

  init(_ secret: [UInt8], label: String) {
    let decoded = Self.decoded(secret)
    isLiteral = decoded.count < Redactor.leastLength
    text = isLiteral ? secret : decoded
    self.label = label
  }

  /// The forms of a secret: itself, and in Base64, wherever it begins in a longer encoded text.
  ///
  /// - Parameters:
  ///   - secret: the secret.
  ///   - name: where it was read.
  ///   - first: the number of the first form.
  /// - Returns: forms with consecutive numbers.
  static func all(of secret: String, named name: String, from first: Int) -> [SecretForm] {
    ([secret] + base64(Array(secret.utf8))).enumerated().map { index, text in
      SecretForm(Array(text.utf8), label: "\(name)#\(first + index)")
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

  private static func decoded(_ secret: [UInt8]) -> [UInt8] {
    secret.withUnsafeBufferPointer { bytes in
      let text = SpelledText(bytes: bytes, isString: false)
      var result: [UInt8] = []
      var place = 0
      while let character = text.character(at: place) {
        result += character.utf8
        place = character.end
      }
      return result
    }
  }

  /// The pairs of bytes with which a spelling of it can begin.
  var begins: [(UInt8, UInt8)] {
    guard !isLiteral else { return [(text[0], text[1])] }
    let introductions = Array("\\%&".utf8)
    let letters = SpelledText.controls.filter { $0.value == UInt32(text[0]) }.map(\.letter)
    let high = String(text[0] >> 4, radix: 16)
    return (introductions + [text[1]]).map { (text[0], $0) }
      + (introductions + letters + [text[0], UInt8(ascii: "u")]).map { (SpelledText.backslash, $0) }
      // `%25` and `%5C` may come before it.
      + ("25" + high + high.uppercased()).utf8.map { (UInt8(ascii: "%"), $0) }
      + "#agql".utf8.map { (UInt8(ascii: "&"), $0) }
  }

  /// How much of it a text spells from a place on.
  func match(in text: SpelledText, at place: Int) -> (end: Int, count: Int) {
    var end = place
    var count = 0
    while count < self.text.count, let step = step(in: text, at: end, count) {
      end = step.end
      count += step.utf8.count
    }
    return (end, count)
  }

  private func step(in text: SpelledText, at place: Int, _ count: Int) -> SpelledText.Spelled? {
    if isLiteral {
      guard place < text.bytes.count, text.bytes[place] == self.text[count] else { return nil }
      return .init(
        value: UInt32(self.text[count]), kind: .itself, payload: place..<(place + 1), end: place + 1
      )
    }
    if let character = text.character(at: place), matches(character, count) { return character }
    if let byte = text.byte(at: place), matches(byte, count) { return byte }
    return nil
  }

  private func matches(_ character: SpelledText.Spelled, _ count: Int) -> Bool {
    character.value < 0x80
      ? UInt8(character.value) == text[count] : text[count...].starts(with: character.utf8)
  }
}

/// How the state says how a secret is spelled, without saying any of it: `{3}!{1}{8}` is three of its
/// bytes as they are, a backslash, and nine more; `!u{xxxX}` an escape whose last digit is a capital.
extension SecretForm {
  func spelling(of span: Range<Int>, in text: SpelledText) -> String {
    var spelling = ""
    var plain = 0
    var place = span.lowerBound
    var count = 0
    while place < span.upperBound, let step = step(in: text, at: place, count) {
      let isPlain = step.kind == .itself && step.payload.lowerBound == place
      if !isPlain, plain > 0 { (spelling, plain) = (spelling + "{\(plain)}", 0) }
      if isPlain {
        plain += 1
      } else {
        spelling += literal(text.bytes[place..<step.payload.lowerBound])
        spelling += "{\(code(of: text.bytes[step.payload], step.kind))}"
        spelling += literal(text.bytes[step.payload.upperBound..<step.end])
      }
      count += step.utf8.count
      place = step.end
    }
    return plain > 0 ? spelling + "{\(plain)}" : spelling
  }

  private func literal(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    String(decoding: bytes, as: UTF8.self).replacing("\\", with: "!")
  }

  private func code(
    of payload: Slice<UnsafeBufferPointer<UInt8>>, _ kind: SpelledText.Spelled.Kind
  ) -> String {
    switch kind {
    case .itself: "1"
    case .byte: "b" + cases(payload)
    case .hexadecimal: cases(payload)
    case .decimal: String(repeating: "d", count: payload.count)
    case .name: "n"
    case .control: "c"
    }
  }

  private func cases(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    String(digits.map { (0x41...0x46).contains($0) ? "X" : "x" })
  }

  /// The secret as a spelling says; `nil` if it is no spelling of it.
  func spelled(_ spelling: String) -> [UInt8]? {
    var result: [UInt8] = []
    var count = 0
    var rest = Array(spelling.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "{") else {
        result.append(byte == UInt8(ascii: "!") ? SpelledText.backslash : byte)
        continue
      }
      guard let end = rest.firstIndex(of: UInt8(ascii: "}")), count < text.count else { return nil }
      let code = String(decoding: rest[..<end], as: UTF8.self)
      rest = rest[(end + 1)...]
      if let plain = Int(code) {
        guard plain > 0, plain <= text.count - count else { return nil }
        result += text[count..<(count + plain)]
        count += plain
      } else {
        guard let (payload, length) = payload(code, at: count) else { return nil }
        result += payload
        count += length
      }
    }
    let isSame = result.withUnsafeBufferPointer { bytes in
      let text = SpelledText(bytes: bytes, isString: true)
      return self.spelling(of: bytes.indices, in: text) == spelling
    }
    return isSame ? result : nil
  }

  private func payload(_ code: String, at count: Int) -> (bytes: [UInt8], length: Int)? {
    let rest = text[count...]
    if code.hasPrefix("b") { return (digits(UInt32(text[count]), 16, code.dropFirst()), 1) }
    guard let scalar = String(decoding: rest.prefix(4), as: UTF8.self).unicodeScalars.first
    else { return nil }
    let length = UTF8.width(scalar)
    switch code.first {
    case "x", "X": return (digits(scalar.value, 16, code[...]), length)
    case "d": return (digits(scalar.value, 10, code[...]), length)
    case "n":
      let named = SpelledText.names.first { $0.value == scalar.value }
      return named.map { (Array($0.name.utf8), length) }
    case "c":
      let control = SpelledText.controls.first { $0.value == scalar.value }
      return control.map { ([$0.letter], length) }
    default: return nil
    }
  }

  private func digits(_ value: UInt32, _ radix: Int, _ cases: Substring) -> [UInt8] {
    let digits = String(value, radix: radix)
    let padding = String(repeating: "0", count: max(0, cases.count - digits.count))
    return zip(padding + digits, cases).flatMap { digit, code in
      Array((code == "X" ? digit.uppercased() : String(digit)).utf8)
    }
  }
}
