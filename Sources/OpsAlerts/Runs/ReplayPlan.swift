internal import AlertEngine
internal import Foundation

/// What a replay judges by: the chosen rules and the variants, compiled.
struct ReplayPlan {
  let configuration: Configuration
  let whatIf: WhatIf
  /// Those of the configured rules, then one for each variant; all read the same samples.
  let evaluators: [Evaluator]
  /// How many of the lanes share the configured rules.
  let sharing: Int
  let lanes: ReplayLanes
}

extension ReplayRun {
  func prepare() throws(RunStop) -> ReplayPlan {
    let configuration = try chosenRules()
    let whatIf = try variants(of: configuration.whole)
    try keepFilesApart()
    let isDrawn = options.format == .html
    let parts = split(configuration.chosen.rules)
    let evaluators = Evaluator.sharingSnapshots(
      parts.map { configuration.chosen.with(rules: $0) }
        + whatIf.variants.map { configuration.whole.with(rules: [$0.rule]) },
      onMissing: options.allowMissingMetrics ? .hold : .alert)
    let lanes = evaluators.enumerated().map { index, evaluator in
      ReplayLane(
        evaluator, from: options.from, isDrawn: isDrawn,
        // One of the lanes tells of the endpoint, after all the rules.
        tellsEndpoint: index == parts.count - 1 && configuration.tellsEndpoint)
    }
    return ReplayPlan(
      configuration: configuration.chosen, whatIf: whatIf, evaluators: evaluators,
      sharing: parts.count, lanes: ReplayLanes(lanes))
  }

  private struct ChosenRules {
    let whole: Configuration
    let chosen: Configuration
    let tellsEndpoint: Bool
  }

  private func chosenRules() throws(RunStop) -> ChosenRules {
    let whole: Configuration
    do throws(ConfigurationFileError) {
      whole = try ConfigurationFile.load(path: options.config)
    } catch {
      throw .usage("\(error)")
    }
    let known = whole.rules.map(\.name) + [EndpointSettings.ruleName]
    for name in options.rules where !known.contains(name) {
      let hint = nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
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

  private func variants(of configuration: Configuration) throws(RunStop) -> WhatIf {
    do throws(WhatIfMistake) {
      return try WhatIf(options.whatIf, in: configuration)
    } catch {
      throw .usage("--what-if \(error)")
    }
  }

  /// The rules in as many parts as there are processors to judge them.
  private func split(_ rules: [Rule]) -> [[Rule]] {
    let count = max(1, min(rules.count, ProcessInfo.processInfo.activeProcessorCount, 4))
    return (0..<count).map { part in
      Array(rules[(rules.count * part / count)..<(rules.count * (part + 1) / count)])
    }
  }

  /// Refuses to write the report over a file that this run reads.
  private func keepFilesApart() throws(RunStop) {
    guard let output = options.output else { return }
    let written = AtomicFile.identity(of: output)
    let read = [("--config", options.config)] + options.files.map { ("a recording", $0) }
    for (name, path) in read where path != "-" && AtomicFile.identity(of: path) == written {
      throw .usage("--output and \(name) are the same file: \(printable(path))")
    }
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
