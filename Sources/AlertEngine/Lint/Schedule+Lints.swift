internal import Text

extension Configuration {
  /// What a sample this often shows about the rules.
  ///
  /// - Parameters:
  ///   - cadence: the usual time between two runs.
  ///   - findings: those of the bounds of each rule; the first one explains the others.
  /// - Returns: in the order of the findings, then of the rules.
  package func lints(
    every cadence: Duration, _ findings: [(rule: String, findings: [ScheduleBounds.Finding])]
  ) -> [Lint] {
    let every = Quantity.text(cadence)
    let bounds = findings.compactMap { rule, findings in
      findings.first.map { finding in
        finding.lint(
          rule == EndpointSettings.ruleName ? .endpoint : .rule(rule), every: every)
      }
    }
    let told = Set(bounds.map(\.item))
    return bounds
      + rules.filter { !told.contains(.rule($0.name)) }.flatMap { $0.lints(every: cadence) }
  }
}

extension ScheduleBounds.Finding {
  fileprivate func lint(_ item: Lint.Item, every: String) -> Lint {
    switch self {
    case .neverFires:
      Lint(
        .neverFires, item, "never fires with a run every \(every), however long a breach lasts",
        remedy: "run more often, or raise max_gap_minutes")
    case .neverResolves:
      Lint(
        .neverResolves, item, "never resolves with a run every \(every)",
        remedy: "run more often, or raise max_gap_minutes")
    case .needsConfirm:
      Lint(
        .needsConfirm, item,
        "with a run every \(every), one sample per run is no continuous evidence, since "
          + "max_gap_minutes is less",
        remedy: "use evaluate --confirm, run more often, or raise max_gap_minutes")
    case .shortMaxGap:
      Lint(
        .shortMaxGap, item, "max_gap_minutes is less than \(every), the time between two runs",
        remedy: "raise it, or run more often")
    }
  }
}

extension Rule {
  fileprivate func lints(every cadence: Duration) -> [Lint] {
    let every = Quantity.text(cadence)
    var lints: [Lint] = []
    let needed = cadence * (minSamples - 1)
    if let ownMinSamples, ownMinSamples > 2, duration > .zero, needed > duration {
      lints.append(
        Lint(
          .slowMinSamples, self, .minSamples,
          "\(ownMinSamples) samples take \(Quantity.text(needed)) with a run every \(every), longer "
            + "than duration_minutes",
          remedy: "lower it, or raise duration_minutes"))
    }
    let windows: [(RuleKey, Duration?)] = [
      (.windowMinutes, measurement.window), (.shortWindowMinutes, measurement.shortWindow),
    ]
    for (key, window) in windows {
      guard let window, window < cadence else { continue }
      lints.append(
        Lint(
          .shortWindow, self, key,
          "the window of \(Quantity.text(window)) is shorter than \(every), the time between two "
            + "runs, over which growth is measured instead",
          remedy: "raise it, or run more often"))
      break
    }
    return lints
  }
}
