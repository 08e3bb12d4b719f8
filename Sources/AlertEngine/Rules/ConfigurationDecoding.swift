extension Configuration {
  /// Reads the text of a configuration.
  ///
  /// - Parameter bytes: the file as it is, in UTF-8.
  /// - Returns: the configuration, with all defaults filled in.
  /// - Throws: every mistake there is, each with its place. A text that is not JSON is one mistake.
  package static func decode(
    _ bytes: [UInt8]
  ) throws(ConfigurationMistakes) -> Configuration {
    let root: JSONNode
    do {
      root = try JSONNode.parse(bytes)
    } catch {
      let mistake = ConfigurationMistake(
        place: "", reason: "this is not JSON: \(error.reason)", line: error.line,
        column: error.column)
      throw ConfigurationMistakes(listed: [mistake], count: 1)
    }
    var mistakes = MistakeList()
    guard let configuration = Configuration(root, &mistakes) else {
      throw mistakes.located(in: bytes)
    }
    return configuration
  }

  private init?(_ root: JSONNode, _ mistakes: inout MistakeList) {
    guard let fields = Fields<RootKey>(root, at: "", &mistakes) else { return nil }
    let evaluation = fields.object(.evaluation).flatMap {
      Fields<EvaluationKey>($0, at: RootKey.evaluation.rawValue, &mistakes)
    }
    let endpoint = fields.object(.endpoint).flatMap {
      Fields<EndpointKey>($0, at: RootKey.endpoint.rawValue, &mistakes)
    }
    let rules = fields.elements(of: .rules, named: RuleKey.name, &mistakes)
    let targets = fields.elements(of: .targets, named: TargetKey.name, &mistakes)
    let settings = EvaluationSettings(evaluation)
    self.init(
      version: fields.text(.version),
      rules: rules.compactMap { Rule($0, under: settings, &mistakes) },
      evaluation: settings, endpoint: EndpointSettings(endpoint),
      targets: targets.compactMap { TargetSettings($0, &mistakes) },
      labels: fields.labels(.labels))
    guard mistakes.count == 0 else { return nil }
  }
}
