internal import Foundation
internal import Testing

/// Random schedules of alerts, failing receivers and crashes, checked against a ledger.
///
/// `OPS_MODEL_SCHEDULES` asks for more of them.
@Suite("Delivery under random failures")
struct DeliveryModelTests {
  private static let schedules =
    ProcessInfo.processInfo.environment["OPS_MODEL_SCHEDULES"].flatMap { Int($0) } ?? 100

  @Test(
    "Delivery loses nothing, keeps the order and repeats no more than failures and crashes require")
  func nothingIsLost() async throws {
    try #require(Self.schedules > 0)
    let failed = await Self.firstFailure(of: Self.schedules) { seed in
      var model = DeliveryModel(Schedule(seed: seed))
      await model.play()
      return await model.end().isEmpty
    }
    guard let failed else { return }
    let schedule = await Self.shrunk(Schedule(seed: failed))
    var model = DeliveryModel(schedule, tellsStory: true)
    await model.play()
    let faults = await model.end()
    Issue.record(
      "seed \(failed):\n\(faults.joined(separator: "\n"))\n\(model.story.joined(separator: "\n"))")
  }

  @Test("No receiver delays another")
  func nobodyWaits() async throws {
    try #require(Self.schedules >= 20)
    let failed = await Self.firstFailure(of: Self.schedules / 20) { seed in
      let alone = await Self.arrivals(seed, first: nil)
      for manner in [Schedule.Manner.hanging, .unreachable, .broken, .refusing, .odd] {
        guard await Self.arrivals(seed, first: manner) == alone else { return false }
      }
      return true
    }
    #expect(failed == nil, "seed")
  }

  /// What all receivers but the first get; `nil` leaves that one out.
  private static func arrivals(_ seed: UInt64, first manner: Schedule.Manner?) async -> [Arrival] {
    var schedule = Schedule(seed: seed, crashes: false)
    let first = schedule.people[0].name
    if let manner {
      for place in schedule.runs.indices { schedule.runs[place].manners[first] = manner }
    } else {
      schedule.people.removeFirst()
    }
    var model = DeliveryModel(schedule)
    await model.play()
    return model.ledger.arrivals.filter { $0.receiver != first }
      .sorted { ($0.run, $0.receiver) < ($1.run, $1.receiver) }
  }

  /// The smallest seed that fails, of two halves that are played side by side.
  private static func firstFailure(
    of count: Int, _ holds: @escaping @Sendable (UInt64) async -> Bool
  ) async -> UInt64? {
    await withTaskGroup(of: UInt64?.self) { group in
      for half in 0..<2 {
        group.addTask {
          for seed in stride(from: half, to: count, by: 2) where await !holds(UInt64(seed)) {
            return UInt64(seed)
          }
          return nil
        }
      }
      return await group.compactMap(\.self).min()
    }
  }

  /// The schedule without the runs and receivers that it fails without, too.
  private static func shrunk(_ schedule: Schedule) async -> Schedule {
    var least = schedule
    func fails(_ schedule: Schedule) async -> Bool {
      var model = DeliveryModel(schedule)
      await model.play()
      return await !model.end().isEmpty
    }
    for run in schedule.runs.indices.reversed() {
      var less = least
      less.runs.remove(at: run)
      if await fails(less) { least = less }
    }
    for person in least.people.indices.reversed() {
      var less = least
      less.people.remove(at: person)
      if await fails(less) { least = less }
    }
    return least
  }
}
