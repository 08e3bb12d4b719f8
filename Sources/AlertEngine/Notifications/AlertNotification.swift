package import Text

/// One event of an alert that receivers are notified of, with the facts at the time.
///
/// The state keeps it until it is delivered, so that its content does not depend on when that is.
package struct AlertNotification: Hashable, Sendable {
  package enum Event: String, CaseIterable, Sendable {
    case firing, resolved
    /// The alert keeps firing.
    case reminder
    /// The alert fired and resolved before anything could be sent.
    case firedAndResolved = "fired_and_resolved"
    /// Somebody has acknowledged the alert.
    case acknowledged
  }

  package var event: Event
  package var target: String
  package var key: AlertKey
  /// The key by which receivers know the alert, if its series had another name when it fired.
  package var formerKey: AlertKey?
  /// As they were when the alert fired.
  package var severity: Severity
  package var labels: [String: String]
  /// When it happened: the time of the sample, or when the reminder was due.
  package var at: Instant
  /// The first bad sample, which distinguishes the episodes of an alert.
  package var activeAt: Instant
  package var firedAt: Instant
  /// The last save before the episode, for an episode that began with the run that found it.
  ///
  /// It identifies the firing even if that run cannot save and the next one sees another first bad
  /// sample.
  package var savedBefore: Instant?
  /// Counts the reminders of an episode from 1; 0 for everything else.
  package var sequence: Int
  package var facts: AlertFacts
  /// Whether it notifies a new receiver of an alert that was already firing.
  package var isOngoing: Bool
  /// Whether it is a test notification.
  package var isTest: Bool

  package init(
    _ event: Event, target: String, key: AlertKey, formerKey: AlertKey? = nil, severity: Severity,
    labels: [String: String],
    at: Instant, activeAt: Instant, firedAt: Instant, savedBefore: Instant? = nil,
    sequence: Int = 0, facts: AlertFacts, isOngoing: Bool = false, isTest: Bool = false
  ) {
    self.event = event
    self.target = target
    self.key = key
    self.formerKey = formerKey
    self.severity = severity
    self.labels = labels
    self.at = at
    self.activeAt = activeAt
    self.firedAt = firedAt
    self.savedBefore = savedBefore
    self.sequence = sequence
    self.facts = facts
    self.isOngoing = isOngoing
    self.isTest = isTest
  }

  /// The identifier of an alert whose names are shown in another form.
  private var original: Fingerprint?

  /// The permanent identifier of the alert, by which incident systems know it.
  package var fingerprint: Fingerprint {
    original ?? Fingerprint(target: target, key: formerKey ?? key)
  }

  /// The same event of the same alert, with its texts changed.
  package func showing(_ change: (String) -> String) -> AlertNotification {
    var shown = self
    shown.original = fingerprint
    shown.target = change(target)
    shown.key.instance = key.instance.map(change)
    shown.labels = labels.mapValues(change)
    shown.facts.value = change(facts.value)
    shown.facts.limit = change(facts.limit)
    shown.facts.evidence = change(facts.evidence)
    for text in [
      \AlertFacts.peak, \.doubt, \.recovery, \.ending, \.held, \.detail, \.summary, \.description,
      \.owner,
      \.runbook, \.dashboard, \.run,
    ] { shown.facts[keyPath: text] = facts[keyPath: text].map(change) }
    shown.facts.acknowledgement?.author = change(facts.acknowledgement?.author ?? "")
    shown.facts.acknowledgement?.note = facts.acknowledgement?.note.map(change)
    return shown
  }

  /// Sixteen hexadecimal digits, the same for every attempt to deliver the event, even after a crash.
  package var id: String {
    var hash = FNV1a()
    hash.combine(field: fingerprint.text)
    if event == .firing, let savedBefore {
      hash.combine(field: "after \(savedBefore.milliseconds)")
    } else {
      hash.combine(field: "\(activeAt.milliseconds)")
    }
    hash.combine(field: event.rawValue)
    hash.combine(field: "\(sequence)")
    return hash.hex
  }

  /// The identifier of a message with several events.
  package static func digestID(of ids: [String]) -> String {
    var hash = FNV1a()
    for id in ids { hash.combine(field: id) }
    return hash.hex
  }

  /// Whether this event ends the alert.
  package var isResolved: Bool {
    switch event {
    case .resolved, .firedAndResolved: true
    case .firing, .reminder, .acknowledged: false
    }
  }
}

/// The content of a message besides names and times.
///
/// Short texts of one line, safe for a terminal; each receiver escapes them for its service.
package struct AlertFacts: Hashable, Sendable {
  /// `7.12 %`, or `metric missing: no value at a.b`.
  package var value: String
  /// `> 5 %`, the condition that the value meets; empty if there is no value.
  package var limit: String
  /// The value as a number in the rule's own unit: 0.0712 for `7.12 %`.
  package var number: Double?
  /// The rule's threshold, if it is a number.
  package var threshold: Double?
  /// `12 m, 3 samples`.
  package var evidence: String
  /// `▁▂▅▇█`; empty for fewer than two numbers.
  package var sparkline: String
  /// `9.1 %`, the worst number of the episode.
  package var peak: String?
  package var peakAt: Instant?
  /// Why there is no value now: `no evidence since 10:20 UTC: no snapshot`.
  package var doubt: String?
  /// When a firing alert that is good now will resolve: `good since 10:30 UTC, resolves at 10:40
  /// UTC`.
  package var recovery: String?
  /// Why it ended without a good sample: `the rule was removed from the configuration`.
  package var ending: String?
  /// Why it was not sent before: `silenced until 14:00 UTC (deploy 4711, by kim)`.
  package var held: String?
  /// Who has acknowledged it.
  package var acknowledgement: Acknowledgement?
  /// A text from the snapshot.
  package var detail: String?
  package var summary: String?
  package var description: String?
  package var owner: String?
  /// An https link, or a file of the repository.
  package var runbook: String?
  package var dashboard: String?
  /// The page of the CI run that found it.
  package var run: String?

  package init(
    value: String, limit: String = "", number: Double? = nil, threshold: Double? = nil,
    evidence: String = "", sparkline: String = "",
    peak: String? = nil, peakAt: Instant? = nil, doubt: String? = nil, recovery: String? = nil,
    ending: String? = nil, held: String? = nil,
    acknowledgement: Acknowledgement? = nil,
    detail: String? = nil,
    summary: String? = nil, description: String? = nil, owner: String? = nil,
    runbook: String? = nil, dashboard: String? = nil, run: String? = nil
  ) {
    self.value = value
    self.limit = limit
    self.number = number
    self.threshold = threshold
    self.evidence = evidence
    self.sparkline = sparkline
    self.peak = peak
    self.peakAt = peakAt
    self.doubt = doubt
    self.recovery = recovery
    self.ending = ending
    self.held = held
    self.acknowledgement = acknowledgement
    self.detail = detail
    self.summary = summary
    self.description = description
    self.owner = owner
    self.runbook = runbook
    self.dashboard = dashboard
    self.run = run
  }
}
