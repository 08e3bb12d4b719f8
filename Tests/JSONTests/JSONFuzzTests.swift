internal import Foundation
@testable import JSON
internal import TestSupport
internal import Testing

@Suite("Random documents")
struct JSONFuzzTests {
  @Test("A random document survives a round trip", arguments: 0..<20)
  func comeBack(seed: Int) throws {
    var author = Author(seed: seed)
    for _ in 0..<30 {
      let value = author.value(depth: 4)
      let parsed = try JSONNode.parse(Array(author.text(of: value).utf8))
      #expect(Document(parsed) == value)
    }
  }

  @Test("Changed bytes never crash the scanner, and are accepted only if Foundation accepts them")
  func changedBytes() {
    var author = Author(seed: 1)
    var accepted = 0
    for _ in 0..<3_000 {
      var bytes = Array(author.text(of: author.value(depth: 3)).utf8)
      for _ in 0..<Int.random(in: 1...3, using: &author.generator) { author.damage(&bytes) }
      guard fault(in: bytes) == nil else { continue }
      accepted += 1
      #expect(throws: Never.self, "\(String(decoding: bytes, as: UTF8.self))") {
        try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
      }
    }
    #expect((100..<2_900).contains(accepted))
  }

  @Test("Random bytes never crash the scanner")
  func randomBytes() throws {
    var generator = SplitMix64(seed: 99)
    let alphabet =
      Array("{}[]\",:\\u0123456789eE+-. \ntrufalsn".utf8) + [0, 0x1F, 0x80, 0xC3, 0xFF]
    let plan = PathPlan(try ["*.*", "0.0", "t"].map { try MetricPath($0) })
    for _ in 0..<20_000 {
      let length = Int.random(in: 0...24, using: &generator)
      let bytes = (0..<length).compactMap { _ in alphabet.randomElement(using: &generator) }
      let fault = fault(in: bytes)
      let isRead = (try? extract(plan, from: bytes)) != nil
      #expect(isRead == ((try? extract(PathPlan([]), from: bytes)) != nil))
      #expect(isRead || fault != nil)
      #expect((0...length).contains(fault?.offset ?? 0))
    }
  }
}

/// A value that can be compared with what was parsed.
private indirect enum Document: Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([Document])
  case object([String: Document])

  init(_ node: JSONNode) {
    switch node.value {
    case .null: self = .null
    case .bool(let bool): self = .bool(bool)
    case .number(let number): self = .number(number)
    case .string(let string): self = .string(string)
    case .array(let elements): self = .array(elements.map(Document.init))
    case .object(let members):
      self = .object(
        Dictionary(members.map { ($0.key, Document($0.value)) }, uniquingKeysWith: { $1 }))
    }
  }
}

/// Generates documents, writes them in many ways and damages them.
private struct Author {
  var generator: SplitMix64

  init(seed: Int) { generator = SplitMix64(seed: UInt64(seed)) }

  mutating func value(depth: Int) -> Document {
    switch Int.random(in: 0..<(depth == 0 ? 4 : 7), using: &generator) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &generator))
    case 2: return .number(Double(Int.random(in: -99_999...99_999, using: &generator)) / 8)
    case 3: return .string(string())
    case 4: return .array((0..<count()).map { _ in value(depth: depth - 1) })
    default:
      let members = (0..<count()).map { _ in (string(), value(depth: depth - 1)) }
      return .object(Dictionary(members, uniquingKeysWith: { $1 }))
    }
  }

  /// The value as JSON, with white space and escapes here and there.
  mutating func text(of value: Document) -> String {
    let text: String
    switch value {
    case .null: text = "null"
    case .bool(let bool): text = "\(bool)"
    case .number(let number): text = "\(number)"
    case .string(let string): text = quoted(string)
    case .array(let elements):
      text = "[\(elements.map { self.text(of: $0) }.joined(separator: ","))]"
    case .object(let members):
      let written = members.sorted { $0.key < $1.key }.map { key, value in
        space() + quoted(key) + space() + ":" + self.text(of: value)
      }
      text = "{\(written.joined(separator: ","))\(space())}"
    }
    return space() + text + space()
  }

  mutating func damage(_ bytes: inout [UInt8]) {
    let position = Int.random(in: bytes.indices, using: &generator)
    let other = Array("{}[]\",:\\ 0e-x\u{1}é".utf8).randomElement(using: &generator) ?? 0
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: bytes[position] = other
    case 1: bytes.insert(other, at: position)
    default: if bytes.count > 1 { bytes.remove(at: position) }
    }
  }

  private mutating func count() -> Int { Int.random(in: 0...5, using: &generator) }

  private mutating func space() -> String {
    let spaces = ["", "", " ", "\n", "\r\n\t", "          "]
    return spaces.randomElement(using: &generator) ?? ""
  }

  private mutating func string() -> String {
    let parts = ["a", "b", "error_rate", "\"", "\\", "/", "\n", "\u{0}", "é", "😀", " ", "\u{FFFF}"]
    return (0..<count()).compactMap { _ in parts.randomElement(using: &generator) }.joined()
  }

  private mutating func quoted(_ text: String) -> String {
    var written = ""
    for scalar in text.unicodeScalars {
      let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
      if mustEscape || Int.random(in: 0..<8, using: &generator) == 0 {
        for unit in Character(scalar).utf16 {
          let hex = String(unit, radix: 16, uppercase: Bool.random(using: &generator))
          written += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }
      } else {
        written.unicodeScalars.append(scalar)
      }
    }
    return "\"\(written)\""
  }
}
