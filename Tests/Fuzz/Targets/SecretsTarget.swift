@testable import Delivery
@testable import JSON

/// A document that repeats secrets: none is left in what is sent and saved, a document stays one, and
/// a saved one has them back.
enum SecretsTarget {
  private static let texts = [
    #"t0k"en/5e\cr%et+of&the<run>'s"#, "https://hooks.example/services/T0A/B0B/xyzXYZ123",
    "1234567890", "pässwörd-é",
  ]

  private static let redactor: Redactor = {
    var secrets = Secrets(variables: [:])
    for (index, text) in texts.enumerated() { secrets.keep(text, from: "SECRET_\(index)") }
    return secrets.redactor
  }()

  private static let hidden =
    [texts[0], texts[2], texts[3], "xyzXYZ123"].map { Array($0.utf8) }

  static func run(_ bytes: [UInt8]) {
    let redacted = redactor.redact(bytes)
    hold(!holdsSecret(redacted), "no secret is left in a text")
    // What a mask replaced may have been the rest of an escape sequence, of which a secret is cut now.
    let again = redactor.redact(redacted)
    hold(
      !holdsSecret(again) && redactor.redact(again) == again, "a redacted text is not changed again"
    )
    guard let node = try? JSONNode.parse(bytes) else { return }
    let document = redactor.redact(json: bytes)
    guard let safe = try? JSONNode.parse(document) else {
      return hold(redactedKeysMayCollide(document), "a redacted document is a document")
    }
    hold(!strings(of: safe).contains { holdsSecret(Array($0.utf8)) }, "no string has a secret")
    let masked = redactor.masked(json: bytes)
    hold(
      (try? JSONNode.parse(masked)) != nil || redactedKeysMayCollide(masked),
      "a masked document is a document")
    // What is a mask already is put back as well.
    guard !strings(of: node).contains(where: { $0.contains("[redacted ") }) else { return }
    hold(redactor.unmasked(masked) == bytes, "a masked document has its secrets back")
  }

  private static func holdsSecret(_ bytes: [UInt8]) -> Bool {
    hidden.contains { secret in
      bytes.indices.contains { bytes[$0...].starts(with: secret) }
    }
  }

  /// Two keys may become one.
  private static func redactedKeysMayCollide(_ bytes: [UInt8]) -> Bool {
    do throws(JSONFailure) {
      _ = try JSONNode.parse(bytes)
      return false
    } catch {
      return error.reason.contains("duplicate key")
    }
  }

  /// All strings of a document, and its keys.
  private static func strings(of node: JSONNode) -> [String] {
    switch node.value {
    case .null, .bool, .number: []
    case .string(let text): [text]
    case .array(let elements): elements.flatMap(strings)
    case .object(let members): members.flatMap { [$0.key] + strings(of: $0.value) }
    }
  }
}
