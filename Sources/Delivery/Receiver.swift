package import AlertEngine
package import HTTP
package import Text

/// A service that receives messages, each formatted for its users or programs.
package protocol Receiver: Sendable {
  /// The minimum time between two requests that the service asks for.
  static var pace: Duration { get }

  /// Whether it needs the whole of a response: then successful ones are passed to it unredacted.
  static var readsResponses: Bool { get }

  /// Delivers a message; never throws and never waits for long.
  ///
  /// - Parameters:
  ///   - message: one event, or several for a chat.
  ///   - reference: what an earlier delivery of the same alert returned, such as an issue's number.
  ///   - transport: sends the requests.
  /// - Returns: the outcome, its texts not yet redacted.
  func deliver(
    _ message: Message, reference: String?, over transport: any Transport
  ) async -> DeliveryOutcome

  /// Closes what the service still shows as open for alerts that are good, as after a lost state.
  ///
  /// - Parameters:
  ///   - good: the fingerprints of alerts that are good now and for which nothing is queued.
  ///   - isStateNew: whether the state may have been lost; otherwise only a service that was
  ///     searched for another reason is reconciled.
  ///   - transport: sends the requests.
  /// - Returns: an outcome for each item to close, at most 20; the last may be other than
  ///   `delivered`.
  func reconcile(
    good: Set<String>, isStateNew: Bool, over transport: any Transport
  ) async -> [DeliveryOutcome]

  /// The alerts that somebody acknowledged at the service.
  ///
  /// - Parameters:
  ///   - references: the service's own names for open alerts, by their fingerprints.
  ///   - transport: sends the requests.
  /// - Returns: the fingerprints of some of them, with who did it; none if the service cannot say.
  func acknowledged(
    among references: [String: String], over transport: any Transport
  ) async -> [String: String]

  /// What would be sent; the caller redacts secrets.
  func preview(of message: Message, reference: String?) -> [OutgoingText]
}

/// A receiver that configurations can name.
///
/// Everything specific to a service is in its folder in `Receivers/`. To add one, write such a
/// folder and add its type to `ReceiverCatalogue.standard`.
package protocol ConfiguredReceiver: Receiver {
  /// Its name and keys, and what its queue depends on.
  static var type: ReceiverType { get }

  /// What `check` says about the type's own keys, in phrases such as `mentions <!here>`.
  static func phrases(for settings: ReceiverSettings) -> [String]

  /// Reads its address and secrets; `nil` if a variable is unset or a file is empty.
  ///
  /// - Parameters:
  ///   - settings: the configuration of a receiver of this type.
  ///   - secrets: reads variables and files, and keeps what must not be shown.
  /// - Throws: a mistake if a value cannot be used.
  init?(_ settings: ReceiverSettings, reading secrets: inout Secrets) throws(ReceiverMistake)
}

/// A receiver that sends each message in one HTTP request.
package protocol RequestReceiver: Receiver {
  func request(for message: Message) -> HTTPRequest
  /// The outcome of a response; its status decides, unless the service differs.
  ///
  /// - Parameters:
  ///   - response: the whole response; its text is untrusted.
  ///   - now: when it arrived.
  /// - Returns: the outcome.
  func outcome(of response: HTTPResponse, at now: Instant) -> DeliveryOutcome
}

/// What `--dry-run` shows of one request.
package struct OutgoingText: Sendable {
  /// `POST https://hooks.slack.com/…` or the mail program with its arguments.
  package var head: String
  package var headers: [String]
  package var body: String
}

extension Receiver {
  package static var pace: Duration { .zero }
  package static var readsResponses: Bool { false }

  package func acknowledged(
    among references: [String: String], over transport: any Transport
  ) async -> [String: String] {
    [:]
  }

  package func reconcile(
    good: Set<String>, isStateNew: Bool, over transport: any Transport
  ) async -> [DeliveryOutcome] {
    []
  }
}

extension ConfiguredReceiver {
  static func phrases(for settings: ReceiverSettings) -> [String] { [] }
}

extension RequestReceiver {
  package func deliver(
    _ message: Message, reference: String?, over transport: any Transport
  ) async -> DeliveryOutcome {
    do throws(HTTPFailure) {
      let response = try await transport.response(to: request(for: message))
      // The head confirms it; the rest of the body is lost.
      if !response.isWhole, !response.isWebPage, (200...299).contains(response.status) {
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
  ///   - showsPath: whether to show what follows the host; for most services it is the secret.
  init(_ request: HTTPRequest, showsPath: Bool = false) {
    let url = request.url
    let host = "\(url.scheme.rawValue)://\(url.hostAndPort)/…"
    self.init(
      head: "\(request.method.rawValue) \(showsPath ? url.display : host)",
      headers: request.headers.map { "\($0.name.text): \($0.value)" },
      body: String(decoding: request.body, as: UTF8.self))
  }
}
