internal import Text

extension ReceiverSettings {
  /// Reads one receiver.
  ///
  /// - Returns: `nil` when something in it is a mistake by then.
  init?(_ fields: Fields<ReceiverKey>) {
    guard let name = fields.text(.name), let service = Service(fields),
      let isRequired = fields.bool(.required)
    else { return nil }
    let severities = fields.texts(.severities)?.compactMap(Severity.init(rawValue:))
    self.init(
      name: name, service: service, severities: Set(severities ?? Severity.allCases),
      isRequired: isRequired)
  }
}

extension ReceiverSettings.Service {
  fileprivate init?(_ fields: Fields<ReceiverKey>) {
    guard let type: ReceiverType = fields.word(.type) else { return nil }
    func source(_ source: ReceiverSource) -> SecretSource? { fields.source(source, for: type) }
    let (url, token, topic) = (source(.url), source(.token), source(.topic))
    let mention = fields.text(.mention)
    switch type {
    case .webhook:
      guard let url else { return nil }
      self = .webhook(url: url, token: token)
    case .alertmanager:
      guard let url, let expires = fields.minutes(.expiresMinutes) else { return nil }
      self = .alertmanager(url: url, token: token, expires: expires)
    case .slack:
      guard let url else { return nil }
      self = .slack(url: url, mention: mention)
    case .teams:
      guard let url else { return nil }
      self = .teams(url: url)
    case .discord:
      guard let url else { return nil }
      self = .discord(url: url, mention: mention)
    case .pagerduty:
      guard let routingKey = source(.routingKey) else { return nil }
      self = .pagerduty(routingKey: routingKey, url: url)
    case .github:
      guard let repository = source(.repository), let token else { return nil }
      let labels = fields.texts(.labels) ?? ["ops-alert"]
      self = .github(repository: repository, token: token, labels: labels, url: url)
    case .ntfy:
      guard let url, let topic else { return nil }
      self = .ntfy(url: url, topic: topic, token: token)
    case .email:
      guard let to = fields.texts(.to), let sendmail = fields.text(.sendmail) else { return nil }
      self = .email(to: to, from: fields.text(.from), sendmail: sendmail)
    }
  }
}

extension Fields<ReceiverKey> {
  /// Where something is read from, by the configuration or else by what is usual for the type.
  fileprivate func source(_ source: ReceiverSource, for type: ReceiverType) -> SecretSource? {
    if let name = text(source.keys.variable) { return .variable(name) }
    if let path = text(source.keys.file) { return .file(path) }
    switch type.sources[source] {
    case .variable(let name): return .variable(name)
    case .required, .optional, nil: return nil
    }
  }
}

extension NotificationSettings {
  init?(_ fields: Fields<NotificationKey>) {
    guard let hours = fields.number(.reminderHours), let digestOver = fields.integer(.digestOver)
    else { return nil }
    self.init(reminder: .minutes(hours * 60), digestOver: digestOver)
  }
}
