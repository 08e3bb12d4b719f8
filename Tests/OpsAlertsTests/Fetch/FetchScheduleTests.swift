internal import TestSupport

@testable import OpsAlerts
internal import Testing

@Suite("The schedule of a fetch")
struct FetchScheduleTests {
  /// A fetch of 45 s, as with receivers.
  private static let usual = FetchSettings(deadline: .seconds(45))

  @Test("Every mix of targets is scheduled fairly", arguments: 0..<60)
  func fairness(seed: UInt64) {
    var numbers = SplitMix64(seed: seed)
    let count = [1, 7, 16, 17, 40, 120, 400].randomElement(using: &numbers) ?? 1
    let endpoints = (0..<count).map { _ in SimulatedEndpoint.random(by: &numbers) }
    let settings = FetchSettings(
      timeout: .seconds(Int.random(in: 1...20, using: &numbers)),
      retries: Int.random(in: 0...3, using: &numbers),
      deadline: .seconds(Int.random(in: 4...60, using: &numbers)))
    var simulation = FetchSimulation(
      endpoints, settings, order: Array(0..<count).shuffled(using: &numbers))
    simulation.run()
    let attempts = Dictionary(grouping: simulation.asked, by: \.place)

    #expect(simulation.asked.allSatisfy { $0.beside < 16 })
    #expect(simulation.asked.allSatisfy { $0.at + $0.limit <= settings.deadline })
    #expect(simulation.now <= settings.deadline)
    let lastFirst = attempts.values.compactMap { $0.map(\.at).min() }.max() ?? .zero
    for (place, endpoint) in endpoints.enumerated() {
      let mine = attempts[place, default: []]
      let end = simulation.schedule.end(of: place)
      // Every target is asked once before any is asked twice.
      #expect(!mine.isEmpty)
      #expect(mine.dropFirst().allSatisfy { $0.at >= lastFirst })
      // A target that responds within the limit is read, and not asked again.
      if mine.contains(where: \.isGood) {
        #expect(end == .attempted && mine.last?.isGood == true)
      }
      if endpoint == .isGone { #expect(mine.count == 1) }
      // A whole attempt, or none.
      let whole = min(settings.timeout, settings.deadline / 2)
      let failures = mine.filter {
        if case .timedOut = $0.result { $0.limit >= whole } else { $0.result != .final }
      }
      if end == .notAttempted { #expect(failures.isEmpty && !mine.contains(where: \.isGood)) }
      if end == .attempted { #expect(!failures.isEmpty || mine.last?.result == .final) }
      #expect(failures.count <= settings.retries + 1)
    }
  }

  @Test("With few targets each attempt has the whole timeout", arguments: [1, 16])
  func few(count: Int) {
    let hanging = Array(repeating: SimulatedEndpoint.hangs, count: count)
    var simulation = FetchSimulation(hanging, Self.usual)
    simulation.run()
    #expect(simulation.asked.count == 3 * count)
    #expect(simulation.asked.allSatisfy { $0.limit == .seconds(10) })
  }

  @Test("Nine hundred healthy targets are read in seconds, whatever a hundred others do")
  func manyDead() {
    var endpoints = Array(repeating: SimulatedEndpoint.answers(after: 5), count: 1_000)
    for place in stride(from: 9, to: 1_000, by: 10) { endpoints[place] = .hangs }
    var simulation = FetchSimulation(endpoints, Self.usual)
    simulation.run()
    #expect(simulation.endOfFirstRound ?? .seconds(99) < .seconds(4))
    let read = simulation.asked.count { $0.isGood }
    #expect(read == 900)
    let ends = endpoints.indices.map { simulation.schedule.end(of: $0) }
    // The time that is left is for whole attempts at the dead ones.
    #expect(ends.count { $0 == .notAttempted } < 70)
  }

  @Test(
    "Each of a thousand hanging targets gets a share, and slow ones their whole timeout")
  func allDead() {
    let endpoints = (0..<1_000).map { $0 == 900 ? SimulatedEndpoint.answers(after: 3_000) : .hangs }
    let oldestFirst = [900] + (0..<900) + (901..<1_000)
    var simulation = FetchSimulation(endpoints, Self.usual, order: oldestFirst)
    simulation.run()
    #expect(Set(simulation.asked.map(\.place)).count == 1_000)
    #expect(simulation.endOfFirstRound ?? .seconds(99) <= .seconds(23))
    #expect(simulation.asked.map(\.limit).min() ?? .zero > .milliseconds(300))
    #expect(simulation.attempts(at: 900).map(\.isGood) == [false, true])
  }

  @Test("Slow targets among many hanging ones are read, whatever their place")
  func slow() {
    var endpoints = Array(repeating: SimulatedEndpoint.answers(after: 5), count: 1_000)
    for place in stride(from: 9, to: 1_000, by: 10) {
      endpoints[place] = place % 20 == 9 ? .hangs : .answers(after: 3_000)
    }
    var simulation = FetchSimulation(endpoints, Self.usual)
    simulation.run()
    #expect(simulation.asked.count { $0.isGood } == 950)
  }

  @Test(
    "Every hanging target gets its turn over several runs, if those evaluated longest ago go first")
  func overRuns() {
    var lastSeen = Array(repeating: -1, count: 200)
    for run in 0..<8 {
      let order = lastSeen.indices.sorted { (lastSeen[$0], $0) < (lastSeen[$1], $1) }
      var simulation = FetchSimulation(
        Array(repeating: .hangs, count: 200), Self.usual, order: order)
      simulation.run()
      for place in lastSeen.indices where simulation.schedule.end(of: place) == .attempted {
        lastSeen[place] = run
      }
    }
    #expect(lastSeen.allSatisfy { $0 >= 0 })
  }

  @Test("The pause before a retry occupies no slot")
  func pauses() {
    let refusing = Array(repeating: SimulatedEndpoint.refuses(times: 9), count: 16)
    let slow = Array(repeating: SimulatedEndpoint.answers(after: 900), count: 16)
    var simulation = FetchSimulation(refusing + slow, Self.usual)
    simulation.run()
    let readAt = simulation.asked.filter(\.isGood).map(\.at)
    #expect(readAt.count == 16 && readAt.allSatisfy { $0 == .milliseconds(1) })
  }

  @Test("Finished targets wait two seconds for the slow ones, not longer")
  func patience() {
    var schedule = FetchSchedule(order: [0, 1], settings: Self.usual)
    #expect(schedule.next(at: .zero) == .ask(0, limit: .seconds(10)))
    #expect(schedule.endOfFirstRound == nil)
    #expect(schedule.next(at: .zero) == .ask(1, limit: .seconds(10)))
    schedule.record(.final, of: 1, at: .milliseconds(5))
    #expect(schedule.endOfFirstRound == .seconds(2))
    schedule.record(.transient(pause: .seconds(1)), of: 0, at: .milliseconds(9))
    #expect(schedule.endOfFirstRound == .zero)
    #expect(schedule.next(at: .milliseconds(9)) == .wait(until: .milliseconds(1_009)))
  }

  @Test(
    "A target interrupted by another is asked again, and in the end counts as not attempted"
  )
  func lost() {
    var schedule = FetchSchedule(
      order: [0], settings: FetchSettings(timeout: .seconds(10), retries: 0, deadline: .seconds(30))
    )
    for begin in [0, 10, 20] {
      #expect(schedule.next(at: .seconds(begin)) == .ask(0, limit: .seconds(10)))
      schedule.record(.lost, of: 0, at: .seconds(begin + 10))
    }
    #expect(schedule.next(at: .seconds(30)) == .done)
    #expect(schedule.end(of: 0) == .notAttempted)
  }
}
