internal import JSON
internal import Text

extension Configuration {
  /// Decodes a configuration.
  ///
  /// - Parameters:
  ///   - bytes: the file's content, in UTF-8.
  ///   - types: the allowed types of receivers.
  ///   - read: the files that match a pattern of `include`.
  /// - Returns: the configuration, with all defaults filled in.
  /// - Throws: every mistake, with its place. A text that is not JSON is one mistake.
  package static func decode(
    _ bytes: [UInt8], receivers types: [ReceiverType] = [],
    including read: IncludeReader = includeNothing
  ) throws(ConfigurationMistakes) -> Configuration {
    let root = try JSONNode.root(of: bytes)
    var mistakes = MistakeList()
    guard let whole = root.expanded(after: bytes.count, including: read, &mistakes),
      let configuration = Configuration(whole, receivers: types, &mistakes)
    else {
      throw mistakes.located(in: bytes)
    }
    return configuration
  }

  private init?(
    _ root: JSONNode, receivers types: [ReceiverType], _ mistakes: inout MistakeList
  ) {
    let fields = Fields<RootKey>(root, at: "", &mistakes)
    let evaluation = EvaluationSettings(fields.nested(.evaluation, &mistakes))
    let endpoint = EndpointSettings(fields.nested(.endpoint, &mistakes))
    let rules = fields.elements(.rules, named: RuleKey.name, &mistakes) { rule, mistakes in
      Rule(rule, under: evaluation, &mistakes)
    }
    let targets = fields.elements(.targets, named: TargetKey.name, &mistakes) { target, mistakes in
      TargetSettings(target, &mistakes)
    }
    let receivers = fields.elements(
      .receivers, named: ReceiverKey.name, grammar: .receiver(of: types), &mistakes
    ) { receiver, mistakes in ReceiverSettings(receiver, of: types, &mistakes) }
    let maintenance = fields.elements(.maintenance, named: MaintenanceKey.name, &mistakes) {
      MaintenanceWindow($0, &$1)
    }
    let notifications = NotificationSettings(fields.nested(.notifications, &mistakes))
    if mistakes.count == 0, rules.isEmpty {
      fields.refuse(.include, &mistakes, "there are no rules, here or in the included files")
    }
    refuseUnreached(rules, targets, in: fields, &mistakes)
    refuseDependencies(of: rules, targets, in: fields, &mistakes)
    let heartbeat = fields.object(.heartbeat).map { node in
      Fields<HeartbeatKey>(node, at: RootKey.heartbeat.key.name, &mistakes)
    }
    guard mistakes.count == 0, let evaluation, let endpoint, let notifications else { return nil }
    self.init(
      version: fields.text(.version), rules: rules, evaluation: evaluation, endpoint: endpoint,
      targets: targets, labels: fields.labels(.labels), maintenance: maintenance,
      receivers: receivers, notifications: notifications,
      heartbeat: heartbeat.flatMap(SecretSource.init(heartbeat:)))
  }
}

/// Reports targets without a format that the rules leave open, and rules that apply to no target.
private func refuseUnreached(
  _ rules: [Rule], _ targets: [TargetSettings], in fields: Fields<RootKey>,
  _ mistakes: inout MistakeList
) {
  guard mistakes.count == 0 else { return }
  func refuse(_ list: RootKey, _ index: Int, _ reason: String, at key: String = "") {
    let place = mistakes.included.place(list.key.name, index) + key
    mistakes.add(place, at: fields.list(list)[index].offset, reason)
  }
  let formats = Set(rules.compactMap(\.format))
  let given = formats.count == 1 ? formats.first : nil
  for (index, target) in targets.enumerated() {
    guard let format = target.format ?? given ?? (formats.isEmpty ? .json : nil) else {
      refuse(
        .targets, index,
        "\("format".quoted) is missing; there are rules for JSON and for Prometheus text")
      continue
    }
    let isEvaluated = rules.contains { rule in
      rule.targets?.contains(target.name) ?? true && [nil, format].contains(rule.format)
    }
    if !isEvaluated { refuse(.targets, index, "no rule applies to it") }
  }
  let names = targets.map(\.name)
  for (index, rule) in rules.enumerated() {
    let own = targets.filter { rule.targets?.contains($0.name) ?? true }
    let others = own.filter { target in
      rule.format.map { $0 != target.format ?? given ?? $0 } ?? false
    }
    let format = rule.format?.rawValue ?? ""
    for name in rule.targets ?? [] {
      if !names.contains(name) {
        let hint =
          names.isEmpty
          ? "the configuration has none" : didYouMean(name, among: names, isQuoted: true)
        refuse(
          .rules, index,
          "there is no target \(name.quoted); \(hint ?? "there are \(listed(names, most: 5))")",
          at: ".targets")
      } else if others.contains(where: { $0.name == name }) {
        refuse(.rules, index, "\(name.quoted) does not have the format \(format)", at: ".targets")
      }
    }
    if rule.targets == nil, !own.isEmpty, others.count == own.count {
      refuse(.rules, index, "applies to no target: none has the format \(format)")
    }
  }
}

extension Fields<RootKey> {
  /// The fields of an object at the root; those of an empty object if it is absent.
  fileprivate func nested<Child: KeyName>(
    _ name: RootKey, _ mistakes: inout MistakeList
  ) -> Fields<Child> {
    let node = object(name) ?? JSONNode(value: .object([]), offset: 0)
    return Fields<Child>(node, at: name.key.name, &mistakes)
  }
}

extension EvaluationSettings {
  fileprivate init?(_ fields: Fields<EvaluationKey>) {
    guard let maxGap = fields.minutes(.maxGapMinutes), let onGap: OnGap = fields.word(.onGap),
      let sparseSamples = fields.integer(.sparseSamples),
      let requestCountPath = fields.path(.requestCountPath)
    else { return nil }
    self.init(
      maxGap: maxGap, onGap: onGap, sparseSamples: sparseSamples,
      snapshotTimePath: fields.path(.snapshotTimePath),
      requestCount: .path(requestCountPath),
      requestCountMetric: fields.selector(.requestCountMetric))
  }
}

extension EndpointSettings {
  fileprivate init?(_ fields: Fields<EndpointKey>) {
    guard let duration = fields.minutes(.durationMinutes),
      let breachStatus: BreachStatus = fields.word(.breachStatus)
    else { return nil }
    self.init(
      duration: duration, breachStatus: breachStatus, severity: fields.word(.severity),
      runbook: fields.text(.runbook), summary: fields.text(.summary))
  }
}

extension SecretSource {
  fileprivate init?(heartbeat fields: Fields<HeartbeatKey>) {
    if let name = fields.text(.urlEnv) {
      self = .variable(name)
    } else if let path = fields.text(.urlFile) {
      self = .file(path)
    } else {
      return nil
    }
  }
}

extension TargetSettings {
  fileprivate init?(_ fields: Fields<TargetKey>, _ mistakes: inout MistakeList) {
    guard let name = fields.text(.name), let address = Address(fields) else { return nil }
    self.init(
      name: name, address: address, bearerTokenVariable: fields.text(.bearerTokenEnv),
      basicAuth: fields.text(.basicAuthEnv).map { .variable($0) }
        ?? fields.text(.basicAuthFile).map { .file($0) },
      headerVariables: fields.labels(.headersEnv), format: fields.word(.format),
      acceptedStatuses: AcceptedStatuses(fields))
    let names = headerVariables.keys.map { $0.lowercased() }
    if Set(names).count < names.count {
      fields.refuse(.headersEnv, &mistakes, "two names differ only in case")
    }
  }
}

extension AcceptedStatuses {
  fileprivate init(_ fields: Fields<TargetKey>) {
    if let statuses = fields.scalars(.acceptStatus) {
      self = .alsoThese(
        Set(statuses.compactMap { if case .number(let number) = $0 { Int(number) } else { nil } }))
    } else {
      self = fields.has(.acceptStatus) ? .any : .success
    }
  }
}

extension TargetSettings.Address {
  fileprivate init?(_ fields: Fields<TargetKey>) {
    if let url = fields.text(.baseURL) {
      self = .baseURL(url)
    } else if let url = fields.text(.metricsURL) {
      self = .metricsURL(url)
    } else if let variable = fields.text(.baseURLEnv) {
      self = .baseURLVariable(variable)
    } else if let variable = fields.text(.metricsURLEnv) {
      self = .metricsURLVariable(variable)
    } else {
      return nil
    }
  }
}
