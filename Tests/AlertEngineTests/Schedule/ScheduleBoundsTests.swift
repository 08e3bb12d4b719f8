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

  private static let regular: [(rule: String, every: Int, bounds: String)] = [
    (#""duration_minutes": 0"#, 15, "fires 0 to 15, resolves 0 to 15, sees 0.33 1.0 1.0 1.0"),
    (#""duration_minutes": 10"#, 15, "fires 15 to 30, resolves 0 to 15, sees 0.0 0.0 1.0 1.0"),
    (
      #""duration_minutes": 10, "recovery_minutes": 20"#, 5,
      "fires 10 to 15, resolves 20 to 25, sees 0.0 1.0 1.0 1.0"
    ),
    (
      #""duration_minutes": 10"#, 90,
      "fires 180 to 270, resolves 0 to 90, sees 0.0 0.0 0.0 0.0, needs_confirm, short_max_gap"
    ),
    (
      #""duration_minutes": 30"#, 90,
      "fires 180 to 270, resolves 0 to 90, sees 0.0 0.0 0.0 0.0, short_max_gap"
    ),
    (
      #""duration_minutes": 10, "on_gap": "count""#, 90,
      "fires 90 to 180, resolves 0 to 90, sees 0.0 0.0 0.0 0.0"
    ),
    (#""duration_minutes": 0"#, 90, "fires 0 to 90, resolves 0 to 90, sees 0.06 0.17 0.33 0.67"),
    (
      #""duration_minutes": 0, "measure": "increase", "window_minutes": 10"#, 60,
      "fires 0 to 60, resolves 0 to 60, sees 0.08 0.25 0.5 1.0"
    ),
    (
      #""duration_minutes": 0, "measure": "increase", "window_minutes": 10"#, 75,
      "sees - - - -, never_fires"
    ),
    (
      #""duration_minutes": 0, "bad_samples": {"at_least": 2, "of": 3}"#, 15,
      "fires 15 to 30, resolves 15 to 30, sees 0.0 0.0 1.0 1.0"
    ),
    // Five samples that far apart never count together.
    (
      #""duration_minutes": 0, "bad_samples": {"at_least": 1, "of": 5}"#, 80,
      "sees - - - -, never_fires"
    ),
  ]

  @Test("A rule on a regular schedule has these bounds", arguments: regular)
  func known(rule: String, every: Int, bounds: String) throws {
    #expect(try Self.words(rule, on: .every(.seconds(60 * every))) == bounds)
  }

  private static let listed: [(rule: String, minutes: [Double], bounds: String)] = [
    (
      #""duration_minutes": 10"#, [0, 15, 30, 75, 90],
      "fires 15 to 60, resolves 0 to 45, sees 0.0 0.0 0.25 1.0, undecided 0.17"
    ),
    // Nothing can be said of a rule that needs more than there is.
    (#""duration_minutes": 600"#, [0, 15, 30], "sees 0.0 0.0 - -, undecided 1.0"),
    (
      #""duration_minutes": 10, "max_gap_minutes": 5"#, [0, 15, 30, 45],
      "fires 30 to 45, resolves 0 to 15, sees 0.0 0.0 0.0 -, undecided 0.67, needs_confirm, "
        + "short_max_gap"
    ),
  ]

  @Test("A rule on a list of runs has these bounds", arguments: listed)
  func list(rule: String, minutes: [Double], bounds: String) throws {
    #expect(try Self.words(rule, on: .runs(minutes.map(Timeline.instant))) == bounds)
  }

  /// In minutes, with the shares of outages of 5, 15, 30 and 60 minutes.
  private static func words(_ rule: String, on schedule: RunSchedule) throws -> String {
    let text =
      #"{"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold": 5, \#(rule)}]}"#
    let configuration = try Configuration.decode(Array(text.utf8))
    let bounds = ScheduleBounds(
      of: try #require(configuration.subjects["r"]), on: [schedule],
      outages: [5, 15, 30, 60].map { .minutes($0) },
      confirming: .init(interval: .seconds(30), limit: .seconds(20 * 60)))
    func range(_ verb: String, _ delay: ScheduleBounds.Delay?) -> [String] {
      delay.map {
        ["\(verb) \(Int($0.shortest.inMinutes)) to \(Int($0.longest.inMinutes))"]
      } ?? []
    }
    func rounded(_ share: Double) -> String { "\((share * 100).rounded() / 100)" }
    let shares = bounds.sights.map { $0.share.map(rounded) ?? "-" }.joined(separator: " ")
    return
      (range("fires", bounds.fires) + range("resolves", bounds.resolves) + ["sees \(shares)"]
      + (bounds.undecided > 0 ? ["undecided \(rounded(bounds.undecided))"] : [])
      + bounds.findings.map(\.rawValue)).joined(separator: ", ")
  }
}
