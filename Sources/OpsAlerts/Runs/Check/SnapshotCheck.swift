internal import AlertEngine
internal import JSON
internal import Reports
internal import Text

/// What the rules make of one snapshot, with no history.
struct SnapshotCheck {
  private let targets: [TargetReport]
  private let now: Instant
  /// Where a saved snapshot comes from; `nil` if it was fetched.
  private let saved: SnapshotSource?
  /// Whether a target has no snapshot.
  let lacksEvidence: Bool
  /// The most instances of a rule that are shown to people.
  private static let mostInstances = 10

  init(_ outcome: RunOutcome, from saved: SnapshotSource?) {
    self.saved = saved
    targets = outcome.targets
    now = outcome.now
    lacksEvidence = outcome.targets.contains { !$0.errors.isEmpty }
  }

  /// Rules whose paths select nothing, or whose `min_request_count` has no number of requests.
  func lints(of configuration: Configuration) -> [Lint] {
    let checks = targets.flatMap(\.evaluation.checks)
    let unguarded = targets.flatMap(\.evaluation.warnings).compactMap { warning -> String? in
      guard case .noRequestCount(let path, let found, _) = warning else { return nil }
      return "the snapshot has \(found) at \(printable(path)), so min_request_count is not applied"
    }.first
    return configuration.rules.flatMap { rule -> [Lint] in
      let own = checks.filter { $0.key.rule == rule.name }
      let lost = own.first { $0.selectsNothing }
      return [
        lost.map { check in
          Lint(
            .selectsNothing, .rule(rule.name),
            key: rule.keyOfPath(CheckWording(check, seenAt: now).lost),
            CheckWording(check, seenAt: now).absence, remedy: "correct the path")
        },
        rule.isGuarded && !own.isEmpty
          ? unguarded.map { reason in
            Lint(
              .noRequestCount, .rule(rule.name), key: "min_request_count", reason,
              remedy: "set evaluation.request_count_path to the number of requests")
          } : nil,
      ].compactMap(\.self)
    }
  }

  /// For people: a heading for each target, and a line for each rule or instance.
  var lines: [String] {
    targets.flatMap { target -> [String] in
      let source =
        switch saved {
        case .file(let path): printable(path)
        case .standardInput: "standard input"
        case nil: printable(target.metricsURL ?? target.name)
        }
      let checks = target.evaluation.checks.filter { $0.subject.rule != nil }
      let counts = Dictionary(grouping: checks, by: \.key.rule).mapValues(\.count)
      var shown: [String: Int] = [:]
      var rows: [(name: String, verdict: String, value: String)] = []
      for check in checks {
        let rule = check.key.rule
        shown[rule, default: 0] += 1
        switch shown[rule, default: 0] - Self.mostInstances {
        case ...0:
          let words = CheckWording(check, seenAt: now)
          let value = words.valueAgainstLimit + counters(of: check, at: target)
          rows.append((words.name, check.verdict, value))
        case 1:
          let more = counts[rule, default: 0] - Self.mostInstances
          rows.append((printable(rule), "", "and \(Quantity.count(more, "more instance"))"))
        default: break
        }
      }
      let width = min(34, rows.map(\.name.count).max() ?? 0)
      return ["snapshot: \(source)"]
        + rows.map { name, verdict, value in
          "  \(name.padded(to: width))  \(verdict.padded(to: 7))  \(value)".trimmingTrailingSpaces()
        }
    }
  }

  /// `, now 12 of 400`: what a measure over a window reads.
  private func counters(of check: Check, at target: TargetReport) -> String {
    guard case .unknown(.warmingUp) = check.observation,
      check.subject.rule?.measurement.kind != .changes,
      let series = target.evaluation.state.alerts[check.key]?.series
    else { return "" }
    let whole = check.subject.rule?.measurement.denominator.map { _ in series.last.denominator }
    return ", now \(Quantity.text(series.last.counter, nil))"
      + (whole.map { " of \(Quantity.text($0, nil))" } ?? "")
  }

  var json: JSONText {
    .array(targets) { target in
      [
        "target": .string(target.name), "url": .string(target.metricsURL),
        "checks": .array(target.evaluation.checks) { check in
          let words = CheckWording(check, seenAt: now)
          return [
            "name": .string(check.key.rule), "instance": .string(check.instance),
            "verdict": .string(check.verdict), "value": .number(check.observation.number),
            "reason": .string(check.reason?.code), "message": .string(words.valueAgainstLimit),
          ]
        },
      ]
    }
  }
}

extension Check {
  fileprivate var verdict: String {
    switch observation {
    case .bad: "bad"
    case .good: "good"
    case .unknown: "unknown"
    }
  }

  /// Whether the path of its rule selects nothing, and no key says that this may be.
  fileprivate var selectsNothing: Bool {
    guard reason == .missing, let rule = subject.rule, rule.expectsValue else { return false }
    return true
  }
}

extension Rule {
  /// The key that has a path; that of the value if the path is not known.
  fileprivate func keyOfPath(_ path: MetricPath?) -> String {
    guard let path else { return format == .prometheus ? "metric" : "metric_path" }
    if measurement.denominator == .path(path) { return "denominator_path" }
    return condition.threshold.selector == .path(path) ? "threshold_path" : "metric_path"
  }
}
