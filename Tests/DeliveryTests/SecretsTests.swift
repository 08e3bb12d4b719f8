@testable import AlertEngine
@testable import Delivery
@testable import HTTP
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
    ])
  func redacts(secret: String, text: String) {
    var secrets = Secrets(variables: [:])
    secrets.keep(secret)
    #expect(secrets.redact(text) != text)
    #expect(secrets.redact(text).utf8.contains("[redacted]".utf8))
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
