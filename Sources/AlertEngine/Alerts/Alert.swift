package import JSON
package import Text

/// The series that an alert is about, within its target.
package struct AlertKey: Hashable, Comparable, Sendable {
  package var rule: String
  /// The matched keys of a path with `*`; `nil` for the rule itself.
  package var instance: String?

  package init(rule: String, instance: String? = nil) {
    self.rule = rule
    self.instance = instance
  }

  /// The rule and its instance, if it has one: `source_age[SCC_DECISIONS]`; safe to show.
  package var text: String { text(limit: 80) }

  /// The same with at most `limit` Unicode scalars of the instance.
  package func text(limit: Int) -> String {
    let rule = printable(rule, limit: 80)
    return instance.map { "\(rule)[\(printable($0, limit: limit))]" } ?? rule
  }

  /// By rule, with the rule itself before its instances, which are in the order of their bytes.
  package static func < (one: AlertKey, other: AlertKey) -> Bool {
    guard one.rule == other.rule else {
      return one.rule.utf8.lexicographicallyPrecedes(other.rule.utf8)
    }
    switch (one.instance, other.instance) {
    case (nil, nil), (_?, nil): return false
    case (nil, _?): return true
    case (let one?, let other?): return one.utf8.lexicographicallyPrecedes(other.utf8)
    }
  }
}

/// The state of one target, rule and instance.
package struct Alert: Hashable, Sendable {
  package var phase: Phase
  /// The hash of the condition behind the evidence; a different condition resets it.
  package var conditionHash: UInt64
  /// The kind of the last observation; `nil` if there was none, or if an older version saved it.
  package var seen: Seen?
  /// How long the instance has been absent from readable snapshots, if it is.
  package var absence: Absence?
  package var recent: RecentValues
  /// The last samples that were bad or good, oldest first, of a rule that counts them.
  package var verdicts: [Verdict]
  /// The last string or bool that was compared, shortened; `nil` if it was a number.
  package var text: String?
  /// The counter history of a windowed measure.
  package var series: CounterSeries?
  /// The histories of counters that are combined.
  package var group: CounterGroup?
  /// The labels and the text that its series had when it was last seen.
  package var details: SeriesDetails?
  /// Identifies how its series got its name; see `Subject.namingHash`.
  package var namingHash: UInt64

  package init(
    phase: Phase = .inactive, conditionHash: UInt64, seen: Seen? = nil, absence: Absence? = nil,
    recent: RecentValues = RecentValues(), verdicts: [Verdict] = [], text: String? = nil,
    series: CounterSeries? = nil,
    group: CounterGroup? = nil, details: SeriesDetails? = nil, namingHash: UInt64 = 0
  ) {
    self.phase = phase
    self.conditionHash = conditionHash
    self.seen = seen
    self.absence = absence
    self.recent = recent
    self.verdicts = verdicts
    self.text = text
    self.series = series
    self.group = group
    self.details = details
    self.namingHash = namingHash
  }

  /// Resets evidence from an older condition or a wrong clock; a firing alert stays firing.
  ///
  /// - Parameter keepingPeak: whether the peak is still valid.
  mutating func discardEvidence(keepingPeak: Bool) {
    verdicts = []
    switch phase {
    case .inactive, .firing: break
    case .pending: phase = .inactive
    case .recovering(let episode, _): phase = .firing(episode)
    }
    if !keepingPeak, case .firing(var episode) = phase {
      episode.breach.peak = nil
      phase = .firing(episode)
    }
  }
}

/// Whether one sample was bad, whatever the samples before it were.
package struct Verdict: Hashable, Sendable {
  package var at: Instant
  package var isBad: Bool

  package init(at: Instant, isBad: Bool) {
    self.at = at
    self.isBad = isBad
  }
}

/// An observation without its details.
package enum Seen: Hashable, Sendable {
  case bad, good
  case unknown(Unknown.Reason)

  package init(_ observation: Observation) {
    switch observation {
    case .bad: self = .bad
    case .good: self = .good
    case .unknown(let unknown): self = .unknown(unknown.reason)
    }
  }
}

/// How long an instance has been absent from readable snapshots.
package struct Absence: Hashable, Sendable {
  package var first: Instant
  /// How many readable snapshots did not have it, at least 1.
  package var count: Int

  package init(first: Instant, count: Int) {
    self.first = first
    self.count = count
  }
}

/// The last few numbers of an alert, oldest first, for its sparkline.
package struct RecentValues: Hashable, Sendable {
  static let limit = 24

  package struct Entry: Hashable, Sendable {
    package var at: Instant
    /// `nil` where the observation had no number.
    package var value: Double?
    /// Whether the observation was bad or good, rather than unknown.
    package var isEvidence: Bool

    package init(at: Instant, value: Double?, isEvidence: Bool) {
      self.at = at
      self.value = value
      self.isEvidence = isEvidence
    }
  }

  /// A ring buffer: once it is full, the oldest entry is overwritten.
  private var ring: [Entry] = []
  /// The index of the oldest entry.
  private var oldest = 0

  package init(_ entries: [Entry] = []) {
    ring = Array(entries.suffix(Self.limit))
  }

  package var isEmpty: Bool { ring.isEmpty }

  /// Oldest first.
  package var entries: [Entry] {
    oldest == 0 ? ring : Array(ring[oldest...] + ring[..<oldest])
  }

  mutating func append(_ value: Double?, at instant: Instant, isEvidence: Bool) {
    let entry = Entry(at: instant, value: value, isEvidence: isEvidence)
    guard ring.count == Self.limit else { return ring.append(entry) }
    ring[oldest] = entry
    oldest = oldest + 1 == Self.limit ? 0 : oldest + 1
  }

  mutating func drop(after instant: Instant) {
    self = RecentValues(entries.filter { $0.at <= instant })
  }

  package static func == (one: RecentValues, other: RecentValues) -> Bool {
    one.entries == other.entries
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(entries) }
}
