internal import JSON
internal import Text

/// Evaluates the value at a rule's path in one snapshot.
///
/// Implements the sections "Observations" and "Measures" of `docs/semantics.md`.
struct Measuring {
  let rule: Evaluator.CompiledRule
  let now: Instant
  /// The number at `request_count_path`; `nil` if the snapshot has none.
  let requestCount: Double?

  /// Evaluates what was found at the rule's path.
  ///
  /// - Parameters:
  ///   - found: the value at `metric_path`.
  ///   - denominator: the value at `denominator_path`, for `ratio`.
  ///   - alert: its phase decides between the threshold and the recovery threshold; it keeps the
  ///     history of a windowed measure.
  /// - Returns: the observation. The volume guard is checked first, since a service without traffic
  ///   may well publish no latency.
  func observe(
    _ found: Extraction.Found, over denominator: Extraction.Found?, for alert: inout Alert
  ) -> Observation {
    switch rule.kind {
    case .value:
      switch found {
      case .absent, .null: return missing
      case .array, .object, .odd: return wrongType(found.kindForPeople)
      case .scalar(let value):
        return guarded(Sample(value)) ?? judged(Sample(value), alert.phase)
      }
    case .age:
      switch found {
      case .absent, .null: return missing
      case .array, .object, .odd: return wrongType(found.kindForPeople)
      case .scalar(let value):
        guard let age = age(of: value) else {
          return wrongType("\(value.kindForPeople), not a time in the past")
        }
        return guarded(Sample(.number(age))) ?? judged(Sample(.number(age)), alert.phase)
      }
    case .increase: return observe(.increase, of: found, over: nil, for: &alert)
    case .ratePerMinute: return observe(.ratePerMinute, of: found, over: nil, for: &alert)
    case .ratio: return observe(.ratio, of: found, over: denominator, for: &alert)
    }
  }

  /// The observation for an absent metric, once there are enough requests to expect one.
  var missing: Observation {
    if let lowVolume = guarded(nil) { return lowVolume }
    switch rule.onMissing {
    case .alert: return .bad(.missing)
    case .hold: return .unknown(.missing)
    case .clear: return .good(.missing)
    }
  }

  func wrongType(_ found: String) -> Observation {
    if let lowVolume = guarded(nil) { return lowVolume }
    switch rule.onMissing {
    case .alert: return .bad(.wrongType(found: found))
    case .hold, .clear: return .unknown(.wrongType(found: found))
    }
  }

  /// Unknown if the snapshot has fewer requests than the rule requires; `ratio` requires growth of
  /// its denominator instead.
  private func guarded(_ sample: Sample?) -> Observation? {
    guard let requestCount, requestCount < rule.minRequestCount else { return nil }
    return .unknown(.lowVolume(count: requestCount, sample: sample))
  }

  private func judged(_ sample: Sample, _ phase: Phase) -> Observation {
    let isOpen = phase.episode != nil
    let condition = rule.rule.condition
    guard let isBad = condition.isBad(sample.value, whileOpen: isOpen) else {
      return wrongType(sample.value.kindForPeople)
    }
    guard condition.canCompare(sample.value) else {
      return wrongType("a number too large to be exact")
    }
    return isBad ? .bad(.sample(sample)) : .good(.sample(sample))
  }

  /// Seconds since the timestamp; `nil` if there is none, or if it is more than 60 s in the future.
  private func age(of value: Scalar) -> Double? {
    guard let instant = value.asInstant else { return nil }
    let milliseconds = (now - instant).wholeMilliseconds
    guard milliseconds >= -60_000 else { return nil }
    return Double(max(0, milliseconds)) / 1_000
  }
}

extension Measuring {
  /// What is computed from the growth of counters.
  private enum GrowthMeasure {
    case increase, ratePerMinute, ratio
  }

  private func observe(
    _ measure: GrowthMeasure, of found: Extraction.Found, over denominator: Extraction.Found?,
    for alert: inout Alert
  ) -> Observation {
    let window = rule.window
    var reading = CounterSeries.Reading(counter: 0)
    if let odd = take(found, as: &reading.counter) { return odd }
    if let denominator, let odd = take(denominator, as: &reading.denominator) { return odd }
    if alert.series?.sourceHash == rule.subject.sourceHash {
      alert.series?.append(reading, at: now, window: window)
    } else {
      alert.series = CounterSeries(
        startingAt: now, with: reading, sourceHash: rule.subject.sourceHash)
    }
    guard alert.series?.isFinite == true else { return startAgain(&alert) }
    guard let growth = alert.series?.growth(over: window, maxGap: rule.subject.maxGap) else {
      return .unknown(.warmingUp)
    }
    if let fault = alert.series?.fault(in: growth) { return .unknown(.unstableCounter(fault)) }
    return observe(measure, growth, window: window, in: alert.phase)
  }

  /// Reads a counter; returns the observation if it is not a count.
  private func take(_ found: Extraction.Found, as count: inout Double) -> Observation? {
    switch found {
    case .absent, .null: return missing
    case .scalar(.number(let number)) where number >= 0:
      count = number
      return nil
    case .array, .object, .odd, .scalar: return wrongType(found.kindForPeople)
    }
  }

  /// Drops the history of counters whose sums overflow.
  private func startAgain(_ alert: inout Alert) -> Observation {
    alert.series = nil
    return beyondNumbers
  }

  private var beyondNumbers: Observation { wrongType("a counter too large for a number") }

  private func observe(
    _ measure: GrowthMeasure, _ growth: CounterSeries.Growth, window: Duration, in phase: Phase
  ) -> Observation {
    func sample(_ number: Double) -> Sample {
      Sample(.number(number), span: growth.span, hasReset: growth.resets > 0)
    }
    switch measure {
    case .ratio:
      guard growth.denominator > 0 else {
        return .unknown(.lowVolume(count: 0, sample: nil))
      }
      let ratio = sample(growth.counter / growth.denominator)
      guard ratio.isFinite else { return beyondNumbers }
      guard growth.denominator >= Double(rule.rule.minRequestCount) else {
        return .unknown(.lowVolume(count: growth.denominator, sample: ratio))
      }
      return judged(ratio, phase)
    case .ratePerMinute:
      let rate = sample(growth.counter / growth.span.inMinutes)
      guard rate.isFinite else { return beyondNumbers }
      return guarded(rate) ?? judged(rate, phase)
    case .increase:
      let increase = sample(growth.counter * (window / growth.span))
      guard increase.isFinite else { return beyondNumbers }
      return guarded(increase) ?? judged(increase, phase)
    }
  }
}

extension Extraction.Found {
  /// The kind of value where a count is expected, in a sentence: `a negative number`.
  var kindForPeople: String {
    switch self {
    case .absent: "nothing"
    case .null: "null"
    case .array: "an array"
    case .object: "an object"
    case .odd(.tooLarge): "a number too large for a double"
    case .odd(.loneSurrogate): "a string with an unpaired surrogate"
    case .odd(.duplicateKey): "a duplicate key"
    case .scalar(.number(let number)) where number < 0: "a negative number"
    case .scalar(let scalar): scalar.kindForPeople
    }
  }
}

extension Scalar {
  /// The kind of value in a sentence: `a string`.
  fileprivate var kindForPeople: String {
    switch self {
    case .number: "a number"
    case .string: "a string"
    case .bool: "a bool"
    }
  }
}

extension Sample {
  fileprivate var isFinite: Bool {
    guard case .number(let number) = value else { return true }
    return number.isFinite
  }
}
