internal import AlertEngine
internal import Foundation
internal import Text

/// What a replay evaluates: the chosen rules and the variants, compiled.
struct ReplayPlan {
  let configuration: Configuration
  let whatIf: WhatIf
  /// The configuration of `--against`.
  let against: Configuration?
  let search: SuggestionSearch?
  /// Those of the configured rules, then one for each variant, then those of `against`; all
  /// evaluate the same samples.
  let evaluators: [Evaluator]
  /// The number of lanes over which the configured rules are split.
  let sharing: Int
  let lanes: [ReplayLane]
}

extension ReplayRun {
  /// What to evaluate: with a search, its variants; without one, what it begins with.
  func prepare(_ search: SuggestionSearch? = nil) throws(RunFailure) -> ReplayPlan {
    try checkFormat()
    if let from = options.from?.instant, let to = options.to?.instant, from > to {
      throw .mistake(.fromAfterTo)
    }
    let (configuration, other) = try chosenRules()
    let whatIf = try variants(
      search.map { [$0.request] } ?? options.whatIf, of: configuration.whole,
      scalesRecovery: search != nil)
    try ReportSink.keep(
      options.output,
      apartFrom: [("--config", options.config)]
        + (options.against.map { [("--against", $0)] } ?? [])
        + options.files.map { ("a recording", $0) })
    let own = parts(of: configuration)
    let before = other.map(parts) ?? []
    let evaluators = Evaluator.sharingSnapshots(
      own
        + whatIf.variants.map {
          Evaluator.Part(configuration.whole.with(rules: [$0.rule]), judgesEndpoint: false)
        } + before,
      onMissing: options.allowMissingMetrics ? .hold : .alert)
    let lanes = evaluators.enumerated().map { index, evaluator in
      let isBefore = index >= evaluators.count - before.count
      let whole = (isBefore ? other?.whole : nil) ?? configuration.whole
      return ReplayLane(
        evaluator, from: options.from?.instant,
        isDrawn: options.format == .html || options.suggest != nil && search == nil,
        keeping: other == nil && search == nil
          ? AlertTally.mostEpisodes : ReplayComparison.mostEpisodes,
        windows: whole.maintenance.isEmpty ? nil : whole.windows)
    }
    return ReplayPlan(
      configuration: configuration.chosen, whatIf: whatIf, against: other?.chosen, search: search,
      evaluators: evaluators, sharing: own.count, lanes: lanes)
  }

  /// Refuses formats that do not show what is asked for.
  private func checkFormat() throws(RunFailure) {
    let reason: String? =
      switch options.format {
      case .markdown where options.against == nil && options.suggest == nil:
        "--format markdown requires --against or --suggest"
      case .html where options.against != nil || options.suggest != nil:
        "--format html shows no comparison and no suggestion: use text, json or markdown"
      case .text, .json, .html, .markdown: nil
      }
    if let reason { throw mistake(reason) }
  }

  /// The names of the rules to replay; all of them when empty.
  private var ruleNames: [String] { options.suggest.map { [$0] } ?? options.rules }

  private struct ChosenRules {
    let whole: Configuration
    let chosen: Configuration
    let includesEndpoint: Bool
  }

  /// The chosen rules of `--config`, and of `--against`, if that is given.
  private func chosenRules() throws(RunFailure) -> (ChosenRules, ChosenRules?) {
    let own = try load(options.config)
    let other = try options.against.map(load)
    let known =
      own.rules.map(\.name) + (other?.rules.map(\.name) ?? []) + [EndpointSettings.ruleName]
    for name in ruleNames where !known.contains(name) {
      throw .mistake(.unknown(.rule, name, place: printable(options.config), known: known))
    }
    return (chosenRules(of: own), other.map(chosenRules))
  }

  private func load(_ path: String) throws(RunFailure) -> Configuration {
    if let configuration { return configuration }
    do throws(ConfigurationFileFailure) { return try ConfigurationFile.load(path: path) } catch {
      throw .mistake(.configuration(error))
    }
  }

  private func chosenRules(of whole: Configuration) -> ChosenRules {
    guard !ruleNames.isEmpty else {
      return ChosenRules(whole: whole, chosen: whole, includesEndpoint: true)
    }
    return ChosenRules(
      whole: whole,
      chosen: whole.with(rules: whole.rules.filter { ruleNames.contains($0.name) }),
      includesEndpoint: ruleNames.contains(EndpointSettings.ruleName))
  }

  /// The rules, split over the processors.
  private func parts(of configuration: ChosenRules) -> [Evaluator.Part] {
    let parts = split(configuration.chosen.rules)
    return parts.enumerated().map { index, rules in
      // `endpoint_down` comes after all rules.
      let isLast = index == parts.count - 1
      return Evaluator.Part(
        configuration.chosen.with(rules: rules),
        judgesEndpoint: isLast && configuration.includesEndpoint)
    }
  }

  private func variants(
    _ requests: [String], of configuration: Configuration, scalesRecovery: Bool
  ) throws(RunFailure) -> WhatIf {
    do throws(WhatIfMistake) {
      return try WhatIf(requests, in: configuration, scalesRecovery: scalesRecovery)
    } catch {
      throw .mistake(.whatIf(error))
    }
  }

  /// Splits the rules over the processors, at most 4.
  private func split(_ rules: [Rule]) -> [[Rule]] {
    rules.parts(max(1, min(rules.count, ProcessInfo.processInfo.activeProcessorCount, 4)))
  }
}

extension Configuration {
  /// The same configuration for other rules.
  fileprivate func with(rules: [Rule]) -> Configuration {
    var copy = self
    copy.rules = rules
    return copy
  }
}
