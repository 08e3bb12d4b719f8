package import Text

extension AlertTally {
  /// Steps longer than the rule's `max_gap`, during which nothing was observed.
  package struct Gaps: Hashable, Sendable {
    package var count = 0
    package var total = Duration.zero
    package var longest = Duration.zero
    /// The beginning of the longest one.
    package var longestAt: Instant?

    init() {}
  }

  package struct Firings: Hashable, Sendable {
    package var count = 0
    /// The total time for which it fired, up to the end of the replay.
    package var total = Duration.zero
    package var longest = Duration.zero
    /// The sum of the times from the first bad sample to firing, for alerts that began to fire in
    /// the replay.
    var detection = Duration.zero
    package var longestDetection = Duration.zero
    /// How many of them began to fire in the replay; one more may have fired before.
    package var detected = 0
    /// How many of them nobody would have been notified of: they ended in maintenance.
    package var untold = 0
    /// When it began to fire, if it fires at the end of the replay.
    package var since: Instant?

    init() {}

    /// The average time from the first bad sample to firing.
    package var meanDetection: Duration? { detected > 0 ? detection / detected : nil }
  }

  /// Bad samples that did not make the alert fire.
  package struct NearMiss: Hashable, Sendable {
    package var first: Instant
    package var last: Instant
    package var count: Int
    /// The worst number of these samples.
    package var peak: Peak?

    package var span: Duration { last - first }
  }

  /// One alert, from firing to its end.
  package struct FiredEpisode: Hashable, Sendable {
    /// The first bad sample.
    package var activeAt: Instant
    package var firedAt: Instant
    /// `nil` if it fires at the end of the replay.
    package var resolvedAt: Instant?
    package var peak: Peak?
    /// Why it ended, if not by a good sample.
    package var cause: Transition.Cause?
    /// The maintenance window that was open when it fired.
    package var maintenance: String?
    /// When somebody would have been notified; `nil` if it ended in maintenance.
    package var notifiedAt: Instant?
    /// As they were when it fired.
    var severity: Severity
    var labels: [String: String]
  }
}
