internal import AlertEngine
internal import Foundation
internal import Text

/// What a replay judges by: the chosen rules and the variants, compiled.
struct ReplayPlan {
  let configuration: Configuration
  let whatIf: WhatIf
  /// Those of the configured rules, then one for each variant; all read the same samples.
  let evaluators: [Evaluator]
  /// How many of the lanes share the configured rules.
  let sharing: Int
  let lanes: [ReplayLane]
}

extension ReplayRun {
  func prepare() throws(RunFailure) -> ReplayPlan {
    if let from = options.from, let to = options.to, from > to {
      throw .usage("--from is after --to: no sample lies between them")
    }
    let configuration = try chosenRules()
    let whatIf = try variants(of: configuration.whole)
    try ReportSink.keep(
      options.output,
      apartFrom: [("--config", options.config)] + options.files.map { ("a recording", $0) })
    let isDrawn = options.format == .html
    let parts = split(configuration.chosen.rules)
    let evaluators = Evaluator.sharingSnapshots(
      parts.enumerated().map { index, rules in
        // The endpoint comes behind all the rules.
        let isLast = index == parts.count - 1
        return Evaluator.Part(
          configuration.chosen.with(rules: rules),
          judgesEndpoint: isLast && configuration.tellsEndpoint)
      }
        + whatIf.variants.map {
          Evaluator.Part(configuration.whole.with(rules: [$0.rule]), judgesEndpoint: false)
        },
      onMissing: options.allowMissingMetrics ? .hold : .alert)
    let lanes = evaluators.map { ReplayLane($0, from: options.from, isDrawn: isDrawn) }
    return ReplayPlan(
      configuration: configuration.chosen, whatIf: whatIf, evaluators: evaluators,
      sharing: parts.count, lanes: lanes)
  }

  private struct ChosenRules {
    let whole: Configuration
    let chosen: Configuration
    let tellsEndpoint: Bool
  }

  private func chosenRules() throws(RunFailure) -> ChosenRules {
    let whole: Configuration
    do throws(ConfigurationFileFailure) {
      whole = try ConfigurationFile.load(path: options.config)
    } catch {
      throw .usage("\(error)")
    }
    let known = whole.rules.map(\.name) + [EndpointSettings.ruleName]
    for name in options.rules where !known.contains(name) {
      let hint =
        didYouMean(name, among: known).map { "; \($0)" }
        ?? ", only \(listed(known.map { printable($0, limit: 60) }))"
      throw .usage(
        "\(printable(options.config)) has no rule \"\(printable(name, limit: 60))\"\(hint)")
    }
    guard !options.rules.isEmpty else {
      return ChosenRules(whole: whole, chosen: whole, tellsEndpoint: true)
    }
    return ChosenRules(
      whole: whole,
      chosen: whole.with(rules: whole.rules.filter { options.rules.contains($0.name) }),
      tellsEndpoint: options.rules.contains(EndpointSettings.ruleName))
  }

  private func variants(of configuration: Configuration) throws(RunFailure) -> WhatIf {
    do throws(WhatIfMistake) {
      return try WhatIf(options.whatIf, in: configuration)
    } catch {
      throw .usage("--what-if \(error)")
    }
  }

  /// The rules in as many parts as there are processors to judge them.
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
