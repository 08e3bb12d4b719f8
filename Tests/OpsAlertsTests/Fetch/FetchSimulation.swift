internal import TestSupport

@testable import OpsAlerts

/// An endpoint as a schedule sees it.
enum SimulatedEndpoint: Equatable {
  /// Returns a snapshot after this many milliseconds.
  case answers(after: Int)
  case hangs
  /// Refuses this many connections, then responds at once.
  case refuses(times: Int)
  /// Responds at once in a way that a retry cannot fix.
  case isGone

  static func random(by numbers: inout SplitMix64) -> SimulatedEndpoint {
    switch Int.random(in: 0..<12, using: &numbers) {
    case 0: .hangs
    case 1: .refuses(times: Int.random(in: 1...4, using: &numbers))
    case 2: .answers(after: Int.random(in: 1_000...12_000, using: &numbers))
    case 3: .isGone
    default: .answers(after: Int.random(in: 1...40, using: &numbers))
    }
  }
}

/// Plays a schedule against endpoints, with concurrent requests and virtual time.
struct FetchSimulation {
  struct Asked {
    let place: Int
    let at: Duration
    let limit: Duration
    /// The number of other requests in flight.
    let beside: Int
    let result: FetchSchedule.Result
    /// Whether it returned a snapshot.
    let isGood: Bool
  }

  let endpoints: [SimulatedEndpoint]
  private(set) var schedule: FetchSchedule
  private(set) var asked: [Asked] = []
  private(set) var now = Duration.zero
  /// The end of the first round.
  private(set) var endOfFirstRound: Duration?
  private var underWay: [(end: Duration, asked: Asked)] = []
  private var attempts: [Int: Int] = [:]

  init(_ endpoints: [SimulatedEndpoint], _ settings: FetchSettings, order: [Int]? = nil) {
    self.endpoints = endpoints
    schedule = FetchSchedule(order: order ?? Array(endpoints.indices), settings: settings)
  }

  /// Plays to the end.
  mutating func run() {
    while true {
      switch schedule.next(at: now) {
      case .done: return
      case .ask(let place, let limit): ask(place, limit)
      case .wait(let time):
        let first = underWay.indices.min { underWay[$0].end < underWay[$1].end }
        if let time, first.map({ time < underWay[$0].end }) ?? true {
          now = time
        } else if let first {
          let (end, answer) = underWay.remove(at: first)
          now = end
          asked.append(answer)
          schedule.record(answer.result, of: answer.place, at: now)
        } else {
          return
        }
      }
      if endOfFirstRound == nil, schedule.endOfFirstRound == .zero { endOfFirstRound = now }
    }
  }

  private mutating func ask(_ place: Int, _ limit: Duration) {
    let number = attempts[place, default: 0]
    attempts[place] = number + 1
    let (latency, result, isGood): (Duration, FetchSchedule.Result, Bool)
    switch endpoints[place] {
    case .answers(let milliseconds):
      (latency, result, isGood) = (.milliseconds(milliseconds), .final, true)
    case .hangs: (latency, result, isGood) = (.seconds(3_600), .final, false)
    case .refuses(let times) where number < times:
      (latency, result, isGood) = (.milliseconds(1), .transient(pause: .seconds(1)), false)
    case .refuses: (latency, result, isGood) = (.milliseconds(1), .final, true)
    case .isGone: (latency, result, isGood) = (.milliseconds(1), .final, false)
    }
    let isInTime = latency <= limit
    underWay.append(
      (
        now + min(latency, limit),
        Asked(
          place: place, at: now, limit: limit, beside: underWay.count,
          result: isInTime ? result : .timedOut(pause: .seconds(1)), isGood: isInTime && isGood)
      ))
  }

  /// The attempts at a target, in their order.
  func attempts(at place: Int) -> [Asked] { asked.filter { $0.place == place } }
}
