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
    switch rule.kind {
    case .value:
      switch input.found {
      case .absent, .null: return missing
      case .array, .object, .odd: return unusable(input.found)
      case .scalar(let value):
        return guardedAndJudged(Sample(value), input.limit, alert.phase.isOpen)
      }
    case .age:
      switch input.found {
      case .absent, .null: return missing
      case .array, .object, .odd: return unusable(input.found)
      case .scalar(let value):
        switch age(of: value) {
        case .failure(let fault): return wrongType(fault.words)
        case .success(let age):
          return guardedAndJudged(Sample(.number(age)), input.limit, alert.phase.isOpen)
        }
      }
    case .quotient:
      var (value, divisor) = (0.0, 0.0)
      if let odd = take(input.found, as: &value, where: { _ in true }) { return odd }
      if let odd = take(input.denominator ?? .absent, as: &divisor, where: { _ in true }) {
        return odd
      }
      // A negative limit means the same as 0: there is none.
      guard divisor > 0 else { return .unknown(.zeroDenominator) }
      guard !(value / divisor).isNaN else { return .unknown(.notANumber(isRoutine: false)) }
      return guardedAndJudged(Sample(.number(value / divisor)), input.limit, alert.phase.isOpen)
    case .increase, .ratePerMinute, .ratio, .changes, .quantile:
      return hasMembers(input)
        ? observeGroup(input, for: &alert) : observeCounter(input, for: &alert)
    }
  }

  func hasMembers(_ input: Input) -> Bool {
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

  /// Unknown if the snapshot has fewer requests than the rule requires; `ratio` and `quantile`
  /// require growth instead.
  func guarded(_ sample: Sample?) -> Observation? {
    guard let requestCount, requestCount < rule.minRequestCount else { return nil }
    return .unknown(.lowVolume(count: requestCount, sample: sample))
  }

  func guardedAndJudged(
    _ sample: Sample, _ limit: Extraction.Found?, _ isOpen: Bool
  ) -> Observation {
    let sample = scaled(sample)
    if let requestCount, requestCount < rule.minRequestCount {
      return .unknown(.lowVolume(count: requestCount, sample: sample))
    }
    return judged(sample, limit, isOpen)
  }

  func scaled(_ sample: consuming Sample) -> Sample {
    guard rule.scale != 1, case .number(let number) = sample.value else { return sample }
    sample.value = .number(number * rule.scale)
    return sample
  }

  func judged(
    _ sample: consuming Sample, _ limit: Extraction.Found?, _ isOpen: Bool
  ) -> Observation {
    var isBad: Bool?
    if let limit {
      guard case .scalar(let scalar) = limit else {
        return limit.isMissing ? missing : unusable(limit)
      }
      if rule.condition.comparison.isOrdering, !scalar.isNumber { return unusable(limit) }
      if case .number(let number) = scalar { sample.limit = number }
      isBad = rule.condition.isBad(sample.value, limit: scalar, whileOpen: isOpen)
    } else {
      isBad = rule.condition.isBad(sample.value, whileOpen: isOpen)
    }
    guard let isBad else { return wrongType(sample.value.kindForPeople) }
    guard rule.condition.canCompare(sample.value) else {
      return wrongType("a number too large to be exact")
    }
    return isBad ? .bad(.sample(sample)) : .good(.sample(sample))
  }

  private struct NoAge: Error {
    var words: String
  }

  /// Seconds since the timestamp.
  ///
  /// More than 60 s in the future, it has an age, a negative one, only if a negative `scale` makes it
  /// the time until then.
  private func age(of value: Scalar) -> Result<Double, NoAge> {
    switch value.time(in: rule.rule.measurement.timeZone) {
    case .time(let instant):
      let milliseconds = (now - instant).wholeMilliseconds
      if rule.rule.measurement.scale < 0 { return .success(Double(milliseconds) / 1_000) }
      guard milliseconds >= -60_000 else { return .failure(NoAge(words: "a time in the future")) }
      return .success(Double(max(0, milliseconds)) / 1_000)
    case .withoutZone:
      return .failure(NoAge(words: "a time without a zone (set time_zone)"))
    case .notATime: return .failure(NoAge(words: value.kindForPeople))
    }
  }
}

extension Extraction.Found {
  var isMissing: Bool { self == .absent || self == .null }

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
    case .scalar(.number(let number)) where number.isInfinite: "an infinite number"
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
