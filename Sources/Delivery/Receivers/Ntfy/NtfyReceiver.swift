internal import AlertEngine
internal import HTTP
internal import JSON
internal import Text

/// A topic on an ntfy server.
struct NtfyReceiver: RequestReceiver, ConfiguredReceiver {
  static let type = ReceiverType(
    "ntfy", sources: [(.url, .required), (.topic, .required), (.token, .optional)],
    isForPeople: true)
  static let pace = Duration.milliseconds(200)

  /// The most bytes of a message: ntfy turns a longer one into an attachment.
  static let limit = 4_096

  /// The server's address, without a topic.
  let url: HTTPAddress
  /// A secret if the server lets everyone read.
  let topic: String
  let authorization: [HTTPHeader]

  /// Throws a mistake if the name of the topic is invalid.
  init(
    url: HTTPAddress, topic: String, authorization: [HTTPHeader]
  ) throws(ReceiverMistake) {
    let isName = topic.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
      default: false
      }
    }
    guard isName, (1...64).contains(topic.utf8.count) else {
      throw ReceiverMistake(
        "topic: the name must have 1 to 64 characters of a-z, A-Z, 0-9, - and _")
    }
    self.url = url
    self.topic = topic
    self.authorization = authorization
  }

  func request(for message: Message) -> HTTPRequest {
    HTTPRequest(posting: body(of: message), to: url, headers: authorization)
  }

  /// ntfy responds with the message that it published.
  ///
  /// If it has no title, ntfy took the JSON for the text, as it does at the address of a topic.
  func outcome(of response: HTTPResponse, at now: Instant) -> DeliveryOutcome {
    let outcome = DeliveryOutcome(status: response, at: now)
    guard case .delivered = outcome else { return outcome }
    let members = JSONMembers(response.body)
    guard members.string("id") != nil else {
      return .broken(reason: response.lacking("an ntfy response"))
    }
    guard members.string("title") != nil else {
      return .broken(
        reason: .setup(
          "ntfy published without a title: the URL must be the server's, without a topic"))
    }
    return outcome
  }

  private func body(of message: Message) -> JSONText {
    let isFull = message.form == .full
    let priority = message.severity.priority
    return [
      "topic": .string(topic),
      "title": .string(message.title),
      "message": .string(message.details { $0.utf8.count <= Self.limit }),
      "priority": .integer(message.isCalm ? min(3, priority) : priority),
      "tags": isFull ? .array(tags(of: message)) { .string($0) } : .omitted,
      "click": isFull ? place(to: message.addresses).map { .string($0) } ?? .omitted : .omitted,
    ]
  }

  /// ntfy shows tags that are names of emoji as emoji.
  private func tags(of message: Message) -> [String] {
    let severity = message.severity
    let tags = message.isResolved ? ["white_check_mark", "resolved"] : [severity.emoji]
    let isTest = message.notifications.contains(where: \.isTest)
    return tags + [severity.rawValue] + (isTest ? ["test"] : [])
  }

  /// What a tap opens: the dashboard, otherwise the run, otherwise the runbook.
  private func place(to links: [MessageItem.Link]) -> String? {
    let order = ["Dashboard", "Run", "Runbook"]
    return order.lazy.compactMap { label in links.first { $0.label == label }?.place }.first
  }
}

extension NtfyReceiver {
  init?(_ settings: ReceiverSettings, reading secrets: inout Secrets) throws(ReceiverMistake) {
    guard let url = try secrets.address(settings[.url]), let source = settings[.topic],
      let topic = try secrets.read(source),
      let authorization = try secrets.authorization(settings[.token])
    else { return nil }
    try self.init(url: url, topic: topic, authorization: authorization)
  }
}

extension ReceiverSource {
  static let topic = ReceiverSource("topic", "the topic", label: "topic", example: "NTFY_TOPIC")
}

extension Severity {
  fileprivate var priority: Int {
    switch self {
    case .critical: 5
    case .error: 4
    case .warning: 3
    case .info: 2
    }
  }

  fileprivate var emoji: String {
    switch self {
    case .critical: "rotating_light"
    case .error: "red_circle"
    case .warning: "warning"
    case .info: "information_source"
    }
  }
}
