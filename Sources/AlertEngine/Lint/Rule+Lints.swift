internal import JSON
internal import Prometheus
internal import Text

extension Rule {
  /// What this rule alone shows.
  var lints: [Lint] {
    [limitLint, recoveryLint].compactMap(\.self) + pathLints + notes
  }

  /// A threshold that does not mean what it says, or that decides nothing.
  private var limitLint: Lint? {
    if let limit = condition.threshold.number {
      if let lint = shareLint(limit) { return lint }
    }
    guard let range, !condition.threshold.values.isEmpty else { return nil }
    let (least, most) = (range.lowerBound, range.upperBound)
    let shown =
      rangeWords
      + (most.isInfinite
        ? " \(least.plain) or more"
        : least.isInfinite ? " \(most.plain) or less" : " from \(least.plain) to \(most.plain)")
    if condition.isNever(in: range) {
      return Lint(
        .unreachableLimit, self, limitKey,
        "\(shown), so no sample is ever bad", remedy: "correct comparison or threshold")
    }
    guard condition.isAlways(in: range) else { return nil }
    return Lint(
      .alwaysBad, self, limitKey, "\(shown), so every sample is bad",
      remedy: "correct comparison or threshold")
  }

  private var limitKey: RuleKey { burnRate == nil ? .threshold : .burnRate }

  private func shareLint(_ limit: Double) -> Lint? {
    let isPercent = [MetricUnit.other("%"), .other("percent")].contains(unit)
    let names = measurement.selector.lastWords
    if limit > 1, isShare || (isPercent && isFraction && condition.comparison.isOrdering) {
      return Lint(
        .shareAboveOne, self, limitKey,
        "the value is a share, so at most 1, but the threshold is \(limit.plain)",
        remedy: burnRate != nil
          ? "lower it"
          : limit <= 100 ? "write \((limit / 100).plain) for \(limit.plain) %" : "lower it")
    }
    // A loss of 0.5 % is one that people write.
    let isSmall = limit > 0 && limit < 1 && names.isDisjoint(with: Self.percentages)
    guard isPercent, measurement.scale == 1, isFraction || isSmall else { return nil }
    return Lint(
      .percentUnit, self, .unit,
      "the value seems to be a fraction, which this unit shows as a percentage 100 times too small",
      remedy: "write \("unit".quoted): \("ratio".quoted), which is shown as %")
  }

  /// Whether its value is certainly a fraction.
  private var isFraction: Bool {
    measurement.scale == 1
      && (measurement.parse == .percent || measurement.kind == .ratio
        || measurement.kind == .quotient)
  }

  /// Whether its value is a part of a whole, by its unit or by the names of the two.
  private var isShare: Bool {
    guard condition.comparison.isOrdering, measurement.aggregate != .sum,
      measurement.aggregate != .count, measurement.scale == 1
    else { return false }
    if unit == .ratio { return isFraction || measurement.kind == .value }
    let part = measurement.selector.lastWords
    // Of several processors, more than 100 % can be used.
    if measurement.parse == .percent { return !part.contains { $0.hasPrefix("cpu") } }
    guard unit == nil, isFraction, let whole = measurement.denominator else { return false }
    return !part.isDisjoint(with: Self.parts) && !whole.lastWords.isDisjoint(with: Self.wholes)
  }

  /// Words for something that cannot exceed the whole.
  private static let parts: Set = [
    "errors", "error", "failed", "failures", "failure", "rejected", "refused", "dropped",
    "timeouts",
    "5xx", "4xx", "misses", "hits", "used", "usage", "free", "available", "avail", "remaining",
    "active", "busy", "idle", "open",
  ]
  private static let wholes: Set = [
    "total", "count", "requests", "responses", "size", "limit", "max", "maximum", "capacity",
    "quota",
  ]
  private static let percentages: Set = ["percent", "percentage", "pct", "perc", "loss"]

  /// The values that its measure can have; `nil` for any.
  private var range: ClosedRange<Double>? {
    let own: ClosedRange<Double>?
    if measurement.aggregate == .count {
      own = 0...Double.infinity
    } else {
      switch measurement.measure {
      case .increase, .ratePerMinute, .changes: own = 0...Double.infinity
      case .ratio: own = 0...(isShare ? 1 : Double.infinity)
      case .quotient where isShare: own = 0...1
      case .age where measurement.scale > 0: own = 0...Double.infinity
      case .value:
        switch measurement.selector {
        case .response(.status): own = 100...599
        case .response: own = 0...Double.infinity
        case .path, .query, .metric: own = isShare && measurement.parse == .percent ? 0...1 : nil
        }
      case .age, .quotient, .quantile: own = nil
      }
    }
    guard let own else { return nil }
    let ends = [own.lowerBound, own.upperBound].map { $0 * measurement.scale }.sorted()
    return ends.contains(where: \.isNaN) ? nil : ends[0]...ends[1]
  }

  private var rangeWords: String {
    if isShare { return "a share is" }
    if case .response(.status) = measurement.selector { return "a status is" }
    return "the value is"
  }

  private var recoveryLint: Lint? {
    guard let range, let recovery = condition.recoveryThreshold else { return nil }
    let isReached =
      switch condition.comparison {
      case .gt: recovery >= range.lowerBound
      case .gte: recovery > range.lowerBound
      case .lt: recovery <= range.upperBound
      case .lte: recovery < range.upperBound
      case .eq, .ne, .in, .notIn: true
      }
    guard !isReached else { return nil }
    return Lint(
      .unreachableRecovery, self, .recoveryThreshold,
      "no value reaches recovery_threshold, so a firing alert never resolves", remedy: "correct it")
  }

  private var pathLints: [Lint] {
    let places: [(RuleKey, Selector?)] = [
      (.metricPath, measurement.selector), (.denominatorPath, measurement.denominator),
      (.thresholdPath, condition.threshold.selector),
    ]
    return places.compactMap { key, selector in
      switch selector {
      case .path(let path)?:
        return path.foreignSyntaxAdvice.map { advice in
          Lint(
            .foreignPath, self, key,
            "the path \(path.text.quoted) is read as the keys of objects", remedy: advice)
        }
      case .query(let query)?:
        return query.patternMistakes.first.map { mistake in
          Lint(
            .deadPattern, self, key,
            "\(query.text.quoted) has a pattern that matches nothing: \(mistake)",
            remedy: "correct it")
        }
      case .metric?, .response?, nil: return nil
      }
    }
  }

  private var notes: [Lint] {
    var notes: [Lint] = []
    if condition.comparison.isOrdering, condition.recoveryThreshold == nil,
      recoveryDuration == .zero, badSamples == nil, measurement.shortWindow == nil
    {
      notes.append(
        Lint(
          .noRecovery, self, nil,
          "the first good sample resolves the alert, so a value near the threshold notifies again "
            + "and again",
          remedy: "set recovery_minutes or recovery_threshold"))
    }
    if text.summary == nil {
      notes.append(
        Lint(
          .noSummary, self, nil, "messages say only the rule's name",
          remedy: "say what is wrong in summary"))
    }
    if text.runbook == nil {
      notes.append(
        Lint(
          .noRunbook, self, nil, "messages do not say what to do",
          remedy: "set runbook to a file or a link"))
    }
    return notes
  }
}

extension Condition {
  /// Whether no value of a range is bad.
  fileprivate func isNever(in range: ClosedRange<Double>) -> Bool {
    let limits = threshold.values
    return switch comparison {
    case .gt: limits.allSatisfy { $0 >= range.upperBound }
    case .gte: limits.allSatisfy { $0 > range.upperBound }
    case .lt: limits.allSatisfy { $0 <= range.lowerBound }
    case .lte: limits.allSatisfy { $0 < range.lowerBound }
    case .eq, .in: limits.allSatisfy { !range.contains($0) }
    case .ne, .notIn: false
    }
  }

  /// Whether every value of a range is bad.
  fileprivate func isAlways(in range: ClosedRange<Double>) -> Bool {
    let limits = threshold.values
    return switch comparison {
    case .gt: limits.allSatisfy { $0 < range.lowerBound }
    case .gte: limits.allSatisfy { $0 <= range.lowerBound }
    case .lt: limits.allSatisfy { $0 > range.upperBound }
    case .lte: limits.allSatisfy { $0 >= range.upperBound }
    case .ne, .notIn: limits.allSatisfy { !range.contains($0) }
    case .eq, .in: false
    }
  }
}

extension Threshold {
  /// The numbers that the rule itself has; none if it has anything else.
  fileprivate var values: [Double] {
    let scalars: [Scalar]
    switch self {
    case .scalar(let scalar): scalars = [scalar]
    case .list(let list): scalars = list
    case .selector: scalars = []
    }
    let numbers = scalars.compactMap { if case .number(let number) = $0 { number } else { nil } }
    return numbers.count == scalars.count ? numbers : []
  }
}

extension Selector {
  /// The words of the last name: `errors`, `total` of `http_errors_total`.
  fileprivate var lastWords: Set<String> {
    let name: String =
      switch self {
      case .path(let path):
        path.segments.suffix(2).map { if case .key(let key, _) = $0 { key } else { "" } }
          .joined(separator: "_")
      case .query, .response: text
      case .metric(let metric): metric.name
      }
    let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
    return Set(words.map { String($0) })
  }
}
