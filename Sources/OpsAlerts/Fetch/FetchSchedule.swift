/// Decides which target a fetch asks next, and for how long.
///
/// Pure: it sends nothing and has no clock.
///
/// Times are since the start of the fetch. At most 16 requests are in flight. With more targets than
/// that, the first half of the time is shared: every target is asked once with an equal share, which
/// healthy targets do not use up. Targets that need longer are *postponed* and asked again, first with
/// what is left of that half, then with the whole timeout. Failed targets are retried last. A target
/// without a full attempt at the deadline is *not attempted*: dead and slow targets do not cost the
/// others their turn, and no target is reported down before a full attempt.
struct FetchSchedule: Sendable {
  static let mostAtOnce = 16
  /// The shortest share of a target.
  static let leastShare = Duration.milliseconds(50)
  /// How long settled targets wait for slow ones of the first round.
  static let patience = Duration.seconds(2)

  /// What to do next.
  enum Step: Equatable, Sendable {
    /// Ask the target at this place of the list.
    case ask(Int, limit: Duration)
    /// Wait until this time or the next response; without a time, for the next response.
    case wait(until: Duration?)
    case done
  }

  /// The result of one attempt, as far as it matters to the schedule.
  enum Result: Equatable, Sendable {
    /// A snapshot, or a failure that a retry cannot fix.
    case final
    /// A retry may succeed after this pause.
    case transient(pause: Duration)
    /// The same, but nothing came within the limit.
    case timedOut(pause: Duration)
    /// The attempt was lost because of another target.
    case lost
  }

  /// The state of a target at the end.
  enum End: Equatable, Sendable {
    /// The result of its last attempt stands.
    case attempted, notAttempted
  }

  private enum Stage: Equatable, Sendable {
    case unasked, postponed
    case underWay(limit: Duration, isFirst: Bool)
    case retry(at: Duration)
    case settled(End)
  }

  private let settings: FetchSettings
  /// An attempt with this much time is a full one.
  private let whole: Duration
  /// The limit of a first attempt.
  private let share: Duration
  /// The limit of a second attempt, once it is known how many need one.
  private var secondShare: Duration?
  private var stages: [Stage]
  private var failures: [Int]
  /// Targets that have not been asked yet; the next one is last.
  private var unasked: [Int]
  /// Targets whose share was too short once, and twice; the next one first.
  private var postponed: [Int] = []
  private var postponedTwice: [Int] = []
  private var retries: Set<Int> = []
  private var underWay = 0
  private var firstUnderWay = 0
  private var lastFirst = Duration.zero

  /// - Parameters:
  ///   - order: the places of all targets, in the order in which they are asked.
  ///   - settings: the limits of an attempt and of the whole fetch.
  init(order: [Int], settings: FetchSettings) {
    self.settings = settings
    whole = min(settings.timeout, settings.deadline / 2)
    let share = settings.deadline / 2 * Self.mostAtOnce / max(1, order.count)
    let isCrowded = order.count > Self.mostAtOnce
    self.share = isCrowded ? min(settings.timeout, max(Self.leastShare, share)) : settings.timeout
    stages = Array(repeating: .unasked, count: order.count)
    failures = Array(repeating: 0, count: order.count)
    unasked = order.reversed()
  }

  /// How the target at this index ended; `nil` while it may still be asked.
  func end(of place: Int) -> End? {
    if case .settled(let end) = stages[place] { end } else { nil }
  }

  /// When settled targets need not wait for the others; `nil` while some were not asked once.
  var endOfFirstRound: Duration? {
    guard unasked.isEmpty else { return nil }
    return firstUnderWay == 0 ? .zero : lastFirst + Self.patience
  }

  mutating func next(at now: Duration) -> Step {
    let left = settings.deadline - now
    guard left > .zero else {
      stop()
      return underWay > 0 ? .wait(until: nil) : .done
    }
    guard underWay < Self.mostAtOnce else { return .wait(until: nil) }
    if let place = unasked.popLast() {
      lastFirst = now
      firstUnderWay += 1
      return ask(place, limit: min(share, left), isFirst: true)
    }
    if !postponed.isEmpty {
      let limit = min(takeSecondShare(at: now), left)
      return ask(postponed.removeFirst(), limit: limit, isFirst: false)
    }
    if !postponedTwice.isEmpty {
      return ask(postponedTwice.removeFirst(), limit: min(settings.timeout, left), isFirst: false)
    }
    guard let (time, place) = earliestRetry else { return underWay > 0 ? .wait(until: nil) : .done }
    guard time <= now else { return .wait(until: time) }
    retries.remove(place)
    return ask(place, limit: min(settings.timeout, left), isFirst: false)
  }

  /// Records the result of an attempt.
  mutating func record(_ result: Result, of place: Int, at now: Duration) {
    guard case .underWay(let limit, let isFirst) = stages[place] else { return }
    underWay -= 1
    if isFirst { firstUnderWay -= 1 }
    switch result {
    case .final: stages[place] = .settled(.attempted)
    case .timedOut where limit < whole && failures[place] == 0:
      stages[place] = .postponed
      if isFirst { postponed.append(place) } else { postponedTwice.append(place) }
    case .lost where isFirst:
      stages[place] = .unasked
      unasked.append(place)
    case .lost where failures[place] == 0:
      stages[place] = .postponed
      postponedTwice.append(place)
    case .lost:
      stages[place] = .retry(at: now)
      retries.insert(place)
    case .transient(let pause), .timedOut(let pause):
      failures[place] += 1
      let time = now + pause
      guard failures[place] <= settings.retries, time < settings.deadline else {
        stages[place] = .settled(.attempted)
        return
      }
      stages[place] = .retry(at: time)
      retries.insert(place)
    }
  }

  /// Gives up everything that is not in flight, as the deadline does.
  mutating func stop() {
    unasked = []
    postponed = []
    postponedTwice = []
    retries = []
    for (place, stage) in stages.enumerated() {
      switch stage {
      case .unasked, .postponed: stages[place] = .settled(.notAttempted)
      case .retry: stages[place] = .settled(.attempted)
      case .underWay, .settled: break
      }
    }
  }
}

extension FetchSchedule {
  private mutating func ask(_ place: Int, limit: Duration, isFirst: Bool) -> Step {
    underWay += 1
    stages[place] = .underWay(limit: limit, isFirst: isFirst)
    return .ask(place, limit: limit)
  }

  /// The limit of a second attempt: an equal share of what is left of the first half, or else the
  /// whole timeout.
  private mutating func takeSecondShare(at now: Duration) -> Duration {
    if let secondShare { return secondShare }
    let time = max(.zero, settings.deadline / 2 - now)
    let count = postponed.count + firstUnderWay
    let second = min(time, time * Self.mostAtOnce / count)
    let limit = second < share * 2 ? settings.timeout : min(settings.timeout, second)
    secondShare = limit
    return limit
  }

  private var earliestRetry: (time: Duration, place: Int)? {
    let times = retries.compactMap { place -> (time: Duration, place: Int)? in
      if case .retry(let time) = stages[place] { (time, place) } else { nil }
    }
    return times.min { $0 < $1 }
  }
}
