package import AlertEngine
internal import JSON
internal import Text

/// A rule in words, for `check` and the reports.
package struct RuleWording {
  let rule: Rule

  package init(_ rule: Rule) {
    self.rule = rule
  }

  /// `request_metrics.errors.rate > 5 % for 10 m, with at least 20 requests: fail (critical)`.
  package var sentence: String {
    var parts = ["\(measurement) \(limit)"]
    parts[0] += rule.duration == .zero ? " immediately" : " for \(Quantity.text(rule.duration))"
    if rule.minRequestCount > 0 {
      parts.append("with at least \(Quantity.count(rule.minRequestCount, "request"))")
    }
    if let recovery { parts.append(recovery) }
    return parts.joined(separator: ", ") + ": \(rule.breachStatus.rawValue) "
      + "(\(rule.severity.rawValue))"
  }

  /// What is compared: `request_metrics.errors.rate`.
  var measurement: String {
    let measurement = rule.measurement
    let path = printable(measurement.selector.text)
    let series = measurement.aggregate.map { "\($0.rawValue) of \(path)" } ?? path
    let names = measurement.instanceBy.map { printable($0.text) }.joined(separator: ", ")
    return words(for: series) + scale + (names.isEmpty ? "" : " by \(names)")
  }

  /// ` × 0.001`; an age times -1 is the time until then.
  private var scale: String {
    let scale = rule.measurement.scale
    let isSaid = scale == 1 || (rule.measurement.kind == .age && scale == -1)
    return isSaid ? "" : " × \(Quantity.text(scale, nil))"
  }

  private func words(for path: String) -> String {
    switch rule.measurement.measure {
    case .value: return path
    case .age: return rule.measurement.scale == -1 ? "time until \(path)" : "age of \(path)"
    case .increase(let window): return "increase of \(path) over \(Quantity.text(window))"
    case .ratePerMinute(let window): return "\(path) per minute over \(Quantity.text(window))"
    case .ratio(let denominator, let window):
      let short = rule.measurement.shortWindow.map { " and \(Quantity.text($0))" } ?? ""
      return "\(path) / \(printable(denominator.text)) over \(Quantity.text(window))\(short)"
    case .quotient(let denominator): return "\(path) / \(printable(denominator.text))"
    case .changes(let window): return "changes of \(path) over \(Quantity.text(window))"
    case .quantile(let quantile, let window):
      return "\(Quantity.text(quantile, .ratio)) quantile of \(path) over \(Quantity.text(window))"
    }
  }

  /// `> 5 %`.
  var limit: String {
    let threshold = Quantity.text(rule.condition.threshold, rule.unit)
    return "\(rule.condition.comparison.sign) \(threshold)"
      + (rule.burnRate.map { " (\($0.words))" } ?? "")
      + (rule.badSamples.map { " in \($0.atLeast) of \($0.of) samples" } ?? "")
  }

  /// `recovers at ≤ 3 % for 10 m`; `nil` if the first good sample resolves the alert.
  var recovery: String? {
    let duration =
      rule.recoveryDuration == .zero ? "" : " for \(Quantity.text(rule.recoveryDuration))"
    guard let threshold = rule.condition.recoveryThreshold else {
      return duration.isEmpty ? nil : "recovers after\(duration.dropFirst(4))"
    }
    let sign = rule.condition.comparison.recoverySign
    return "recovers at \(sign) \(Quantity.text(threshold, rule.unit))\(duration)"
  }
}

extension BurnRate {
  /// `14.4 × the error budget of 99.9 %`.
  package var words: String { "\(Quantity.text(rate, nil)) × \(budget)" }

  /// `the error budget of 99.9 %`.
  package var budget: String { "the error budget of \(Quantity.text(objective, .ratio))" }
}
