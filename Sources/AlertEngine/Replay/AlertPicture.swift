internal import Text

/// One alert over time, for charts: bounded, however long the recording is.
package struct AlertPicture: Sendable {
  /// The numbers, whether or not they are evidence.
  package private(set) var values = SeriesSketch()
  package private(set) var phases = BandSketch<PhaseBand>()
  package private(set) var sight = BandSketch<Sight>()

  /// The phase of the alert, best first.
  package enum PhaseBand: Int, Comparable, Hashable, Sendable, CaseIterable {
    case inactive, recovering, pending, firing

    init(_ kind: Phase.Kind) {
      switch kind {
      case .inactive: self = .inactive
      case .recovering: self = .recovering
      case .pending: self = .pending
      case .firing: self = .firing
      }
    }

    package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
  }

  /// What could be observed, best first.
  package enum Sight: Int, Comparable, Hashable, Sendable, CaseIterable {
    case seen
    /// Observed, but nothing could be compared; `on_missing` decided.
    case missing
    /// Observed, but unknown.
    case unknown
    /// Not observed for longer than `max_gap`.
    case gap

    package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
  }

  init() {}

  /// Draws one check, later than the previous one.
  mutating func draw(_ check: Check, at instant: Instant) {
    draw(check.observation, check.phase.kind, at: instant)
  }

  /// Draws one observation and the phase after it.
  mutating func draw(
    _ observation: Observation, _ phase: Phase.Kind, at instant: Instant
  ) {
    if let number = observation.number { values.append(number, at: instant) }
    switch observation {
    case .unknown: sight.append(.unknown, from: instant)
    case .bad(.missing), .bad(.wrongType), .good(.missing), .good(.wrongType):
      sight.append(.missing, from: instant)
    case .bad(.sample), .bad(.unreachable), .bad(.stale), .bad(.present), .good(.sample),
      .good(.unreachable), .good(.stale), .good(.present), .bad(.gone), .good(.gone):
      sight.append(.seen, from: instant)
    }
    phases.append(PhaseBand(phase), from: instant)
  }

  /// Records that there were no samples since an instant, before the next check is drawn.
  mutating func noteGap(from instant: Instant) {
    sight.append(.gap, from: instant)
  }

  /// Records the end of an alert whose rule or instance is gone.
  mutating func end(at instant: Instant) {
    phases.append(.inactive, from: instant)
  }

  /// Extends what was drawn last up to the end.
  mutating func finish(at end: Instant) {
    sight.extend(to: end)
    phases.extend(to: end)
  }
}
