internal import JSON
internal import Text

extension RuleTestFile {
  /// Decodes a file of rule tests.
  ///
  /// - Parameters:
  ///   - bytes: the file's content, in UTF-8.
  ///   - configuration: returns the rules; called once, with the path in the file, or `nil` if
  ///     there is none. If it returns `nil`, the names of rules are not checked.
  /// - Returns: the tests.
  /// - Throws: every mistake, with its place.
  package static func decode(
    _ bytes: [UInt8], under configuration: (String?) -> Configuration?
  ) throws(ConfigurationMistakes) -> RuleTestFile {
    let root = try JSONNode.root(of: bytes)
    var mistakes = MistakeList()
    let fields = Fields<RuleTestFileKey>(root, at: "", &mistakes)
    let isNamed = !fields.has(.config) || fields.text(.config) != nil
    let rules = (isNamed ? configuration(fields.text(.config)) : nil).map(TestedRules.init)
    let decoder = RuleTestDecoder(
      every: fields.step(.every, &mistakes), start: fields.start(&mistakes), rules: rules)
    let tests = fields.elements(.tests, named: RuleTestKey.name, &mistakes) { test, mistakes in
      decoder.test(test, &mistakes)
    }
    guard mistakes.count == 0 else { throw mistakes.located(in: bytes) }
    return RuleTestFile(tests: tests)
  }
}

extension Fields {
  /// The time between two samples, above zero.
  func step(_ name: Name, _ mistakes: inout MistakeList) -> Duration? {
    guard let text = text(name), let step = Duration(notation: text) else { return nil }
    guard step > .zero else {
      refuse(name, &mistakes, "expected more than 0s, found \(text.quoted)")
      return nil
    }
    return step
  }
}

extension Fields<RuleTestFileKey> {
  fileprivate func start(_ mistakes: inout MistakeList) -> Instant? {
    guard let text = text(.start) else { return nil }
    // Every sample must have a valid date, too.
    if let start = Instant(rfc3339: text), (start + SampleTimes.longest).isWritable { return start }
    refuse(
      .start, &mistakes,
      "expected a date and time such as 2026-01-01T00:00:00Z, found \(text.quoted)")
    return nil
  }
}

/// What the decoder needs to know about the rules.
struct TestedRules {
  /// In the order of the configuration; `endpoint_down` is last.
  let names: [String]
  /// The position of each in an evaluation.
  let ranks: [String: Int]
  /// The rules that have instances.
  let withInstances: Set<String>
  /// By the names of the targets.
  let formats: [String: SnapshotFormat]
  /// By the names of the rules, of those that have one.
  let formatsOfRules: [String: SnapshotFormat]
  let defaultFormat: SnapshotFormat

  init(_ configuration: Configuration) {
    names = configuration.rules.map(\.name) + [EndpointSettings.ruleName]
    ranks = Dictionary(zip(names, names.indices)) { first, _ in first }
    withInstances = Set(
      configuration.rules.filter(\.measurement.hasInstances).map(\.name))
    defaultFormat = configuration.defaultFormat
    formats = Dictionary(
      configuration.targets.map { ($0.name, $0.format ?? configuration.defaultFormat) }
    ) { one, _ in one }
    formatsOfRules = Dictionary(
      configuration.rules.compactMap { rule in rule.format.map { (rule.name, $0) } }
    ) { one, _ in one }
  }

  /// Why a rule of this name cannot be tested; `nil` if it exists.
  func refusal(of name: String) -> String? {
    guard ranks[name] == nil else { return nil }
    let known = didYouMean(name, among: names, isQuoted: true)
    let some = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    return "the configuration has no rule \(name.quoted); \(known ?? "it has \(some)")"
  }
}

/// Decodes the tests of one file.
struct RuleTestDecoder {
  /// The default interval of the file; `nil` if it is invalid.
  let every: Duration?
  let start: Instant?
  /// `nil` if there is no configuration to check against.
  let rules: TestedRules?

  fileprivate func test(
    _ fields: Fields<RuleTestKey>, _ mistakes: inout MistakeList
  ) -> RuleTest? {
    let before = mistakes.count
    let format = format(fields, &mistakes)
    let (series, document) = series(fields, in: format, &mistakes)
    let times = times(fields, of: series, &mistakes)
    let expectations = fields.elements(.expect, named: nil as ExpectationKey?, &mistakes) {
      expectation($0, times, &$1)
    }
    let transitions = transitions(fields, times, &mistakes)
    let scope = scope(fields, expectations.map(\.key) + transitions.map(\.key), &mistakes)
    guard mistakes.count == before, let name = fields.text(.name), let series, let times,
      let start
    else { return nil }
    return RuleTest(
      name: name, target: fields.text(.target), format: format, start: start, times: times,
      series: series.map(\.series), document: document,
      expectations: expectations,
      transitions: fields.has(.transitions) ? transitions : nil, scope: scope)
  }

  /// The format of the target: that of the rules under test, as far as they have the same.
  private func format(
    _ fields: Fields<RuleTestKey>, _ mistakes: inout MistakeList
  ) -> SnapshotFormat {
    guard let rules else { return .json }
    if let target = fields.text(.target), let format = rules.formats[target] { return format }
    if let target = fields.text(.target), !rules.formats.isEmpty {
      fields.refuse(
        .target, &mistakes,
        "the configuration has no target \(target.quoted); "
          + (didYouMean(target, among: rules.formats.keys.sorted(), isQuoted: true)
            ?? "it has \(listed(rules.formats.keys.sorted(), most: 5))"))
    }
    let named =
      fields.texts(.rules)
      ?? (fields.list(.expect) + fields.list(.transitions))
      .compactMap(\.ruleName)
    let formats = Set(
      (named.isEmpty ? rules.names : named).compactMap { rules.formatsOfRules[$0] })
    return formats.count == 1 ? formats.first ?? .json : rules.defaultFormat
  }

  /// The rules under test: those that the test lists, else those that it names, else all.
  private func scope(
    _ fields: Fields<RuleTestKey>, _ keys: [AlertKey], _ mistakes: inout MistakeList
  ) -> Set<String> {
    let named = Set(keys.map(\.rule))
    guard fields.has(.rules) else {
      return named.isEmpty ? Set(rules?.names ?? []) : named
    }
    let listed = fields.texts(.rules) ?? []
    for name in listed {
      if let reason = rules?.refusal(of: name) { fields.refuse(.rules, &mistakes, reason) }
    }
    return Set(listed)
  }
}

extension RuleTestDecoder {
  private func expectation(
    _ fields: Fields<ExpectationKey>, _ times: SampleTimes?, _ mistakes: inout MistakeList
  ) -> RuleTest.Expectation? {
    let sample = sample(fields, .at, times, &mistakes)
    let key = key(fields, .rule, .instance, &mistakes)
    guard let sample, let key else { return nil }
    var value = fields.scalar(.value).map { RuleTest.Expectation.Value.scalar($0) }
    if fields.isNull(.value) { value = .nothing }
    var reason = fields.text(.reason).map { RuleTest.Expectation.Reason.code($0) }
    if fields.isNull(.reason) { reason = .nothing }
    return RuleTest.Expectation(
      sample: sample, key: key, phase: fields.word(.phase), value: value, reason: reason)
  }

  /// The transitions in chronological order; those at the same time are in no particular order.
  private func transitions(
    _ fields: Fields<RuleTestKey>, _ times: SampleTimes?, _ mistakes: inout MistakeList
  ) -> [RuleTest.ExpectedTransition] {
    let listed = fields.texts(.rules)
    var places: [AlertKey: [Int: String]] = [:]
    let transitions = fields.elements(.transitions, named: nil as TransitionKey?, &mistakes) {
      (transition, mistakes) -> RuleTest.ExpectedTransition? in
      let sample = sample(transition, .at, times, &mistakes)
      let key = key(transition, .rule, .instance, &mistakes)
      guard let sample, let key, let event: Transition.Event = transition.word(.to) else {
        return nil
      }
      if let listed, !listed.contains(key.rule) {
        transition.refuse(.rule, &mistakes, "\(key.rule.quoted) is not among the test's \"rules\"")
      }
      if let place = places[key]?[sample] {
        transition.refuse(
          .at, &mistakes, "\(place) is at the same time; an alert can change only once per sample")
      }
      places[key, default: [:]][sample] = transition.place
      return RuleTest.ExpectedTransition(
        sample: sample, key: key, event: event, cause: transition.word(.reason))
    }
    return transitions.sorted { ($0.sample, $0.key) < ($1.sample, $1.key) }
  }

  /// The index of the sample at the time of a key.
  private func sample<Name: KeyName>(
    _ fields: Fields<Name>, _ at: Name, _ times: SampleTimes?, _ mistakes: inout MistakeList
  ) -> Int? {
    guard let text = fields.text(at), let time = Duration(notation: text), let times else {
      return nil
    }
    if let sample = times.index(of: time) { return sample }
    var there = "the first is at \(times[0].notation)"
    if let before = times.index(notAfter: time) {
      there =
        before == times.count - 1
        ? "the last is at \(times.last.notation)"
        : "the nearest are at \(times[before].notation) and \(times[before + 1].notation)"
      if times.count == 1 {
        there =
          "the only one is at \(times.last.notation), because every series is a single held sample"
      }
    }
    fields.refuse(at, &mistakes, "the test has no sample at \(time.notation); \(there)")
    return nil
  }

  /// The alert that the keys `rule` and `instance` identify.
  private func key<Name: KeyName>(
    _ fields: Fields<Name>, _ rule: Name, _ instance: Name, _ mistakes: inout MistakeList
  ) -> AlertKey? {
    guard let name = fields.text(rule) else { return nil }
    let key = AlertKey(rule: name, instance: fields.text(instance))
    guard let rules else { return key }
    if let reason = rules.refusal(of: name) {
      fields.refuse(rule, &mistakes, reason)
    } else if rules.withInstances.contains(name), !fields.has(instance) {
      fields.refuse(
        rule, &mistakes,
        "\(name) has instances: add \"instance\", or set it to null for the rule itself")
    } else if !rules.withInstances.contains(name), key.instance != nil {
      fields.refuse(instance, &mistakes, "\(name) has no instances; leave it out")
    }
    return key
  }
}

extension JSONNode {
  /// The rule that an expectation or a transition names.
  fileprivate var ruleName: String? {
    guard case .object(let members) = value,
      case .string(let name)? = members.first(where: { $0.key == "rule" })?.value.value
    else { return nil }
    return name
  }
}
