package import AlertEngine

/// A receiver that is ready to be sent to.
package struct ReadyReceiver: Sendable {
  package let settings: ReceiverSettings
  package let receiver: any Receiver
}

/// Makes receivers of what the configuration says of them: one line for each kind.
package struct ReceiverRegistry {
  package var secrets: Secrets
  private let variables: [String: String]

  package init(variables: [String: String]) {
    self.variables = variables
    self.secrets = Secrets(variables: variables)
  }

  /// Reads the secrets of a receiver.
  ///
  /// - Parameter settings: what the configuration says.
  /// - Returns: `nil` where a variable is not set, so that the receiver is skipped.
  /// - Throws: a `ReceiverMistake` where a value cannot be used.
  package mutating func receiver(
    for settings: ReceiverSettings
  ) throws(ReceiverMistake) -> (any Receiver)? {
    switch settings.service {
    case .webhook(let url, let token):
      guard let url = try address(url) else { return nil }
      return WebhookReceiver(url: url, token: try header(token))
    case .slack(let url, let mention):
      guard let url = try address(url) else { return nil }
      return try SlackReceiver(url: url, mention: mention)
    case .teams(let url):
      guard let url = try address(url) else { return nil }
      return TeamsReceiver(url: url)
    case .discord(let url, let mention):
      guard let url = try address(url) else { return nil }
      return DiscordReceiver(url: url, mention: try mention.map(DiscordMention.init))
    case .ntfy(let url, let topic, let token):
      guard let url = try address(url), let topic = try secrets.read(topic) else { return nil }
      return try NtfyReceiver(url: url, topic: topic, token: try header(token))
    case .alertmanager, .pagerduty, .github, .email:
      throw ReceiverMistake("not yet")
    }
  }

  /// An address that may be sent to: https, or http on this machine.
  mutating func address(_ source: SecretSource) throws(ReceiverMistake) -> HTTPAddress? {
    guard let text = try secrets.read(source) else { return nil }
    let address: HTTPAddress
    do { address = try HTTPAddress(text) } catch {
      throw ReceiverMistake("\(source.name): \(error)")
    }
    guard address.scheme == .https || address.isLoopback else {
      throw ReceiverMistake(
        "\(source.name): the URL is not https, and its host is not this machine")
    }
    return address
  }

  /// A token that some services ask for; none where the configuration names none.
  mutating func header(_ source: SecretSource?) throws(ReceiverMistake) -> HTTPHeader? {
    guard let source, let text = try secrets.read(source) else { return nil }
    do { return try BearerToken(text, source: source.name).header } catch {
      throw ReceiverMistake("\(error)")
    }
  }
}

extension SecretSource {
  /// What to call it: the variable's name, or the file.
  package var name: String {
    switch self {
    case .variable(let name): name
    case .file(let path): "the file \(printable(path))"
    }
  }
}
