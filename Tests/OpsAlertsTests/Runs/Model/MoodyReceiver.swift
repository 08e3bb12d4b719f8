internal import TestSupport

@testable import AlertEngine
@testable import Delivery
internal import Synchronization
@testable import Text

/// A receiver that responds according to its manner, and checks the sender's rules for one run.
final class MoodyReceiver: Receiver {
  static var pace: Duration { .milliseconds(50) }

  private struct Answer {
    var outcome: DeliveryOutcome
    var arrives = false
    var latency = Duration.milliseconds(40)
  }

  private struct State {
    var dice: SplitMix64
    var failures: [String: Int] = [:]
    var poisoned: [String: Bool] = [:]
    var isBroken = false
    var silentUntil: Instant?
  }

  private let person: Schedule.Person
  private let manner: Schedule.Manner
  private let life: ProcessLife
  private let state: Mutex<State>

  init(_ person: Schedule.Person, _ manner: Schedule.Manner, in life: ProcessLife, seed: UInt64) {
    self.person = person
    self.manner = manner
    self.life = life
    state = Mutex(State(dice: SplitMix64(seed: seed)))
  }

  func deliver(
    _ message: Message, reference: String?, over transport: any Transport
  ) async -> DeliveryOutcome {
    guard await life.livesOn() else { return .broken(reason: "killed") }
    inspect(message)
    let answer = state.withLock { self.answer(&$0) }
    let isInTime = await transport.pause(answer.latency)
    if answer.arrives {
      life.arrive(message, isAnswered: answer.outcome.isDelivered && isInTime)
    }
    guard await life.livesOn() else { return .broken(reason: "killed") }
    guard isInTime else {
      return .transient(TransientFailure(reason: .outOfTime, mayHaveArrived: true))
    }
    note(answer.outcome, of: message, at: transport.now)
    return answer.outcome
  }

  func preview(of message: Message, reference: String?) -> [OutgoingText] { [] }

  private func answer(_ state: inout State) -> Answer {
    let reference = person.type == GitHubReceiver.type ? "7" : nil
    let delivered = Answer(outcome: .delivered(reference: reference), arrives: true)
    switch manner {
    case .healthy: return delivered
    case .unreachable: return Self.failure(isUnreachable: true)
    case .hanging: return Self.failure(mayHaveArrived: true, latency: .seconds(10))
    case .broken: return Answer(outcome: .broken(reason: "gone"))
    case .refusing: return Answer(outcome: .poison(reason: "no"))
    case .odd: return Self.oddity(&state)
    case .flaky: break
    }
    switch Int.random(in: 0..<100, using: &state.dice) {
    case 0..<12: return Self.failure()
    case 12..<22: return Self.failure(mayHaveArrived: true, arrives: true, latency: .seconds(10))
    case 22..<27: return Self.failure(mayHaveArrived: true, latency: .seconds(10))
    case 27..<35:
      let waits: [Int] = [1, 1, 30, 7_200]
      return Self.failure(retryAfter: .seconds(waits.randomElement(using: &state.dice) ?? 1))
    case 35..<42: return Self.failure(isUnreachable: true)
    case 42..<45: return Answer(outcome: .broken(reason: "gone"))
    case 45..<55: return Answer(outcome: .poison(reason: "no"))
    case 55..<62: return Self.oddity(&state)
    default: return delivered
    }
  }

  /// A response that does not tell whether the message arrived.
  private static func oddity(_ state: inout State) -> Answer {
    let arrives = Bool.random(using: &state.dice)
    return Answer(outcome: .unconfirmed(reason: "odd"), arrives: arrives)
  }

  private static func failure(
    mayHaveArrived: Bool = false, isUnreachable: Bool = false, retryAfter: Duration? = nil,
    arrives: Bool = false, latency: Duration = .milliseconds(40)
  ) -> Answer {
    let failure = TransientFailure(
      reason: "not now", retryAfter: retryAfter, mayHaveArrived: mayHaveArrived,
      isUnreachable: isUnreachable)
    return Answer(outcome: .transient(failure), arrives: arrives, latency: latency)
  }

  /// What a sender may never do in one run.
  private func inspect(_ message: Message) {
    let state = state.withLock { $0 }
    let name = person.name
    if state.isBroken { life.fault("\(name) was sent to after it was broken") }
    if let until = state.silentUntil, message.now < until {
      life.fault("\(name) was sent to while it had asked for silence")
    }
    if message.isDigest, person.type.keepsIncidents { life.fault("\(name) was sent a digest") }
    for id in message.notifications.map(\.id) {
      if state.failures[id, default: 0] >= 3 { life.fault("\(name) was sent \(id) a fourth time") }
      if state.poisoned[id] == true, message.form != .plain {
        life.fault("\(name) was sent \(id) in full after it refused that")
      }
    }
  }

  private func note(_ outcome: DeliveryOutcome, of message: Message, at now: Instant) {
    let ids = message.notifications.map(\.id)
    state.withLock { state in
      switch outcome {
      case .delivered: break
      case .broken: state.isBroken = true
      case .poison:
        for id in ids { life.noteRefusal([person.name, id]) }
        if !message.isDigest { for id in ids { state.poisoned[id] = true } }
      case .unconfirmed:
        for id in ids {
          state.failures[id, default: 0] += 1
          life.noteOddity([person.name, id])
        }
      case .transient(let failure):
        for id in ids { state.failures[id, default: 0] += 1 }
        if let wait = failure.retryAfter { state.silentUntil = now + wait }
      }
    }
  }
}

extension DeliveryOutcome {
  var isDelivered: Bool { if case .delivered = self { true } else { false } }
}
