internal import AlertEngine
internal import Foundation
internal import Text

/// What a replay evaluates: the chosen rules and the variants, compiled.
struct ReplayPlan {
  let configuration: Configuration
  let whatIf: WhatIf
  /// Those of the configured rules, then one for each variant; all evaluate the same samples.
  let evaluators: [Evaluator]
  /// The number of lanes over which the configured rules are split.
  let sharing: Int
  let lanes: [ReplayLane]
}

extension ReplayRun {
  func prepare() throws(RunFailure) -> ReplayPlan {
    if let from = options.from?.instant, let to = options.to?.instant, from > to {
      throw .mistake(.fromAfterTo)
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
        // `endpoint_down` comes after all rules.
        let isLast = index == parts.count - 1
        return Evaluator.Part(
          configuration.chosen.with(rules: rules),
          judgesEndpoint: isLast && configuration.includesEndpoint)
      }
        + whatIf.variants.map {
          Evaluator.Part(configuration.whole.with(rules: [$0.rule]), judgesEndpoint: false)
        },
      onMissing: options.allowMissingMetrics ? .hold : .alert)
    let windows = configuration.whole.maintenance.isEmpty ? nil : configuration.whole.windows
    let lanes = evaluators.map {
      ReplayLane($0, from: options.from?.instant, isDrawn: isDrawn, windows: windows)
    }
    return ReplayPlan(
      configuration: configuration.chosen, whatIf: whatIf, evaluators: evaluators,
      sharing: parts.count, lanes: lanes)
  }

  private struct ChosenRules {
    let whole: Configuration
    let chosen: Configuration
    let includesEndpoint: Bool
  }

  private func chosenRules() throws(RunFailure) -> ChosenRules {
    let whole: Configuration
    do throws(ConfigurationFileFailure) {
      whole = try ConfigurationFile.load(path: options.config)
    } catch {
      throw .mistake(.configuration(error))
    }
    let known = whole.rules.map(\.name) + [EndpointSettings.ruleName]
    for name in options.rules where !known.contains(name) {
      throw .mistake(.unknown(.rule, name, place: printable(options.config), known: known))
    }
    guard !options.rules.isEmpty else {
      return ChosenRules(whole: whole, chosen: whole, includesEndpoint: true)
    }
    return ChosenRules(
      whole: whole,
      chosen: whole.with(rules: whole.rules.filter { options.rules.contains($0.name) }),
      includesEndpoint: options.rules.contains(EndpointSettings.ruleName))
  }

  private func variants(of configuration: Configuration) throws(RunFailure) -> WhatIf {
    do throws(WhatIfMistake) {
      return try WhatIf(options.whatIf, in: configuration)
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
