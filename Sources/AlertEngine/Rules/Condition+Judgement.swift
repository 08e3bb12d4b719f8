package import JSON

extension Condition {
  /// Whether a sample is bad: `value COMPARISON threshold`.
  ///
  /// - Parameters:
  ///   - value: of the same kind as the threshold.
  ///   - isOpen: whether the alert is firing or recovering. It then stays bad until it is on the
  ///     healthy side of the recovery threshold, if there is one.
  /// - Returns: `nil` if the value and the threshold are of different kinds.
  package func isBad(_ value: Scalar, whileOpen isOpen: Bool) -> Bool? {
    switch (value, threshold) {
    case (.number(let value), .number(let threshold)):
      guard isOpen, let recoveryThreshold else { return comparison.holds(value, threshold) }
      return !comparison.isRecovered(value, recoveryThreshold)
    case (.string(let value), .string(let threshold)): return comparison.holds(value, threshold)
    case (.bool(let value), .bool(let threshold)): return comparison.holds(value, threshold)
    case (.number, _), (.string, _), (.bool, _): return nil
    }
  }

  /// Whether a value is exact enough: from 2^53 on, a number may have been rounded to another
  /// integer, which only matters where it must be equal.
  package func canCompare(_ value: Scalar) -> Bool {
    guard case .number(let number) = value else { return true }
    switch comparison {
    case .eq, .ne: return number.magnitude < 0x1p53
    case .gt, .gte, .lt, .lte: return true
    }
  }

  /// The worse of two numbers; `nil` if the comparison has no direction.
  func worse(_ one: Double, _ other: Double) -> Double? {
    switch comparison {
    case .gt, .gte: max(one, other)
    case .lt, .lte: min(one, other)
    case .eq, .ne: nil
    }
  }
}

extension Comparison {
  func holds(_ value: Double, _ threshold: Double) -> Bool {
    switch self {
    case .gt: value > threshold
    case .gte: value >= threshold
    case .lt: value < threshold
    case .lte: value <= threshold
    case .eq: value == threshold
    case .ne: value != threshold
    }
  }

  /// Strings and bools have no order: only `eq` and `ne` can hold.
  func holds<Value: Equatable>(_ value: Value, _ threshold: Value) -> Bool {
    switch self {
    case .eq: value == threshold
    case .ne: value != threshold
    case .gt, .gte, .lt, .lte: false
    }
  }

  /// Whether a value is on the healthy side of a recovery threshold; strictness is inverted.
  func isRecovered(_ value: Double, _ recoveryThreshold: Double) -> Bool {
    switch self {
    case .gt: value <= recoveryThreshold
    case .gte: value < recoveryThreshold
    case .lt: value >= recoveryThreshold
    case .lte: value > recoveryThreshold
    case .eq, .ne: !holds(value, recoveryThreshold)
    }
  }
}
