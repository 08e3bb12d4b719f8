internal import Foundation
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("Checking a configuration from anyone", .promptly, .inTurn)
struct CheckTests {
  private static let secret = "s3cret-0f-the-p1peline"

  /// A configuration that names secrets in every way, an endpoint, services and a program.
  private func configuration(at base: String, in place: Workplace) -> String {
    let receivers = [
      #"{"name": "a", "type": "webhook", "url_file": "\#(place.file("pipe"))", "token_env": "SECRET"}"#,
      #"{"name": "b", "type": "webhook", "url_env": "HOOK", "required": true}"#,
      #"{"name": "c", "type": "pagerduty", "url_env": "HOOK", "routing_key_file": "\#(place.file("pipe"))"}"#,
      #"{"name": "d", "type": "email", "to": ["a@b.example"], "sendmail": "\#(place.file("mail"))"}"#,
      #"{"name": "e", "type": "github", "token_env": "SECRET", "repository_env": "HOOK"}"#,
    ]
    let target =
      #"{"name": "t", "base_url": "\#(base)", "bearer_token_env": "SECRET"}"#
    return Given.configuration(
      durationMinutes: 0,
      more: #", "targets": [\#(target)], "receivers": [\#(receivers.joined(separator: ", "))]"#)
  }

  @Test("check reads no secret, contacts nothing and starts nothing", arguments: ["text", "json"])
  func harmless(format: String) async throws {
    let service = try Service()
    let place = try Workplace()
    // Reading it would wait for a writer, and then fail.
    try #require(mkfifo(place.file("pipe"), 0o600) == 0)
    try place.writeScript("touch started", to: "mail")
    try place.write(configuration(at: service.base, in: place), to: "config.json")
    let before = place.names
    let run = try await place.run(
      ["check", "--config", "config.json", "--format", format],
      variables: [
        "SECRET": Self.secret, "HOOK": service.base + "/" + Self.secret,
        "OPS_API_BASE_URL": service.base, "OPS_API_BEARER_TOKEN": Self.secret,
        "OPS_ALERT_WEBHOOK_URL": service.base + "/hook",
      ],
      wrapper: ["timeout", "120"])
    #expect(run.code == 0, "\(run.errors)")
    #expect(!(run.output + run.errors).contains(Self.secret))
    #expect(service.server.requests.isEmpty)
    #expect(place.names == before)
  }

  @Test("check takes no secret from a variable, whatever it holds")
  func unread() async throws {
    let place = try Workplace()
    try place.write(Given.delivering(to: ["pagerduty", "webhook"]), to: "config.json")
    // Each of these is a mistake as soon as it is read.
    let run = try await place.run(
      ["check", "--config", "config.json"],
      variables: [
        "U_WEBHOOK": "http://example.com/clear", "ROUTING_KEY": "short",
        "U_PAGERDUTY": "no address",
        "OPS_API_BEARER_TOKEN": "with a blank",
      ])
    #expect(run.code == 0, "\(run.errors)")
  }
}
