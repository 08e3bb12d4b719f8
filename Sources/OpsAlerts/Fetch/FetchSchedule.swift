/// Whom a fetch asks next, and for how long: pure, it asks nobody and has no clock.
///
/// Times count from the begin of the fetch. At most 16 requests are under way at once. Where there
/// are more targets, the first half of the time is shared: every target is asked once with an equal
/// share, which healthy ones do not use up; those that it was too short for are *postponed*, and
/// asked again with what the others left of that half, and then with the whole timeout. Only then
/// comes the turn of those that failed. What never had a whole attempt when the time is up was not
/// attempted: dead and slow ones cost the others nothing, and nobody is called dead unheard.
package struct FetchSchedule: Sendable {
  package static let mostAtOnce = 16
  /// A share is never less than this.
  package static let leastShare = Duration.milliseconds(50)
  /// After so long the slow ones of the first round keep nobody waiting.
  package static let patience = Duration.seconds(2)

  /// What to do next.
  package enum Step: Equatable, Sendable {
    /// Ask the target at this place of the list.
    case ask(Int, limit: Duration)
    /// Nothing can be done before this time, or an answer; without a time, before an answer.
    case wait(until: Duration?)
    case done
  }

  /// What one attempt brought, as far as it decides what comes next.
  package enum Answer: Equatable, Sendable {
    /// A snapshot, or a failure that another attempt cannot mend.
    case final
    /// Another attempt may succeed after this pause.
    case transient(pause: Duration)
    /// The same, where nothing came within the limit.
    case timedOut(pause: Duration)
    /// Another target was in the way: this one was not heard.
    case unheard
  }

  /// How a target stands at the end.
  package enum End: Equatable, Sendable {
    /// What its last attempt brought holds.
    case attempted, notAttempted
  }

  private enum Stage: Equatable, Sendable {
    case unasked, postponed
    case underWay(limit: Duration, isFirst: Bool)
    case retry(at: Duration)
    case settled(End)
  }

  private let settings: FetchSettings
  /// An attempt with this much time is a whole one.
  private let whole: Duration
  /// What a first attempt may take.
  private let share: Duration
  /// What a second attempt may take, once it is known how many need one.
  private var secondShare: Duration?
  private var stages: [Stage]
  private var failures: [Int]
  /// Those that were not asked yet, the next one last.
  private var unasked: [Int]
  /// Those whose share was too short, the next one first; then those that it was twice.
  private var postponed: [Int] = []
  private var postponedTwice: [Int] = []
  private var retries: Set<Int> = []
  private var underWay = 0
  private var firstUnderWay = 0
  private var lastFirst = Duration.zero

  /// - Parameters:
  ///   - order: the places of all targets, in the order in which they are asked.
  ///   - settings: the limits of an attempt and of the whole fetch.
  package init(order: [Int], settings: FetchSettings) {
    self.settings = settings
    whole = min(settings.timeout, settings.deadline / 2)
    let share = settings.deadline / 2 * Self.mostAtOnce / max(1, order.count)
    let isCrowded = order.count > Self.mostAtOnce
    self.share = isCrowded ? min(settings.timeout, max(Self.leastShare, share)) : settings.timeout
    stages = Array(repeating: .unasked, count: order.count)
    failures = Array(repeating: 0, count: order.count)
    unasked = order.reversed()
  }

  /// How the target at a place ended; `nil` while it may still be asked.
  package func end(of place: Int) -> End? {
    if case .settled(let end) = stages[place] { end } else { nil }
  }

  /// From when on those that are settled need not wait for the others; `nil` while some were not
  /// asked even once.
  package var endOfFirstRound: Duration? {
    guard unasked.isEmpty else { return nil }
    return firstUnderWay == 0 ? .zero : lastFirst + Self.patience
  }

  package mutating func next(at now: Duration) -> Step {
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

  /// Takes note of what an attempt brought.
  package mutating func record(_ answer: Answer, of place: Int, at now: Duration) {
    guard case .underWay(let limit, let isFirst) = stages[place] else { return }
    underWay -= 1
    if isFirst { firstUnderWay -= 1 }
    switch answer {
    case .final: stages[place] = .settled(.attempted)
    case .timedOut where limit < whole && failures[place] == 0:
      stages[place] = .postponed
      if isFirst { postponed.append(place) } else { postponedTwice.append(place) }
    case .unheard where isFirst:
      stages[place] = .unasked
      unasked.append(place)
    case .unheard where failures[place] == 0:
      stages[place] = .postponed
      postponedTwice.append(place)
    case .unheard:
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

  /// Gives up all that is not under way, as when the time is up.
  package mutating func stop() {
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

  /// What a second attempt may take after a share that was too short: for each the same of what is
  /// left of the first half, or else the whole timeout.
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
