internal import JSON
internal import Text

extension Measuring {
  /// Evaluates a single counter, or a pair of them.
  func observeCounter(_ input: Input, for alert: inout Alert) -> Observation {
    let window = rule.window
    let source = rule.subject.sourceHash
    var reading = CounterSeries.Reading(counter: 0)
    if rule.kind == .changes {
      guard case .scalar(let value) = input.found else {
        return input.found.isMissing ? missing : unusable(input.found)
      }
      if alert.series?.sourceHash == source {
        alert.series?.append(mark: value.mark, at: now, window: window)
      } else {
        alert.series = CounterSeries(
          startingAt: now, with: reading, mark: value.mark, sourceHash: source)
      }
    } else {
      if let odd = take(input.found, as: &reading.counter) { return odd }
      if let denominator = input.denominator, let odd = take(denominator, as: &reading.denominator)
      {
        return odd
      }
      if alert.series?.sourceHash == source {
        alert.series?.append(reading, at: now, window: window)
      } else {
        alert.series = CounterSeries(startingAt: now, with: reading, sourceHash: source)
      }
    }
    guard alert.series?.isFinite == true else { return startAgain(&alert) }
    guard let growth = alert.series?.growth(over: window, maxGap: rule.subject.maxGap) else {
      return .unknown(.warmingUp)
    }
    if let fault = alert.series?.fault(in: growth) { return .unknown(.unstableCounter(fault)) }
    return observe(
      growth.counter, over: growth.denominator, in: growth.span, resets: growth.resets, input.limit,
      alert.phase.isOpen)
  }

  /// Reads a number; returns the observation if it is not one, or not a count.
  func take(
    _ found: Extraction.Found, as count: inout Double,
    where isValid: (Double) -> Bool = { $0 >= 0 && $0.isFinite }
  ) -> Observation? {
    switch found {
    case .absent, .null: return missing
    case .scalar(.number(let number)) where isValid(number):
      count = number
      return nil
    case .array, .object, .odd, .scalar: return unusable(found)
    }
  }

  /// Drops the history of counters whose sums overflow.
  private func startAgain(_ alert: inout Alert) -> Observation {
    alert.series = nil
    alert.group = nil
    return beyondNumbers
  }

  private var beyondNumbers: Observation { wrongType("a counter too large for a number") }

  /// Evaluates the growth of a counter or of an aggregate of them.
  private func observe(
    _ growth: Double, over denominator: Double, in span: Duration, resets: Int,
    _ limit: Extraction.Found?, _ isOpen: Bool
  ) -> Observation {
    func sample(_ number: Double) -> Sample {
      scaled(Sample(.number(number), span: span, hasReset: resets > 0))
    }
    func judgedIfFinite(_ sample: Sample) -> Observation {
      guard sample.isFinite else { return beyondNumbers }
      return guarded(sample) ?? judged(sample, limit, isOpen)
    }
    switch rule.kind {
    case .ratio:
      guard denominator > 0 else { return .unknown(.lowVolume(count: 0, sample: nil)) }
      let ratio = sample(growth / denominator)
      guard ratio.isFinite else { return beyondNumbers }
      guard denominator >= Double(rule.rule.minRequestCount) else {
        return .unknown(.lowVolume(count: denominator, sample: ratio))
      }
      return judged(ratio, limit, isOpen)
    case .ratePerMinute: return judgedIfFinite(sample(growth / span.inMinutes))
    case .increase: return judgedIfFinite(sample(growth * (rule.window / span)))
    case .changes, .value, .age, .quotient, .quantile: return judgedIfFinite(sample(growth))
    }
  }
}

extension Measuring {
  /// Evaluates counters that are combined.
  func observeGroup(_ input: Input, for alert: inout Alert) -> Observation {
    var readings: [CounterGroup.Reading] = []
    var denominators: [CounterGroup.Reading] = []
    // One denominator for all is a counter of its own.
    if let denominator = input.denominator, denominator != .array,
      let odd = take([SeriesOrigin.Member(name: "", found: denominator)], into: &denominators)
    {
      return odd
    }
    if let odd = take(input.members, into: &readings) { return odd }
    if let odd = take(input.denominators, into: &denominators) { return odd }
    let source = rule.subject.sourceHash
    if alert.group?.sourceHash != source {
      alert.group = CounterGroup(startingAt: now, sourceHash: source)
    }
    alert.group?.append(readings, over: denominators, at: now, window: rule.window)
    let growth: CounterGroup.Growth
    do throws(CounterFault) {
      let grown = try alert.group?.growth(over: rule.window, maxGap: rule.subject.maxGap)
      guard let grown else { return .unknown(.warmingUp) }
      growth = grown
    } catch {
      return .unknown(.unstableCounter(error))
    }
    if let quantile = rule.rule.measurement.quantile {
      return observe(growth, at: quantile, input.limit, alert.phase.isOpen)
    }
    let (value, divisor) = (combined(growth.members), combined(growth.denominators))
    guard (value + divisor).isFinite else { return startAgain(&alert) }
    return observe(
      value, over: divisor, in: growth.span, resets: growth.resets, input.limit, alert.phase.isOpen)
  }

  /// Reads the counters; returns the observation if one of them is not a counter.
  private func take(
    _ members: [SeriesOrigin.Member], into readings: inout [CounterGroup.Reading]
  ) -> Observation? {
    for member in members {
      if rule.kind == .changes, case .scalar(let value) = member.found {
        readings.append(.init(name: member.name, value: .mark(value.mark)))
        continue
      }
      var count = 0.0
      if let odd = take(member.found, as: &count) { return odd }
      readings.append(.init(name: member.name, value: .count(count)))
    }
    return nil
  }

  private func combined(_ growths: [String: Double]) -> Double {
    // In order, so that the sum is the same every time.
    let growths = growths.sorted { $0.key < $1.key }.map(\.value)
    return switch rule.rule.measurement.aggregate {
    case .min: growths.min() ?? 0
    case .max: growths.max() ?? 0
    case .avg: growths.reduce(0, +) / Double(max(1, growths.count))
    case .sum, .count, nil: growths.reduce(0, +)
    }
  }

  private func observe(
    _ growth: CounterGroup.Growth, at quantile: Double, _ limit: Extraction.Found?, _ isOpen: Bool
  ) -> Observation {
    var counts: [Double: Double] = [:]
    for (name, count) in growth.members.sorted(by: { $0.key < $1.key }) {
      guard let bound = Double(name.prefix { $0 != " " }) else { continue }
      counts[bound, default: 0] += count
    }
    let histogram = Histogram(counts)
    guard counts.count != 1 else { return wrongType("a histogram with a single bucket") }
    guard let observations = histogram.observations else {
      return wrongType("a histogram without the bucket +Inf")
    }
    let sample = histogram.value(at: quantile).map { number in
      scaled(Sample(.number(number), span: growth.span, hasReset: growth.resets > 0))
    }
    guard let sample, observations >= Double(rule.rule.minRequestCount) else {
      return .unknown(.lowVolume(count: observations, sample: sample))
    }
    guard !sample.isNaN else { return .unknown(.notANumber(isRoutine: true)) }
    return judged(sample, limit, isOpen)
  }
}

extension Scalar {
  /// Identifies the value among others.
  fileprivate var mark: UInt64 {
    var hash = FNV1a()
    hash.combine(field: identity)
    return hash.value
  }
}

extension Sample {
  fileprivate var isFinite: Bool {
    guard case .number(let number) = value else { return true }
    return number.isFinite
  }

  fileprivate var isNaN: Bool {
    guard case .number(let number) = value else { return false }
    return number.isNaN
  }
}
