@testable import AlertEngine
@testable import Delivery
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("Building incident receivers from the configuration")
struct IncidentRegistryTests {
  private static let variables = [
    "KEY": "R0UTINGKEY", "TOKEN": "gh-token", "REPO": "acme/ops", "AM": "https://am.example",
    "LOCAL": "http://127.0.0.1:9", "PLAIN": "http://am.example", "BAD": "acme/ops/../x",
  ]

  static let services: [(ReceiverSettings.Service, String?)] = [
    (.webhook(url: .variable("AM"), token: .variable("TOKEN")), "POST https://am.example/"),
    (.webhook(url: .variable("UNSET"), token: nil), nil),
    (
      .alertmanager(url: .variable("AM"), token: nil, expires: .seconds(60)),
      "POST https://am.example/api/v2/alerts"
    ),
    (
      .pagerduty(routingKey: .variable("KEY"), url: nil),
      "POST https://events.pagerduty.com/v2/enqueue"
    ),
    (
      .pagerduty(routingKey: .variable("KEY"), url: .variable("LOCAL")),
      "POST http://127.0.0.1:9/v2/enqueue"
    ),
    (.pagerduty(routingKey: .variable("KEY"), url: .variable("UNSET")), nil),
    (.pagerduty(routingKey: .variable("UNSET"), url: nil), nil),
    (github(), "POST https://api.github.com/repos/acme/ops/issues"),
    (github(url: .variable("LOCAL")), "POST http://127.0.0.1:9/repos/acme/ops/issues"),
    (github(repository: "UNSET"), nil),
    (github(url: .variable("UNSET")), nil),
    (.email(to: ["a@b.c"], from: nil, sendmail: "/bin/mail"), "/bin/mail -t -i"),
  ]

  private static func github(
    repository: String = "REPO", url: SecretSource? = nil
  ) -> ReceiverSettings.Service {
    .github(repository: .variable(repository), token: .variable("TOKEN"), labels: ["l"], url: url)
  }

  @Test("A receiver is built, or missing where a variable is not set", arguments: services)
  func makes(service: ReceiverSettings.Service, head: String?) throws {
    var registry = ReceiverRegistry(variables: Self.variables)
    let receiver = try registry.receiver(for: ReceiverSettings(name: "r", service: service))
    let message = IncidentSample.message(IncidentSample.notification())
    let request = (receiver as? any RequestReceiver)?.request(for: message)
    let preview = receiver?.preview(of: message, reference: nil).first
    #expect(request.map { "\($0.method.rawValue) \($0.url.display)" } ?? preview?.head == head)
  }

  @Test(
    "An invalid routing key is refused and never shown",
    arguments: ["\"R0123456789abcdef\"", "# prod\r\nR0123456789abcdef", "two words"])
  func routingKey(text: String) {
    var registry = ReceiverRegistry(variables: ["KEY": text])
    let settings = ReceiverSettings(
      name: "r", service: .pagerduty(routingKey: .variable("KEY"), url: nil))
    let mistake = #expect(throws: ReceiverMistake.self) { try registry.receiver(for: settings) }
    #expect(mistake?.description.contains("R0123") == false)
    #expect(mistake?.description.hasPrefix("KEY holds no routing key") == true)
  }

  @Test("An invalid address or repository is refused")
  func mistakes() {
    for service in [
      .alertmanager(url: .variable("PLAIN"), token: nil, expires: .seconds(60)),
      Self.github(repository: "BAD"), Self.github(repository: "TOKEN"),
      Self.github(url: .variable("PLAIN")),
    ] as [ReceiverSettings.Service] {
      #expect(throws: ReceiverMistake.self) {
        var registry = ReceiverRegistry(variables: Self.variables)
        _ = try registry.receiver(for: ReceiverSettings(name: "r", service: service))
      }
    }
  }

  @Test("Keys and tokens are secret, and a repository's name is kept in the links")
  func secrets() throws {
    var registry = ReceiverRegistry(variables: Self.variables)
    for service in [Self.github(), .pagerduty(routingKey: .variable("KEY"), url: nil)] {
      _ = try registry.receiver(for: ReceiverSettings(name: "r", service: service))
    }
    #expect(
      registry.secrets.redact("R0UTINGKEY gh-token https://github.com/acme/ops")
        == "[redacted] [redacted] https://github.com/acme/ops")
  }

  @Test("The API is that of the runner's own GitHub")
  func enterprise() throws {
    var registry = ReceiverRegistry(
      variables: Self.variables.merging(["GITHUB_API_URL": "https://ghe.example/api/v3"]) { $1 })
    let receiver = try registry.receiver(
      for: ReceiverSettings(name: "r", service: Self.github()))
    let resolved = IncidentSample.message(IncidentSample.notification(.resolved))
    #expect(
      receiver?.preview(of: resolved, reference: "7").map(\.head) == [
        "PATCH https://ghe.example/api/v3/repos/acme/ops/issues/7",
        "POST https://ghe.example/api/v3/repos/acme/ops/issues/7/comments",
      ])
  }
}
