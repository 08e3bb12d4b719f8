package import AlertEngine
internal import HTTP
internal import Text

/// A receiver that is ready to be sent to.
package struct ReadyReceiver: Sendable {
  package let settings: ReceiverSettings
  package let receiver: any Receiver

  package init(settings: ReceiverSettings, receiver: any Receiver) {
    self.settings = settings
    self.receiver = receiver
  }
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
      guard let url = try address(url), try isSet(token) else { return nil }
      return WebhookReceiver(url: url, token: try header(token))
    case .alertmanager(let url, let token, let expires):
      guard let url = try address(url), try isSet(token) else { return nil }
      return AlertmanagerReceiver(base: url, token: try header(token), expires: expires)
    case .pagerduty(let routingKey, let url):
      guard let base = try base(url, or: PagerDutyReceiver.defaultBase),
        let key = try secrets.read(routingKey)
      else { return nil }
      guard key.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil else {
        throw ReceiverMistake(
          "\(routingKey.name) holds no routing key: letters, digits, _ and -, without quotes")
      }
      return PagerDutyReceiver(base: base, routingKey: key)
    case .github(let repository, let token, let labels, let url):
      guard let api = try gitHub(repository, token, labels, url) else { return nil }
      return GitHubReceiver(api)
    case .email(let to, let from, let sendmail):
      return EmailReceiver(to: to, from: from, program: sendmail)
    case .slack(let url, let mention):
      guard let url = try address(url) else { return nil }
      return SlackReceiver(url: url, mention: mention)
    case .teams(let url):
      guard let url = try address(url) else { return nil }
      return TeamsReceiver(url: url)
    case .discord(let url, let mention):
      guard let url = try address(url) else { return nil }
      return DiscordReceiver(url: url, mention: mention.map(DiscordMention.init))
    case .ntfy(let url, let topic, let token):
      guard let url = try address(url), let topic = try secrets.read(topic), try isSet(token)
      else { return nil }
      return try NtfyReceiver(url: url, topic: topic, token: try header(token))
    }
  }

  /// Which of its variables is not set, for a receiver that is skipped.
  package func missing(for settings: ReceiverSettings) -> String {
    let unset = settings.needed.first { source in
      if case .variable(let name) = source { variables[name]?.isEmpty ?? true } else { false }
    }
    return unset.map { "\($0.name) is not set, or empty" } ?? "a file of its settings is empty"
  }

  /// An address that may be sent to: https, or http on this machine.
  mutating func address(_ source: SecretSource) throws(ReceiverMistake) -> HTTPAddress? {
    guard let text = try secrets.read(source) else { return nil }
    return try address(text, named: source.name)
  }

  private func address(
    _ text: String, named name: String
  ) throws(ReceiverMistake) -> HTTPAddress {
    let address: HTTPAddress
    do { address = try HTTPAddress(text) } catch {
      throw ReceiverMistake("\(name): \(error)")
    }
    guard address.scheme == .https || address.isLoopback else {
      throw ReceiverMistake("\(name): the URL is not https, and its host is not this machine")
    }
    let proxies = ProxyRules(environment: variables)
    if address.scheme == .http, let variable = proxies.proxyVariable(for: address) {
      throw ReceiverMistake(
        "\(name): \(variable) would send it through a proxy in clear text; add the host to "
          + "no_proxy")
    }
    return address
  }

  /// The base of a service's API: its usual one where the configuration names no other.
  private mutating func base(
    _ source: SecretSource?, or usual: String
  ) throws(ReceiverMistake) -> HTTPAddress? {
    guard let source else { return try address(usual, named: "the usual address") }
    return try address(source)
  }

  /// A repository's issues.
  ///
  /// Neither its name nor the API's address is a secret: both stand in the links that people are sent.
  private mutating func gitHub(
    _ repository: SecretSource, _ token: SecretSource, _ labels: [String], _ url: SecretSource?
  ) throws(ReceiverMistake) -> GitHubAPI? {
    let url = url ?? .variable("GITHUB_API_URL")
    let usual = url == .variable("GITHUB_API_URL") ? GitHubAPI.defaultBase : nil
    guard let base = try secrets.readPublic(url) ?? usual,
      let name = try secrets.readPublic(repository), let token = try header(token)
    else { return nil }
    let address = try address(base, named: url.name)
    do throws(ReceiverMistake) {
      return try GitHubAPI(base: address, repository: name, token: token, labels: labels)
    } catch {
      throw ReceiverMistake("\(repository.name): \(error)")
    }
  }

  /// Whether a token is there where the configuration names one.
  private func isSet(_ source: SecretSource?) throws(ReceiverMistake) -> Bool {
    guard let source else { return true }
    return try secrets.readPublic(source) != nil
  }

  /// A token that some services ask for; none where the configuration names none.
  mutating func header(_ source: SecretSource?) throws(ReceiverMistake) -> HTTPHeader? {
    guard let source, let text = try secrets.read(source) else { return nil }
    do { return try BearerToken(text, source: source.name).header } catch {
      throw ReceiverMistake("\(error)")
    }
  }
}

extension ReceiverSettings {
  /// The sources without which there is nowhere to send to.
  fileprivate var needed: [SecretSource] {
    switch service {
    case .slack(let url, _), .teams(let url), .discord(let url, _): [url]
    case .webhook(let url, let token), .alertmanager(let url, let token, _):
      [url] + [token].compactMap(\.self)
    case .pagerduty(let routingKey, let url): [routingKey] + [url].compactMap(\.self)
    case .github(let repository, let token, _, let url):
      [repository, token] + [url].compactMap(\.self)
    case .ntfy(let url, let topic, let token): [url, topic] + [token].compactMap(\.self)
    case .email: []
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
