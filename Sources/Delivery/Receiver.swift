package import AlertEngine
package import HTTP
package import Text

/// A service that messages go to: turns a message into what its people or programs read.
package protocol Receiver: Sendable {
  /// The least time between two requests that the service asks for.
  static var pace: Duration { get }

  /// Whether it reads more of an answer than what it quotes: then answers that took something come
  /// to it as they are, secrets and all.
  static var readsAnswers: Bool { get }

  /// Delivers a message and says what came of it; never throws and never waits for long.
  ///
  /// - Parameters:
  ///   - message: one event, or several for a chat.
  ///   - reference: what an earlier delivery of the same alert gave, such as an issue's number.
  ///   - transport: the way to the service.
  /// - Returns: what came of it, its reasons not yet redacted.
  func deliver(
    _ message: Message, reference: String?, over transport: any Transport
  ) async -> DeliveryOutcome

  /// Ends what the service still shows of alerts that are good, as a lost state leaves it behind.
  ///
  /// - Parameters:
  ///   - good: the fingerprints of alerts that are good now and owed to nobody.
  ///   - isStateNew: whether the state may have been lost; otherwise only a service that was looked
  ///     through for another reason is reconciled.
  ///   - transport: the way to the service.
  /// - Returns: an outcome for each thing that was to be ended, at most 20; one that is not
  ///   `delivered` is the last.
  func reconcile(
    good: Set<String>, isStateNew: Bool, over transport: any Transport
  ) async -> [DeliveryOutcome]

  /// What would be sent, for people: secrets are redacted by the caller.
  func preview(of message: Message, reference: String?) -> [OutgoingText]
}

/// A receiver that configurations can name.
///
/// All that is particular to a service stands in its folder in `Receivers/`. To add one: write such
/// a folder, and add its type to `ReceiverCatalogue.standard`.
package protocol ConfiguredReceiver: Receiver {
  /// Its name and keys, and what its queue depends on.
  static var type: ReceiverType { get }

  /// What `check` says of the type's own keys, in phrases such as `mentions <!here>`.
  static func phrases(for settings: ReceiverSettings) -> [String]

  /// Reads its address and secrets.
  ///
  /// - Parameters:
  ///   - settings: what the configuration says; of this type.
  ///   - secrets: reads variables and files, and keeps what must not be shown.
  /// - Returns: `nil` where a variable is not set or a file is empty.
  /// - Throws: a mistake where a value cannot be used.
  init?(_ settings: ReceiverSettings, reading secrets: inout Secrets) throws(ReceiverMistake)
}

/// A receiver that takes every message by one HTTP request.
package protocol RequestReceiver: Receiver {
  func request(for message: Message) -> HTTPRequest
  /// What an answer that is no failure of the network means; by status unless the service differs.
  ///
  /// - Parameters:
  ///   - response: the whole answer; its text is untrusted.
  ///   - now: when it came.
  /// - Returns: the class of this answer.
  func outcome(of response: HTTPResponse, at now: Instant) -> DeliveryOutcome
}

/// The way to a service: HTTP requests, and mail.
package protocol Transport: Sendable {
  /// Sends a request, at most for as long as the run still has.
  func response(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse
  /// Hands a mail to a program on its standard input; its exit code, 75 when it did not end in
  /// time, or nil when it did not start.
  func run(_ program: String, _ arguments: [String], input: [UInt8]) async -> Int32?
  /// Waits, for services that allow one request a second; false when the run has no time left.
  func pause(_ duration: Duration) async -> Bool
  /// The time now.
  var now: Instant { get }
}

/// What `--dry-run` shows of one request.
package struct OutgoingText: Sendable {
  /// `POST https://hooks.slack.com/…` or the mail program with its arguments.
  package var head: String
  package var headers: [String]
  package var body: String

  package init(head: String, headers: [String], body: String) {
    self.head = head
    self.headers = headers
    self.body = body
  }
}

extension Receiver {
  package static var pace: Duration { .zero }
  package static var readsAnswers: Bool { false }

  package func reconcile(
    good: Set<String>, isStateNew: Bool, over transport: any Transport
  ) async -> [DeliveryOutcome] {
    []
  }
}

extension ConfiguredReceiver {
  package static func phrases(for settings: ReceiverSettings) -> [String] { [] }
}

extension RequestReceiver {
  package func deliver(
    _ message: Message, reference: String?, over transport: any Transport
  ) async -> DeliveryOutcome {
    do throws(HTTPFailure) {
      let response = try await transport.response(to: request(for: message))
      // The head said that it arrived, and nobody will ever know what the rest would have said.
      if !response.isWhole, (200...299).contains(response.status) {
        return .delivered(reference: nil)
      }
      return outcome(of: response, at: transport.now)
    } catch {
      return DeliveryOutcome(error)
    }
  }

  package func outcome(of response: HTTPResponse, at now: Instant) -> DeliveryOutcome {
    DeliveryOutcome(status: response, at: now)
  }

  package func preview(of message: Message, reference: String?) -> [OutgoingText] {
    [OutgoingText(request(for: message))]
  }
}

extension OutgoingText {
  /// A request as it would go out.
  ///
  /// - Parameters:
  ///   - request: with its secrets.
  ///   - showsPath: whether the address behind the host may be shown; in most it is the secret.
  package init(_ request: HTTPRequest, showsPath: Bool = false) {
    let url = request.url
    let host = "\(url.scheme.rawValue)://\(url.hostAndPort)/…"
    self.init(
      head: "\(request.method.rawValue) \(showsPath ? url.display : host)",
      headers: request.headers.map { "\($0.name.rawValue): \($0.value)" },
      body: String(decoding: request.body, as: UTF8.self))
  }
}
