package import JSON

/// When a sample is bad: `value COMPARISON threshold`.
package struct Condition: Hashable, Sendable {
  package var comparison: Comparison
  package var threshold: Threshold
  /// Where a firing alert recovers, on the healthy side of the threshold.
  package var recoveryThreshold: Double?

  package init(
    _ comparison: Comparison, _ threshold: Threshold, recoveryThreshold: Double? = nil
  ) {
    self.comparison = comparison
    self.threshold = threshold
    self.recoveryThreshold = recoveryThreshold
  }

  package init(_ comparison: Comparison, _ threshold: Scalar, recoveryThreshold: Double? = nil) {
    self.init(comparison, .scalar(threshold), recoveryThreshold: recoveryThreshold)
  }

  /// Whether a sample is bad.
  ///
  /// - Parameters:
  ///   - value: of the same kind as the threshold.
  ///   - limit: what was found at the path of the threshold, if it has one.
  ///   - isOpen: whether the alert is firing or recovering. It then stays bad until it is on the
  ///     healthy side of the recovery threshold, if there is one.
  /// - Returns: `nil` if the value and the threshold are of different kinds.
  package func isBad(_ value: Scalar, limit: Scalar? = nil, whileOpen isOpen: Bool) -> Bool? {
    // Before the other cases, for which both would be copied.
    if case .number(let value) = value, case .scalar(.number(let threshold)) = threshold {
      guard isOpen, let recoveryThreshold else { return comparison.holds(value, threshold) }
      return !comparison.isRecovered(value, recoveryThreshold)
    }
    switch (value, threshold) {
    case (_, .selector):
      // Texts and bools have no order.
      guard let limit, !comparison.isOrdering || value.isSameKind(as: .number(0)) else {
        return nil
      }
      return Condition(comparison, limit).isBad(value, whileOpen: isOpen)
    case (.string(let value), .scalar(.string(let threshold))):
      return comparison.holds(value, threshold)
    case (.bool(let value), .scalar(.bool(let threshold))):
      return comparison.holds(value, threshold)
    case (_, .list(let members)):
      guard members.contains(where: { $0.isSameKind(as: value) }) else { return nil }
      return members.contains(value) == (comparison == .in)
    case (.number, _), (.string, _), (.bool, _): return nil
    }
  }

  /// Whether values are texts.
  package var comparesTexts: Bool {
    switch threshold {
    case .scalar(.string): true
    case .list(let list): list.contains { if case .string = $0 { true } else { false } }
    case .scalar, .selector: false
    }
  }

  /// Whether a value is exact enough: from 2^53 on, a number may have been rounded to another
  /// integer, which only matters where it must be equal.
  package func canCompare(_ value: Scalar) -> Bool {
    guard case .number(let number) = value else { return true }
    return comparison.isOrdering || number.magnitude < 0x1p53
  }

  /// The worse of two numbers; `nil` if the comparison has no direction.
  func worse(_ one: Double, _ other: Double) -> Double? {
    switch comparison {
    case .gt, .gte: max(one, other)
    case .lt, .lte: min(one, other)
    case .eq, .ne, .in, .notIn: nil
    }
  }
}

/// What a value is compared with.
package enum Threshold: Hashable, Sendable {
  /// A string or bool is possible only with `eq` and `ne`.
  case scalar(Scalar)
  /// The members of a set, for `in` and `not_in`; at least one.
  case list([Scalar])
  /// What the same snapshot has at this place: a number, or with `eq` and `ne` any scalar.
  case selector(Selector)

  /// The number, if the rule itself has it.
  package var number: Double? {
    guard case .scalar(.number(let number)) = self else { return nil }
    return number
  }

  /// What it is, in a sentence.
  var shown: String {
    switch self {
    case .scalar(let scalar): scalar.shown
    case .list: "a list"
    case .selector: "in the snapshot"
    }
  }

  package var scalar: Scalar? {
    guard case .scalar(let scalar) = self else { return nil }
    return scalar
  }

  package var selector: Selector? {
    guard case .selector(let selector) = self else { return nil }
    return selector
  }
}

package enum Comparison: String, CaseIterable, Sendable {
  case gt, gte, lt, lte, eq, ne
  case `in`
  case notIn = "not_in"

  /// Whether it compares by size, which only numbers have.
  package var isOrdering: Bool {
    switch self {
    case .gt, .gte, .lt, .lte: true
    case .eq, .ne, .in, .notIn: false
    }
  }

  /// Whether it compares with the members of a set.
  var takesList: Bool {
    switch self {
    case .gt, .gte, .lt, .lte, .eq, .ne: false
    case .in, .notIn: true
    }
  }

  func holds(_ value: Double, _ threshold: Double) -> Bool {
    switch self {
    case .gt: value > threshold
    case .gte: value >= threshold
    case .lt: value < threshold
    case .lte: value <= threshold
    case .eq, .in: value == threshold
    case .ne, .notIn: value != threshold
    }
  }

  /// Strings and bools have no order: only `eq` and `ne` can hold.
  func holds<Value: Equatable>(_ value: Value, _ threshold: Value) -> Bool {
    switch self {
    case .eq, .in: value == threshold
    case .ne, .notIn: value != threshold
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
    case .eq, .ne, .in, .notIn: !holds(value, recoveryThreshold)
    }
  }
}

extension Scalar {
  fileprivate func isSameKind(as other: Scalar) -> Bool {
    switch (self, other) {
    case (.number, .number), (.string, .string), (.bool, .bool): true
    case (.number, _), (.string, _), (.bool, _): false
    }
  }
}
