internal import JSON
internal import Text

extension Condition {
  init?(_ fields: Fields<RuleKey>, _ mistakes: inout MistakeList) {
    guard let comparison: Comparison = fields.word(.comparison),
      let threshold = Threshold(fields)
    else { return nil }
    self.init(
      comparison, threshold, recoveryThreshold: fields.number(.recoveryThreshold))
    for scalar in threshold.scalars where !canCompare(scalar) {
      fields.refuse(
        .threshold, &mistakes,
        "\(comparison.rawValue) needs a number that is exact, between -2^53 and 2^53")
      return nil
    }
    guard fields.has(.aggregate) == false || threshold.scalars.allSatisfy(\.isNumber) else {
      fields.refuse(.threshold, &mistakes, "expected a number (aggregate requires it)")
      return nil
    }
    guard let recovery = recoveryThreshold, let level = threshold.number else { return }
    switch comparison {
    case .gt, .gte:
      if recovery > level { fields.refuseRecovery("at most", level, recovery, &mistakes) }
    case .lt, .lte:
      if recovery < level { fields.refuseRecovery("at least", level, recovery, &mistakes) }
    case .eq, .ne, .in, .notIn: break
    }
  }
}

extension BurnRate {
  init?(_ fields: Fields<RuleKey>) {
    guard let objective = fields.number(.objective), let rate = fields.number(.burnRate) else {
      return nil
    }
    self.init(objective: objective, rate: rate)
  }
}

extension BadSamples {
  init?(_ fields: Fields<RuleKey>, _ mistakes: inout MistakeList) {
    guard let node = fields.object(.badSamples) else { return nil }
    let own = Fields<BadSamplesKey>(node, at: fields.place(of: .badSamples), &mistakes)
    guard let atLeast = own.integer(.atLeast), let of = own.integer(.of) else { return nil }
    guard atLeast <= of else {
      own.refuse(.atLeast, &mistakes, "expected at most \("of".quoted), \(of), found \(atLeast)")
      return nil
    }
    self.init(atLeast: atLeast, of: of)
  }
}

extension Threshold {
  fileprivate init?(_ fields: Fields<RuleKey>) {
    if let selector = fields.selector(.thresholdPath) {
      self = .selector(selector)
    } else if let burnRate = BurnRate(fields) {
      self = .scalar(.number(burnRate.threshold))
    } else if let scalar = fields.scalar(.threshold) {
      self = .scalar(scalar)
    } else if let list = fields.scalars(.threshold) {
      self = .list(list)
    } else {
      return nil
    }
  }

  /// The values that the rule itself has.
  fileprivate var scalars: [Scalar] {
    switch self {
    case .scalar(let scalar): [scalar]
    case .list(let list): list
    case .selector: []
    }
  }
}

extension Fields<RuleKey> {
  fileprivate func refuseRecovery(
    _ side: String, _ threshold: Double, _ recovery: Double, _ mistakes: inout MistakeList
  ) {
    refuse(
      .recoveryThreshold, &mistakes,
      "expected \(side) the threshold, \(threshold.plain), found the number \(recovery.plain)")
  }
}
