internal import Text

/// One alert over time, as a page draws it: bounded, however long the recording is.
package struct AlertPicture: Sendable {
  /// The numbers, whatever they proved.
  package private(set) var values = SeriesSketch()
  package private(set) var phases = BandSketch<PhaseBand>()
  package private(set) var sight = BandSketch<Sight>()

  /// The phase of the alert, from the mildest to the worst.
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

  /// What could be seen, from the best to the worst.
  package enum Sight: Int, Comparable, Hashable, Sendable, CaseIterable {
    case seen
    /// Looked at, and judged by `on_missing`: there was nothing to compare.
    case missing
    /// Looked at, and without evidence.
    case unknown
    /// Not looked at for longer than `max_gap`.
    case gap

    package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
  }

  init() {}

  /// Draws one check, later than the one before.
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
      .good(.unreachable), .good(.stale), .good(.present):
      sight.append(.seen, from: instant)
    }
    phases.append(PhaseBand(phase), from: instant)
  }

  /// Notes that there were no samples since an instant, before the next check is drawn.
  mutating func noteGap(from instant: Instant) {
    sight.append(.gap, from: instant)
  }

  /// Notes the end of an alert whose rule or instance is gone.
  mutating func end(at instant: Instant) {
    phases.append(.inactive, from: instant)
  }

  /// Lets what holds last hold up to the end.
  mutating func finish(at end: Instant) {
    sight.extend(to: end)
    phases.extend(to: end)
  }
}
