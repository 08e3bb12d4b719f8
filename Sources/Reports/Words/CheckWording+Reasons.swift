internal import AlertEngine
package import JSON
internal import Text

extension CheckWording {
  func words(_ finding: Finding) -> String {
    switch finding {
    case .sample(let sample): value(sample)
    case .missing: "metric missing: no value at \(pathAndTrace)"
    case .wrongType(let found):
      "wrong type: \(located(found)), expected \(expectedKind)"
    case .unreachable(let cause): "no snapshot: \(printable(cause, limit: 300))"
    case .stale: "stale: the snapshot is not newer than the previous one"
    case .present: rule == nil ? "a snapshot was read" : "\(path) can be read"
    case .gone: check.instance == nil ? "there is none" : "no longer in the snapshot"
    }
  }

  /// `there is nothing at queues.0.dept (queues.0 has depth: did you mean depth?)`.
  package var absence: String { "there is nothing at \(pathAndTrace)" }

  func words(_ unknown: Unknown) -> String {
    switch unknown {
    case .unreachable: return "no evidence: no snapshot"
    case .notAttempted: return "no evidence: not attempted in this run"
    case .stale: return "no evidence: the snapshot is not newer than the previous one"
    case .missing: return "no evidence: no value at \(pathAndTrace)"
    case .wrongType(let found):
      return "no evidence: \(located(found)), expected \(expectedKind)"
    case .lowVolume(let count, let sample):
      let seen = sample.map { "\(value($0)), not evaluated: " } ?? ""
      let (few, least) = (Quantity.text(count, nil), max(1, rule?.minRequestCount ?? 0))
      guard let denominator = rule?.measurement.denominator else {
        return "\(seen)low volume (\(few) requests, fewer than \(least))"
      }
      return "\(seen)low volume (\(concrete(denominator)) grew by \(few), less than \(least))"
    case .warmingUp:
      let window = rule?.measurement.window.map { "\(Quantity.text($0)) " } ?? ""
      return "warming up: not enough history for the \(window)window yet"
    case .tooFewSamples(let count, let sample):
      let needed = rule?.badSamples?.of ?? 0
      let seen = sample.map { "\(value($0)), not evaluated yet: " } ?? ""
      return "warming up: \(seen)\(count) of the \(Quantity.count(needed, "sample")) needed"
    case .unstableCounter(let fault): return "no evidence: \(words(fault))"
    case .gone: return "no evidence: the instance is no longer in the snapshot"
    case .ambiguous: return "no evidence: several elements have this name"
    case .unnamed:
      let names = rule?.measurement.instanceBy.map(\.text).joined(separator: ", ") ?? ""
      return "no evidence: some elements have no \(printable(names))"
    case .zeroDenominator:
      let denominator = rule?.measurement.denominator.map(concrete) ?? "the denominator"
      return "no evidence: \(denominator) is not above 0"
    case .notANumber: return "no evidence: NaN at \(path)"
    case .notRecorded: return "no evidence: \(path) was not recorded"
    case .sampledTooRarely(let gap, let groups, let needed):
      let kind = check.phase.kind == .pending ? "bad" : "good"
      return "sampled too rarely: \(groups) of \(needed) \(kind) samples in a row, "
        + "\(Quantity.text(gap)) apart (max_gap_minutes allows \(Quantity.text(check.subject.maxGap)))"
    }
  }

  private func words(_ fault: CounterFault) -> String {
    switch fault {
    case .fell(let isDenominator, let from, let to):
      let path = isDenominator ? rule?.measurement.denominator : rule?.measurement.selector
      return "\(path.map(concrete) ?? "the counter") fell from \(Quantity.text(from, nil)) to "
        + "\(Quantity.text(to, nil)); the next sample shows whether it was reset"
    case .keepsFalling(let times, let resets):
      guard resets < times else {
        return "\(path) was reset \(Quantity.times(resets)) within the window "
          + "(does the service keep restarting?)"
      }
      let what = rule?.measurement.kind == .ratio ? "ratio needs counters" : "a counter only grows"
      return "\(path) fell \(Quantity.times(times)) within the window: \(what) "
        + "(do several replicas respond in turn, or is it a gauge?)"
    }
  }

  /// Where the value should be.
  private var path: String {
    guard let rule else { return "the endpoint" }
    if let lost { return concrete(.path(lost)) }
    let selectors = [rule.measurement.selector, rule.measurement.denominator]
    return selectors.compactMap(\.self).map(concrete).joined(separator: " or ")
  }

  /// That of the rule's paths which leads nowhere, if it is known.
  package var lost: MetricPath? {
    guard case .found(_, let path, _)? = check.lead else { return nil }
    return path
  }

  /// The path, and how far it leads: `queues.0.dept (queues.0 has depth: did you mean depth?)`.
  var pathAndTrace: String {
    let own: MetricPath? =
      if case .path(let path)? = rule?.measurement.selector { path } else { nil }
    if let advice = (lost ?? own)?.foreignSyntaxAdvice { return "\(path) (\(advice))" }
    guard case .found(let trace, _, let nearest)? = check.lead else { return path }
    let known = nearest.map { "did you mean \(printable($0, limit: 200))?" }
    return "\(path) (\([trace?.words, known].compactMap(\.self).joined(separator: ": ")))"
  }

  /// The path with its stars replaced by the instance's keys.
  private func concrete(_ selector: Selector) -> String {
    guard case .path(let path) = selector, rule?.measurement.instanceBy.isEmpty == true else {
      return printable(selector.text)
    }
    var keys = (check.instance ?? "").parts(at: "/")[...]
    let stars = path.segments.count { $0 == .wildcard }
    guard check.instance?.contains("\\") == false, stars == keys.count else {
      return printable(path.text)
    }
    let segments = path.segments.map { segment in
      switch segment {
      case .key(let key, _): key
      case .wildcard: String(keys.popFirst() ?? "*")
      }
    }
    return printable(segments.joined(separator: "."))
  }

  /// What was found, and where; an aggregate has named the place of what it cannot combine.
  private func located(_ found: String) -> String {
    let isPlaced = rule?.measurement.aggregate != nil && found.contains(" at ")
    return isPlaced ? found : "\(found) at \(pathAndTrace)"
  }

  private var expectedKind: String {
    guard let rule else { return "a snapshot" }
    switch rule.measurement.parse {
    case .percent: return #"a percentage such as "87 %""#
    case .bytes: return #"a size such as "1.5 GiB""#
    case .duration: return #"a duration such as "1m30s""#
    case .quantity: return #"a quantity such as "250m""#
    case .number, nil: break
    }
    switch rule.measurement.kind {
    case .age: return rule.measurement.scale < 0 ? "a time" : "a time in the past"
    case .increase, .ratePerMinute, .ratio, .quantile: return "a counter"
    case .quotient: return "a number"
    case .changes: return "a value"
    case .value: break
    }
    switch rule.condition.threshold {
    case .scalar(.string): return "a string"
    case .scalar(.bool): return "a bool"
    case .scalar(.number): return "a number"
    case .selector(let selector):
      let isOrdering = rule.condition.comparison.isOrdering
      return isOrdering ? "a number" : "the kind of value at \(printable(selector.text))"
    case .list(let list):
      return list.allSatisfy(\.isString) ? "a string" : "a value of a kind in its list"
    }
  }
}

extension Scalar {
  fileprivate var isString: Bool {
    if case .string = self { true } else { false }
  }
}
