@testable import AlertEngine
@testable import Text

/// The expected tally, computed from all observations of an alert.
struct TallyReference {
  struct Seen {
    var at: Instant
    var observation: Observation
    var phase: Phase
  }

  let subject: Subject
  /// Each sample that counts, in the order in which they came.
  private(set) var seen: [Seen] = []
  private(set) var transitions: [Transition] = []
  /// What a picture shows from when on: no time is shown twice.
  private var marks: [(at: Instant, kind: Phase.Kind)] = []
  /// The target's last sample.
  var end: Instant
  /// How many samples there were before each transition.
  private var seenBefore: [Int] = []

  init(subject: Subject, end: Instant) {
    self.subject = subject
    self.end = end
  }

  mutating func take(_ transition: Transition) {
    transitions.append(transition)
    seenBefore.append(seen.count)
    // An instance that is gone is no longer evaluated.
    guard transition.cause == .instanceGone else { return }
    if marks.allSatisfy({ $0.at < transition.at }) { marks.append((transition.at, .inactive)) }
  }

  mutating func take(_ one: Seen) {
    if seen.allSatisfy({ $0.at < one.at }), marks.allSatisfy({ $0.at <= one.at }) {
      marks.append((one.at, one.phase.kind))
    }
    seen.append(one)
  }

  /// Those later than all before them: while a clock is set back, no time passes.
  private var steps: [(from: Seen, to: Seen)] {
    var forward: [Seen] = []
    for one in seen where forward.last.map({ $0.at < one.at }) ?? true { forward.append(one) }
    return Array(zip(forward, forward.dropFirst()))
  }

  /// All of it in words, to be compared.
  var words: [String] {
    [counts, time, firings, near, worst, phases]
  }

  private var counts: String {
    var unknown: [String: Int] = [:]
    var (bad, good) = (0, 0)
    for one in seen {
      switch one.observation {
      case .bad: bad += 1
      case .good: good += 1
      case .unknown(let reason): unknown[reason.code, default: 0] += 1
      }
    }
    return Self.counts(bad, good, unknown)
  }

  private var time: String {
    let lengths = steps.map { (step: $0, length: $0.to.at - $0.from.at) }
    let (near, far) = (
      lengths.filter { $0.length <= subject.maxGap }, lengths.filter { $0.length > subject.maxGap }
    )
    let unreachable = near.filter {
      if case .unknown = $0.step.from.observation { true } else { false }
    }
    let longest = far.map(\.length).max() ?? .zero
    return Self.time(
      near.map(\.length).reduce(.zero, +), unreachable.map(\.length).reduce(.zero, +), far.count,
      far.map(\.length).reduce(.zero, +), longest, far.first { $0.length == longest }?.step.from.at)
  }

  private struct Fired {
    var active: Instant?
    var from: Instant
    var to: Instant?
    /// The samples in it.
    var seen: Range<Int>
  }

  /// From when to when it fired, and when that began.
  private var episodes: [Fired] {
    var episodes: [Fired] = []
    // It fires already when the first sample comes.
    if let first = seen.first, first.phase.episode != nil,
      !transitions.contains(where: { $0.event == .firing && $0.at == first.at })
    {
      episodes.append(Fired(active: nil, from: first.at, to: nil, seen: 0..<seen.count))
    }
    for (transition, before) in zip(transitions, seenBefore) {
      switch transition.event {
      case .pending, .cancelled: break
      case .firing:
        episodes.append(
          Fired(
            active: transition.episode?.breach.activeAt, from: transition.at, to: nil,
            seen: before..<seen.count))
      case .resolved:
        guard let last = episodes.indices.last, episodes[last].to == nil else {
          // It ends with the first sample.
          if before <= 1 {
            episodes.append(
              Fired(active: nil, from: transition.at, to: transition.at, seen: before..<before))
          }
          break
        }
        episodes[last].to = transition.at
        episodes[last].seen = episodes[last].seen.lowerBound..<before
      }
    }
    return episodes
  }

  private var firings: String {
    // While a clock is set back, no time passes.
    let lengths = episodes.map { episode in
      let times = [episode.from] + seen[episode.seen].map(\.at) + [episode.to ?? end]
      return zip(times, times.dropFirst()).map { max(.zero, $1 - $0) }.reduce(.zero, +)
    }
    let detections = episodes.compactMap { one in one.active.map { one.from - $0 } }
    return Self.firings(
      episodes.count, lengths.reduce(.zero, +), lengths.max() ?? .zero,
      detections.reduce(.zero, +), detections.max() ?? .zero, detections.count,
      episodes.last.flatMap { $0.to == nil ? $0.from : nil })
  }

  /// Runs of bad samples that never fired.
  private var near: String {
    var runs: [Breach] = []
    var isGoingOn = false
    for one in seen {
      guard case .pending(let breach) = one.phase else {
        if isGoingOn, one.phase.episode != nil { runs.removeLast() }
        isGoingOn = false
        continue
      }
      if isGoingOn, runs.last?.activeAt == breach.activeAt { runs.removeLast() }
      runs.append(breach)
      isGoingOn = true
    }
    let longest = runs.map(\.evidence.span).max()
    let nearest = runs.first { $0.evidence.span == longest }
    return Self.near(
      nearest?.evidence.first, nearest?.evidence.last, nearest?.evidence.count, nearest?.peak)
  }

  private var worst: String {
    guard let condition = subject.condition else { return Self.worst(nil) }
    var worst: Peak?
    for one in seen {
      guard case .good = one.observation, let number = one.observation.number else { continue }
      let isWorse =
        switch condition.comparison {
        case .gt, .gte: worst.map { number > $0.value } ?? true
        case .lt, .lte: worst.map { number < $0.value } ?? true
        case .eq, .ne, .in, .notIn: false
        }
      if isWorse { worst = Peak(value: number, at: one.at) }
    }
    return Self.worst(worst)
  }

  private var phases: String {
    var words: [String] = []
    var known: Phase.Kind?
    for (index, (at, kind)) in marks.enumerated() where kind != known {
      // What held for no time at all is not shown.
      if index + 1 < marks.count, marks[index + 1].at == at { continue }
      words.append("\(kind) from \(at.milliseconds)")
      known = kind
    }
    return words.joined(separator: ", ")
  }
}

// MARK: - What the tally says

extension TallyReference {
  static func words(_ tally: AlertTally) -> [String] {
    let firings = tally.firings
    return [
      counts(tally.bad, tally.good, tally.unknown),
      time(
        tally.observedTime, tally.unknownTime, tally.gaps.count, tally.gaps.total,
        tally.gaps.longest, tally.gaps.longestAt),
      Self.firings(
        firings.count, firings.total, firings.longest, firings.detection, firings.longestDetection,
        firings.detected, firings.since),
      near(
        tally.nearMiss?.first, tally.nearMiss?.last, tally.nearMiss?.count, tally.nearMiss?.peak),
      worst(tally.worstGood),
      (tally.picture?.phases.bands ?? []).map { "\($0.kind) from \($0.from.milliseconds)" }
        .joined(separator: ", "),
    ]
  }

  private static func counts(_ bad: Int, _ good: Int, _ unknown: [String: Int]) -> String {
    "\(bad) bad, \(good) good, \(unknown.sorted { $0.key < $1.key })"
  }

  private static func time(
    _ observed: Duration, _ unknown: Duration, _ gaps: Int, _ total: Duration,
    _ longest: Duration, _ longestAt: Instant?
  ) -> String {
    "\(observed) observed, \(unknown) unknown, \(gaps) gaps, \(total), \(longest), \(longestAt?.rfc3339 ?? "-")"
  }

  private static func firings(
    _ count: Int, _ total: Duration, _ longest: Duration, _ detection: Duration,
    _ longestDetection: Duration, _ detected: Int, _ since: Instant?
  ) -> String {
    "fired \(count), \(total), \(longest), detected \(detection), \(longestDetection), \(detected), since \(since?.rfc3339 ?? "-")"
  }

  private static func near(
    _ first: Instant?, _ last: Instant?, _ count: Int?, _ peak: Peak?
  ) -> String {
    "near \(first?.rfc3339 ?? "-") \(last?.rfc3339 ?? "-") \(count ?? 0) \(words(peak))"
  }

  private static func worst(_ peak: Peak?) -> String { "worst \(words(peak))" }

  private static func words(_ peak: Peak?) -> String {
    peak.map { "\($0.value) at \($0.at.rfc3339)" } ?? "-"
  }
}
