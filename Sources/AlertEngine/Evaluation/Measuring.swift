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

  /// What was found for one series.
  struct Input {
    /// The value at the rule's own selector.
    var found: Extraction.Found
    /// That of the denominator, of a measure that has one.
    var denominator: Extraction.Found?
    /// What was found at the path of the threshold, of a rule that has one.
    var limit: Extraction.Found?
    /// The series that are combined by their growth, if they are.
    var members: [SeriesOrigin.Member] = []
    var denominators: [SeriesOrigin.Member] = []
  }

  /// Evaluates one series.
  ///
  /// - Parameters:
  ///   - input: what was found.
  ///   - alert: its phase decides between the threshold and the recovery threshold; it keeps the
  ///     history of a windowed measure.
  /// - Returns: the observation. The volume guard is checked first, since a service without traffic
  ///   may well publish no latency.
  func observe(_ input: Input, for alert: inout Alert) -> Observation {
    switch rule.rule.measurement.measure {
    case .value:
      switch input.found {
      case .absent, .null: return missing
      case .array, .object, .odd: return unusable(input.found)
      case .scalar(let value): return guardedAndJudged(Sample(value), input.limit, alert.phase)
      }
    case .age:
      switch input.found {
      case .absent, .null: return missing
      case .array, .object, .odd: return unusable(input.found)
      case .scalar(let value):
        switch age(of: value) {
        case .failure(let fault): return wrongType(fault.words)
        case .success(let age):
          return guardedAndJudged(Sample(.number(age)), input.limit, alert.phase)
        }
      }
    case .quotient:
      var (value, divisor) = (0.0, 0.0)
      if let odd = take(input.found, as: &value, where: { _ in true }) { return odd }
      if let odd = take(input.denominator ?? .absent, as: &divisor, where: { _ in true }) {
        return odd
      }
      guard divisor != 0 else { return .unknown(.zeroDenominator) }
      guard !(value / divisor).isNaN else { return .unknown(.notANumber(isRoutine: false)) }
      return guardedAndJudged(Sample(.number(value / divisor)), input.limit, alert.phase)
    case .increase, .ratePerMinute, .ratio, .changes, .quantile:
      return hasMembers(input)
        ? observeGroup(input, for: &alert) : observeCounter(input, for: &alert)
    }
  }

  private func hasMembers(_ input: Input) -> Bool {
    input.found == .array && rule.keepsMembers
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

  /// The observation for something that is not a value.
  func unusable(_ found: Extraction.Found) -> Observation {
    guard case .odd(let oddity) = found else { return wrongType(found.kindForPeople) }
    switch oddity {
    case .ambiguousName: return .unknown(.ambiguous)
    case .unnamed: return .unknown(.unnamed)
    case .notANumber(let isRoutine): return .unknown(.notANumber(isRoutine: isRoutine))
    case .notRecorded: return .unknown(.notRecorded)
    case .tooLarge, .loneSurrogate, .duplicateKey, .unusable:
      return wrongType(found.kindForPeople)
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

  private func guardedAndJudged(
    _ sample: Sample, _ limit: Extraction.Found?, _ phase: Phase
  ) -> Observation {
    guarded(scaled(sample)) ?? judged(scaled(sample), limit, phase)
  }

  private func scaled(_ sample: Sample) -> Sample {
    let scale = rule.rule.measurement.scale
    guard scale != 1, case .number(let number) = sample.value else { return sample }
    var scaled = sample
    scaled.value = .number(number * scale)
    return scaled
  }

  private func judged(
    _ sample: Sample, _ limit: Extraction.Found?, _ phase: Phase
  ) -> Observation {
    let condition = rule.rule.condition
    var sample = sample
    if let limit {
      switch limit {
      case .absent, .null: return missing
      case .scalar(.number(let number)): sample.limit = number
      case .array, .object, .odd, .scalar: return unusable(limit)
      }
    }
    guard
      let isBad = condition.isBad(
        sample.value, limit: sample.limit, whileOpen: phase.episode != nil)
    else { return wrongType(sample.value.kindForPeople) }
    guard condition.canCompare(sample.value) else {
      return wrongType("a number too large to be exact")
    }
    return isBad ? .bad(.sample(sample)) : .good(.sample(sample))
  }

  private struct NoAge: Error {
    var words: String
  }

  /// Seconds since the timestamp; there is none if it is more than 60 s in the future.
  private func age(of value: Scalar) -> Result<Double, NoAge> {
    switch value.time(in: rule.rule.measurement.timeZone) {
    case .time(let instant):
      let milliseconds = (now - instant).wholeMilliseconds
      guard milliseconds >= -60_000 else { break }
      return .success(Double(max(0, milliseconds)) / 1_000)
    case .withoutZone:
      return .failure(NoAge(words: "a time without a zone, which time_zone can give it"))
    case .notATime: break
    }
    return .failure(NoAge(words: "\(value.kindForPeople), not a time in the past"))
  }
}

extension Measuring {
  /// Evaluates a single counter, or a pair of them.
  private func observeCounter(_ input: Input, for alert: inout Alert) -> Observation {
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
      alert.phase)
  }

  /// Reads a number; returns the observation if it is not one, or not a count.
  private func take(
    _ found: Extraction.Found, as count: inout Double, where isValid: (Double) -> Bool = { $0 >= 0 }
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
    _ limit: Extraction.Found?, _ phase: Phase
  ) -> Observation {
    func sample(_ number: Double) -> Sample {
      scaled(Sample(.number(number), span: span, hasReset: resets > 0))
    }
    func judgedIfFinite(_ sample: Sample) -> Observation {
      guard sample.isFinite else { return beyondNumbers }
      return guarded(sample) ?? judged(sample, limit, phase)
    }
    switch rule.kind {
    case .ratio:
      guard denominator > 0 else { return .unknown(.lowVolume(count: 0, sample: nil)) }
      let ratio = sample(growth / denominator)
      guard ratio.isFinite else { return beyondNumbers }
      guard denominator >= Double(rule.rule.minRequestCount) else {
        return .unknown(.lowVolume(count: denominator, sample: ratio))
      }
      return judged(ratio, limit, phase)
    case .ratePerMinute: return judgedIfFinite(sample(growth / span.inMinutes))
    case .increase: return judgedIfFinite(sample(growth * (rule.window / span)))
    case .changes, .value, .age, .quotient, .quantile: return judgedIfFinite(sample(growth))
    }
  }
}

extension Measuring {
  /// Evaluates counters that are combined.
  private func observeGroup(_ input: Input, for alert: inout Alert) -> Observation {
    var readings: [CounterGroup.Reading] = []
    var denominators: [CounterGroup.Reading] = []
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
      return observe(growth, at: quantile, input.limit, alert.phase)
    }
    let (value, divisor) = (combined(growth.members), combined(growth.denominators))
    guard (value + divisor).isFinite else { return startAgain(&alert) }
    return observe(
      value, over: divisor, in: growth.span, resets: growth.resets, input.limit, alert.phase)
  }

  /// Reads the counters; returns the observation if one of them is none.
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
    _ growth: CounterGroup.Growth, at quantile: Double, _ limit: Extraction.Found?, _ phase: Phase
  ) -> Observation {
    var counts: [Double: Double] = [:]
    for (name, count) in growth.members.sorted(by: { $0.key < $1.key }) {
      guard let bound = Double(name.prefix { $0 != " " }) else { continue }
      counts[bound, default: 0] += count
    }
    let histogram = Histogram(counts)
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
    return judged(sample, limit, phase)
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

extension Extraction.Found {
  fileprivate var isMissing: Bool { self == .absent || self == .null }

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
    case .odd(.ambiguousName): "an ambiguous name"
    case .odd(.unnamed): "an element without a name"
    case .odd(.notANumber): "NaN"
    case .odd(.notRecorded): "nothing recorded"
    case .odd(.unusable(let words)): words
    case .scalar(.number(let number)) where number < 0: "a negative number"
    case .scalar(let scalar): scalar.kindForPeople
    }
  }
}

extension Scalar {
  /// The kind of value in a sentence: `a string`.
  var kindForPeople: String {
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

  fileprivate var isNaN: Bool {
    guard case .number(let number) = value else { return false }
    return number.isNaN
  }
}
