internal import AlertEngine
internal import JSON
internal import Text

/// One transition of a replay in a line: `2026-09-01 09:45  FIRING  error_rate  12.3 %, bad for 10
/// m`.
struct ReplayTransitionLine {
  let transition: ReplayTransition

  init(_ transition: ReplayTransition) {
    self.transition = transition
  }

  private var change: Transition { transition.transition }
  private var unit: MetricUnit? { transition.subject?.rule?.unit }

  var time: String { change.at.dayAndTime }

  var word: String { change.event.rawValue.uppercased() }

  var color: TerminalStyle.Color {
    switch change.event {
    case .pending: .yellow
    case .firing: .red
    case .resolved: .green
    case .cancelled: .plain
    }
  }

  var name: String { change.key.text }

  /// The value, how long the breach or the alert lasted, and why it ended.
  var story: String {
    let words = [value, extent, peak, maintenance].compactMap(\.self).joined(separator: ", ")
    guard let cause = change.cause else { return words }
    return words.isEmpty ? cause.words : "\(words) (\(cause.words))"
  }

  private var value: String? {
    // A good value is not worth a line.
    guard change.event == .pending || change.event == .firing else { return nil }
    guard let value = transition.value else {
      guard change.event == .pending else { return nil }
      return lack
    }
    let condition = transition.subject?.rule?.condition
    let text = Quantity.text(value, unit, apartFrom: condition?.threshold.scalar)
    guard change.event == .pending, let condition else { return text }
    let limit = Quantity.text(condition.threshold, unit, apartFrom: value)
    return "\(text), limit \(condition.comparison.sign) \(limit)"
  }

  /// Why a bad sample has no value.
  private var lack: String {
    switch transition.reason {
    case .missing: "metric missing"
    case .wrongType(let found): "wrong type: \(found)"
    case .unreachable: "no snapshot"
    case .stale: "stale snapshot"
    case nil, .notAttempted, .lowVolume, .warmingUp, .tooFewSamples, .unstableCounter, .gone,
      .ambiguous,
      .unnamed, .zeroDenominator, .notANumber, .notRecorded, .sampledTooRarely:
      change.key.rule == EndpointSettings.ruleName ? "no snapshot" : "no value"
    }
  }

  private var extent: String? {
    switch change.event {
    case .pending: return nil
    case .firing:
      guard let evidence = transition.breach?.evidence else { return nil }
      return evidence.span > .zero ? "bad for \(Quantity.text(evidence.span))" : "immediately"
    case .resolved:
      return change.episode.map { "fired for \(Quantity.text(change.at - $0.firedAt))" }
    case .cancelled:
      guard let evidence = transition.breach?.evidence else { return "did not fire" }
      return ReplayWording.nearMiss(
        span: evidence.span, count: evidence.count, of: transition.subject?.duration)
    }
  }

  /// Whether maintenance kept it from being sent: `in maintenance "nightly import"`.
  var maintenance: String? {
    transition.maintenance.map { maintenance in
      let window = maintenance.window.quoted
      return maintenance.notifiedAt.map { "sent \($0.dayAndTime) after maintenance \(window)" }
        ?? "in maintenance \(window)"
    }
  }

  /// The worst number, unless it is the value already shown.
  private var peak: String? {
    guard let peak = transition.breach?.peak, change.event != .pending,
      value == nil || transition.value != .number(peak.value)
    else { return nil }
    return "peak \(Quantity.text(peak.value, unit))"
  }
}
