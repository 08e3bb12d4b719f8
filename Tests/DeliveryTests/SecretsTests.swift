@testable import AlertEngine
@testable import Delivery
@testable import HTTP
@testable import Text
internal import TestSupport
internal import Testing

@Suite("Secrets")
struct SecretsTests {
  @Test(
    "Secrets are removed from a text, in every form in which a service may repeat them",
    arguments: [
      ("https://hooks.example/services/T0A/B0B/xyzXYZ123", "POST /services/T0A/B0B/xyzXYZ123"),
      ("https://hooks.example/services/T0A/B0B/xyzXYZ123", "no hook xyzXYZ123 here"),
      ("https://hooks.example/services/T0A/B0B/xyzXYZ123", "services\\/T0A\\/B0B\\/xyzXYZ123"),
      ("https://hook.example/mysecrethook", "no route /mysecrethook"),
      ("https://hook.example/in?token=abcdef-ghijkl", "bad token abcdef-ghijkl"),
      ("https://hook.example/%41BCDEFG1%20x", "path ABCDEFG1 x"),
      (#"quo"ted-key-123"#, #"{"key": "quo\"ted-key-123"}"#), ("plainkey", "your key plainkey"),
      ("plainkey", "your key plainkey\u{301} with a mark behind it"),
      ("https://hook.example/in?token=\u{301}abcdef-ghijkl", "bad token \u{301}abcdef-ghijkl"),
      ("https://hook.example/in/\u{301}abcdef-ghijkl", "no hook \u{301}abcdef-ghijkl"),
    ])
  func redacts(secret: String, text: String) {
    var secrets = Secrets(variables: [:])
    secrets.keep(secret)
    #expect(secrets.redact(text) != text)
    #expect(secrets.redact(text).utf8.contains("[redacted]".utf8))
  }

  @Test(
    "A password is removed as it is and in Base64, even if it looks like a URL",
    arguments: ["ab://cdefgh", "user:ab://cdefgh", "Basic dXNlcjphYjovL2NkZWZnaA=="])
  func password(text: String) {
    var secrets = Secrets(variables: [:])
    secrets.keep(whole: ["user:ab://cdefgh", "ab://cdefgh"], from: "LOGIN")
    let redacted = secrets.redact("a \(text) b")
    #expect(redacted.hasPrefix("a ") && redacted.hasSuffix("[redacted] b"), "\(redacted)")
    let masked = secrets.redactor.masked(json: Array("\"\(text)\"".utf8))
    #expect(secrets.redactor.unmasked(masked) == Array("\"\(text)\"".utf8))
  }

  private static let odd = #"t0k"en/5e\cr%et+of&the<run>'s"#

  @Test(
    "A secret is found however its characters are spelled",
    arguments: ["plain", "json", "slashed", "units", "percent", "markup", "numeric"],
    ["plain", "json", "slashed", "angled", "markup"])
  func spelled(inner: String, outer: String) throws {
    try spelled([inner, outer])
  }

  @Test(
    "A secret is found where one spelling is spelled again",
    arguments: [
      ["json", "units"], ["slashed", "units"], ["units", "percent"], ["percent", "percent"],
      ["json", "percent"], ["json", "json", "json"], ["units", "json", "json", "markup"],
    ])
  func spelled(_ ways: [String]) throws {
    var once = Self.odd
    for way in ways {
      let spell = try #require(Self.spellings[way])
      once = spell(once)
    }
    for text in [once, Self.json(once)] {
      var secrets = Secrets(variables: [:])
      secrets.keep(Self.odd, from: "TOKEN")
      #expect(secrets.redact("a \(text) b") == "a [redacted] b", "\(text)")
      // Inside a JSON string, and named instead of kept.
      let document = Array("{\"k\(Self.json(text))\": \"\(Self.json(text)), ok\"}".utf8)
      let redacted = secrets.redactor.redact(json: document)
      #expect(String(decoding: redacted, as: UTF8.self) == #"{"k[redacted]": "[redacted], ok"}"#)
      let masked = secrets.redactor.masked(json: document)
      #expect(secrets.redact(String(decoding: masked, as: UTF8.self)).utf8.elementsEqual(masked))
      #expect(masked != document && secrets.redactor.unmasked(masked) == document)
    }
  }

  @Test(
    "A secret of digits becomes nines where it is a number",
    arguments: [
      (#"{"a":482913,"b":[-14829137.5]}"#, #"{"a":999999,"b":[-19999997.5]}"#),
      (#"{"482913":"482913"}"#, #"{"[redacted]":"[redacted]"}"#),
    ])
  func digits(document: String, left: String) {
    var secrets = Secrets(variables: [:])
    secrets.keep("482913")
    let redacted = secrets.redactor.redact(json: Array(document.utf8))
    #expect(String(decoding: redacted, as: UTF8.self) == left)
  }

  @Test(
    "A document is read as it is where a mask in it is not this program's",
    arguments: [
      "{19}", "{2}!", "{99999999999999999999}", "{x}", "{", "{0}", "{3}{1}{4}!u{xxxx}", "",
    ])
  func foreignMasks(spelling: String) {
    var secrets = Secrets(variables: [:])
    secrets.keep(Self.odd, from: "TOKEN")
    let document = Array("{\"a\": \"[redacted TOKEN#0:\(spelling)]\"}".utf8)
    #expect(secrets.redactor.unmasked(document) == document)
  }

  /// If the search from each position goes to the end, this takes many minutes.
  @Test(
    "Text that cannot be the secret is searched once, whatever it looks like",
    .timeLimit(.minutes(2)),
    .disabled(if: isSanitized, "a sanitizer makes it as slow as the bug would"))
  func quick() {
    var secrets = Secrets(variables: [:])
    secrets.keep(Self.odd)
    for piece in [#"\"#, #"\u"#, "%25", "%5c", "&amp;", "t0k", #"t0k\"#, #"\"t"#, "&#x5c;"] {
      let text = Array(String(repeating: piece, count: 20_000 / piece.utf8.count).utf8)
      #expect(secrets.redactor.redact(text) == text, "\(piece)")
    }
  }

  @Test(
    "A secret that contains another is redacted as a whole, in whatever order they were added",
    arguments: [
      (["s3cret", "s3cret-and-more"], "no s3cret-and-more, no s3cret", "no #, no #"),
      (["s3cret", "more-s3cret"], "more-s3cret", "#"),
      (["s3cret", "a-s3cret-b", "an a-s3cret-b-s3cret"], "an a-s3cret-b-s3cret!", "#!"),
      (["https://hooks.example/T0A1B2C3/s/T0A1B2C3D4"], "/T0A1B2C3/s/T0A1B2C3D4", "/#"),
      (["https://x.example/in?t=abc123XYZ", "abc123"], "t=abc123XYZ abc123", "t=# #"),
    ])
  func nested(kept: [String], text: String, left: String) {
    for order in [kept, kept.reversed()] {
      var secrets = Secrets(variables: [:])
      for secret in order { secrets.keep(secret) }
      #expect(secrets.redact(text) == left.replacing("#", with: "[redacted]"))
    }
  }

  @Test(
    "The program's own words are kept",
    arguments: [
      ("http://127.0.0.1:9/refused", "the connection was refused"),
      ("https://am.example/alertmanager", "receiver alertmanager"),
      ("https://hook.example/%61%62%63", "abc"),
    ])
  func words(secret: String, text: String) {
    var secrets = Secrets(variables: [:])
    secrets.keep(secret)
    #expect(secrets.redact(text) == text)
  }

  @Test("Secrets of another receiver do not prevent GitHub's responses from being read")
  func responsesThatAreRead() async throws {
    let transport = ScriptedTransport([GitHubConversation.list(GitHubConversation.issue(7))])
    let spared = RedactingTransport(transport: transport, sparesTaken: true) {
      $0.replacing("ops-alert", with: "***")
    }
    let request = HTTPRequest(.get, try HTTPAddress("https://x.example/"), deadline: .seconds(1))
    let response = try await spared.response(to: request)
    #expect(String(decoding: response.body, as: UTF8.self).contains("ops-alert-eval fp="))
  }

  @Test(
    "An accepted notification counts as delivered even if its response is cut off",
    arguments: [true, false])
  func incomplete(isWhole: Bool) async throws {
    let slack = SlackReceiver(url: try HTTPAddress("https://x.example/s"), mention: nil)
    let half = HTTPResponse(status: 200, body: Array("o".utf8), isWhole: isWhole)
    let outcome = await slack.deliver(
      IncidentSample.message(IncidentSample.notification()), reference: nil,
      over: ScriptedTransport([.success(half)]))
    if isWhole {
      guard case .broken = outcome else {
        Issue.record("\(outcome)")
        return
      }
    } else {
      #expect(outcome == .delivered(reference: nil))
    }
  }
}

/// Ways in which services and formats write a text.
extension SecretsTests {
  fileprivate static let spellings: [String: @Sendable (String) -> String] = [
    "plain": { $0 }, "json": json, "slashed": slashed, "units": units, "percent": percent,
    "markup": markup, "numeric": numeric, "angled": angled,
  ]

  @Sendable fileprivate static func json(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
  }

  @Sendable fileprivate static func slashed(_ text: String) -> String {
    json(text).replacing("/", with: "\\/")
  }

  @Sendable fileprivate static func units(_ text: String) -> String {
    text.utf8.enumerated().map { index, byte in
      let digits = String(byte, radix: 16, uppercase: index % 2 == 0)
      return "\\u00" + (byte < 16 ? "0" : "") + digits
    }.joined()
  }

  @Sendable fileprivate static func percent(_ text: String) -> String {
    text.utf8.enumerated().map { index, byte in
      Character(Unicode.Scalar(byte)).isLetter
        || Character(Unicode.Scalar(byte)).isNumber
        ? String(UnicodeScalar(byte)) : "%" + String(byte, radix: 16, uppercase: index % 2 == 0)
    }.joined()
  }

  @Sendable fileprivate static func angled(_ text: String) -> String {
    ["&", "<", ">"].reduce(json(text)) { $0.replacing($1, with: units($1)) }
  }

  @Sendable fileprivate static func markup(_ text: String) -> String {
    MarkupText.escaped(text)
  }

  @Sendable fileprivate static func numeric(_ text: String) -> String {
    text.unicodeScalars.enumerated().map { index, scalar in
      index % 2 == 0 ? "&#\(scalar.value);" : "&#x0\(String(scalar.value, radix: 16));"
    }.joined()
  }
}
