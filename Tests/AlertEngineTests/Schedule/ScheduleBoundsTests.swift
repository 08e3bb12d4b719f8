internal import Foundation
internal import TestSupport
internal import Testing

@testable import AlertEngine
@testable import Text

@Suite("How soon alerts fire and resolve on a schedule")
struct ScheduleBoundsTests {
  private static let lengths = [5, 15, 30, 60].map { Duration.seconds($0) }

  private static func bounds(_ played: PlayedSchedule) -> ScheduleBounds {
    ScheduleBounds(
      of: played.subject, on: [played.schedule], outages: lengths,
      confirming: .init(interval: .seconds(1), limit: .seconds(20)))
  }

  /// How many random rules and schedules are played.
  private static let cases =
    ProcessInfo.processInfo.environment["OPS_SCHEDULES"].flatMap(Int.init) ?? 120

  @Test(
    "The bounds are those of every second at which a breach can begin and end",
    arguments: 0..<cases)
  func exact(_ seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let played = try PlayedSchedule.random(using: &random)
    let bounds = Self.bounds(played)
    let truth = played.everySecond(outages: Self.lengths)
    let words: Comment = "\(played.rule) on \(played.schedule)"
    #expect(bounds.fires == truth.fires, words)
    #expect(bounds.resolves == truth.resolves, words)
    #expect(bounds.undecided == truth.undecided, words)
    #expect(bounds.sights.map(\.share) == truth.shares, words)
  }
}
