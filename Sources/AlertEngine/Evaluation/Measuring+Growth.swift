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
        alert.series?.append(reading, at: now, window: window, shortWindow: rule.shortWindow)
      } else {
        alert.series = CounterSeries(startingAt: now, with: reading, sourceHash: source)
      }
    }
    guard let series = alert.series, series.isFinite else {
      alert.series = nil
      return beyondNumbers
    }
    let isOpen = alert.phase.isOpen
    let long = observe(series, over: window, input.limit, isOpen)
    guard let shortWindow = rule.shortWindow else { return long }
    return both(long, observe(series, over: shortWindow, input.limit, isOpen))
  }

  private func observe(
    _ series: CounterSeries, over window: Duration, _ limit: Extraction.Found?, _ isOpen: Bool
  ) -> Observation {
    guard let growth = series.growth(over: window, maxGap: rule.subject.maxGap) else {
      return .unknown(.warmingUp)
    }
    if let fault = series.fault(in: growth) { return .unknown(.unstableCounter(fault)) }
    return observe(
      growth.counter, over: growth.denominator, in: growth.span, resets: growth.resets, limit,
      isOpen)
  }

  /// What two windows show together: bad if both are, good if either is.
  private func both(_ long: Observation, _ short: Observation) -> Observation {
    guard var sample = long.sample, long.isEvidence else {
      return short.isGood ? short : long
    }
    sample.short = short.shortWindow
    if long.isGood || short.isGood { return .good(.sample(sample)) }
    return short.isEvidence ? .bad(.sample(sample)) : short
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
    alert.group?.append(
      readings, over: denominators, at: now, window: rule.window, shortWindow: rule.shortWindow)
    let isOpen = alert.phase.isOpen
    guard let shortWindow = rule.shortWindow else {
      return observe(&alert.group, over: rule.window, input.limit, isOpen)
    }
    // A copy, which forgets what has ended before the short window.
    var group = alert.group
    let short = observe(&group, over: shortWindow, input.limit, isOpen)
    return both(observe(&alert.group, over: rule.window, input.limit, isOpen), short)
  }

  private func observe(
    _ group: inout CounterGroup?, over window: Duration, _ limit: Extraction.Found?, _ isOpen: Bool
  ) -> Observation {
    let growth: CounterGroup.Growth
    do throws(CounterFault) {
      let grown = try group?.growth(over: window, maxGap: rule.subject.maxGap)
      guard let grown else { return .unknown(.warmingUp) }
      growth = grown
    } catch {
      return .unknown(.unstableCounter(error))
    }
    if let quantile = rule.rule.measurement.quantile {
      return observe(growth, at: quantile, limit, isOpen)
    }
    let (value, divisor) = (combined(growth.members), combined(growth.denominators))
    guard (value + divisor).isFinite else {
      group = nil
      return beyondNumbers
    }
    return observe(
      value, over: divisor, in: growth.span, resets: growth.resets, limit, isOpen)
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

extension Observation {
  fileprivate var isGood: Bool { if case .good = self { true } else { false } }

  fileprivate var isEvidence: Bool { if case .unknown = self { false } else { true } }

  /// Its value as that of the short window.
  fileprivate var shortWindow: Sample.ShortWindow? {
    guard let number, let span = sample?.span else { return nil }
    return .measured(value: number, span: span)
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
