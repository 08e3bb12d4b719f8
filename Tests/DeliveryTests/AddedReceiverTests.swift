@testable import AlertEngine
@testable import Delivery
@testable import HTTP
@testable import JSON
internal import TestSupport
internal import Testing
@testable import Text

/// To add a type of receiver, write it and add it to a catalogue: nothing else depends on it.
@Suite("Adding a type of receiver")
struct AddedReceiverTests {
  private static let catalogue = ReceiverCatalogue.standard.adding([GotifyReceiver.self])
  private static let now = Instant(milliseconds: 1_790_000_000_000)

  private func settings(_ more: String = "") throws -> ReceiverSettings {
    try .sample(#""type": "gotify", "url_env": "URL"\#(more)"#, of: Self.catalogue)
  }

  @Test("Its messages are sent as its own code formats them")
  func delivers() async throws {
    var secrets = Secrets(variables: ["URL": "https://push.example", "GOTIFY_APP_KEY": "s3cr-et"])
    let settings = try settings(#", "priority": 8, "mention": "ann""#)
    let receiver = try #require(
      try Self.catalogue.receiver(for: settings, reading: &secrets))
    let clock = ScriptedClock()
    let client = ScriptedClient(clock: clock) { _, attempt in
      attempt == 0
        ? .success(HTTPResponse(status: 503, body: []))
        : .success(HTTPResponse(status: 200, body: []))
    }
    let transport = RunTransport(timeLeft: .seconds(60), from: Self.now, clock: clock) { client }
    let notifier = Notifier(
      to: ReadyReceiver(settings: settings, receiver: receiver), over: transport,
      pause: RetryPause(jitter: { $0 }, now: { Self.now }),
      redact: { [secrets] in secrets.redact($0) })
    var queue = ReceiverQueue()
    queue.queueFiring(.sample())
    let pass = await notifier.deliver(
      DeliveryPass(queue, of: "r", type: settings.type, digestOver: 5, at: Self.now)
    ) { _ in }
    #expect(pass.results.map(\.outcome) == [.delivered])
    #expect(
      client.asked.map(\.request.url.requestURL)
        == Array(repeating: "https://push.example/message?token=s3cr-et", count: 2))
    let body = try JSONNode.parse(#require(client.asked.last).request.body)
    #expect(body["title"]?.text == Message.sample().title)
    #expect(body["message"]?.text?.hasPrefix("ann: [") == true)
    #expect(secrets.redact("token=s3cr-et") == "token=[redacted]")
  }

  @Test("Its keys are checked like those of other types")
  func mistakes() throws {
    let table = [
      (#", "priority": 11"#, "receivers[0].priority: expected a whole number from 0 to 10"),
      (#", "prioritty": 1"#, #"receivers[0].prioritty: unknown key; did you mean "priority"?"#),
      (#", "topic_env": "T""#, "receivers[0].topic_env: not allowed with type gotify; remove it"),
      (#", "app_key": "x""#, #"put the name of a variable in "app_key_env""#),
      (
        #", "mention": "@here""#,
        #"expected one or more of names, separated by spaces, found the string "@here""#
      ),
    ]
    for (more, mistake) in table {
      let mistakes = try #require(throws: ConfigurationMistakes.self) { try settings(more) }
      #expect(mistakes.description.contains(mistake))
    }
    let mistakes = try #require(throws: ConfigurationMistakes.self) {
      try ReceiverSettings.sample(
        #""type": "slack", "url_env": "U", "priority": 1"#, of: Self.catalogue)
    }
    #expect(mistakes.description.contains("priority: not allowed with type slack; remove it"))
  }

  @Test("Without it, its name is rejected and another one is suggested")
  func unknownElsewhere() throws {
    let mistakes = try #require(throws: ConfigurationMistakes.self) {
      try ReceiverSettings.sample(#""type": "gothub", "url_env": "U""#)
    }
    #expect(mistakes.description.contains(#"did you mean "github"?"#))
  }

  @Test("Its phrases are in the list of receivers")
  func words() throws {
    #expect(
      Self.catalogue.sentence(for: try settings())
        == "gotify, address from URL, application key from GOTIFY_APP_KEY, priority 5, "
        + "for all severities")
  }
}
