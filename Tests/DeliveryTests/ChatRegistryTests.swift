@testable import AlertEngine
@testable import Delivery
internal import Testing

@Suite("Building chat receivers from the configuration")
struct ChatRegistryTests {
  private static let variables = [
    "URL": "https://chat.example.com/hooks/secret", "TOPIC": "ops-alerts",
    "BAD_TOPIC": "ops alerts",
    "TOKEN": "tk_secret", "OPEN": "http://chat.example.com/hooks/secret",
  ]

  private static func made(
    _ service: ReceiverSettings.Service
  ) throws(ReceiverMistake) -> (any Receiver)? {
    var registry = ReceiverRegistry(variables: variables)
    return try registry.receiver(for: ReceiverSettings(name: "chat", service: service))
  }

  @Test(
    "A receiver is ready where its variables are set, and missing where one is not",
    arguments: [
      (.slack(url: .variable("URL"), mention: "<!here>"), true),
      (.teams(url: .variable("URL")), true),
      (.discord(url: .variable("URL"), mention: nil), true),
      (.ntfy(url: .variable("URL"), topic: .variable("TOPIC"), token: .variable("TOKEN")), true),
      (.slack(url: .variable("UNSET"), mention: nil), false),
      (.teams(url: .variable("UNSET")), false),
      (.discord(url: .variable("UNSET"), mention: "@here"), false),
      (.ntfy(url: .variable("UNSET"), topic: .variable("TOPIC"), token: nil), false),
      (.ntfy(url: .variable("URL"), topic: .variable("UNSET"), token: nil), false),
    ] as [(ReceiverSettings.Service, Bool)])
  func ready(service: ReceiverSettings.Service, isReady: Bool) throws {
    let receiver = try Self.made(service)
    #expect((receiver != nil) == isReady)
  }

  @Test(
    "An unusable value is a mistake that reveals no secret",
    arguments: [
      .teams(url: .variable("OPEN")),
      .ntfy(url: .variable("URL"), topic: .variable("BAD_TOPIC"), token: nil),
    ] as [ReceiverSettings.Service])
  func mistakes(service: ReceiverSettings.Service) {
    let mistake = #expect(throws: ReceiverMistake.self) { try Self.made(service) }
    #expect(mistake?.description.contains("secret") == false)
    #expect(mistake?.description.contains("ops alerts") == false)
  }
}
