@testable import AlertEngine
@testable import JSON
internal import Testing
@testable import Text

@Suite("Variants compared with the tightest one")
struct VariantComparisonTests {
  /// Compares variants of `r` over a story: `0+5` is variant 0 firing at minute 5, `0-9` its end,
  /// `0+5/x` of instance x.
  static func lags(_ request: String, comparison: String = "gt", _ story: String) throws -> [String]
  {
    let configuration = try Configuration.decode(
      Array(
        """
        {"rules": [{"name": "r", "metric_path": "a", "comparison": "\(comparison)", "threshold": 5,
          "duration_minutes": 10}]}
        """.utf8))
    var comparison = VariantComparison(try WhatIf([request], in: configuration).variants)
    for word in story.split(separator: " ") {
      let parts = word.split(separator: "/")
      let isBegin = parts[0].contains("+")
      let numbers = parts[0].split { $0 == "+" || $0 == "-" }.compactMap { Int64($0) }
      let transition = Transition(
        key: AlertKey(rule: "r", instance: parts.count > 1 ? String(parts[1]) : nil),
        from: isBegin ? .pending : .firing, event: isBegin ? .firing : .resolved,
        at: Instant(milliseconds: numbers[1] * 60_000))
      comparison.take(
        ReplayTransition(target: "t", subject: nil, transition: transition), of: Int(numbers[0]))
    }
    return comparison.finished().map { lag in
      let delay = zip([lag.mean, lag.longest], ["mean", "longest"]).compactMap { time, name in
        time.map { "\(name) \($0.inMinutes.plain)" }
      }
      return (lag.isTightest ? ["tightest"] : []) + delay + ["missed \(lag.missed)"]
    }.map { $0.joined(separator: " ") }
  }

  @Test(
    "Delays count from the tightest variant's alert, and the alerts that it misses are counted",
    arguments: [
      ("0+5 1+15 1-20 0-30", "mean 10 longest 10 missed 0"),
      ("0+5 1+15 1-20 0-30 0+40 1+60 0-61 1-61", "mean 15 longest 20 missed 0"),
      ("0+5 0-30", "missed 1"),
      ("0+5 0-30 0+40 1+41 1-50 0-50", "mean 1 longest 1 missed 1"),
      // Twice within one alert of the tightest: the first counts.
      ("0+5 1+6 1-7 1+20 1-21 0-30", "mean 1 longest 1 missed 0"),
      // At the same time, but reported first.
      ("1+5 0+5 0-8 1-8", "mean 0 longest 0 missed 0"),
      // It still fired when the tightest began again.
      ("0+5 1+7 0-9 0+11 0-12 1-20", "mean 1 longest 2 missed 0"),
      // Still firing at the end.
      ("0+5", "missed 1"), ("0+5 1+9", "mean 4 longest 4 missed 0"),
      // Each instance separately.
      ("0+5/x 1+9/y 0-10/x 1-10/y", "missed 1"),
      ("0+5/x 0+6/y 1+7/x 1+10/y 0-11/x 0-12/y", "mean 3 longest 4 missed 0"),
      // It fired before the tightest, and continues during the next alert.
      ("1+2 0+5 0-8 1-9", "mean -3 longest -3 missed 0"),
      ("1+2 0+5 0-8 0+12 0-13 1-20", "mean -1.5 longest 0 missed 0"),
      ("1+2 0+5 1-6 0-8 0+20 1+24 1-25 0-26", "mean 0.5 longest 4 missed 0"),
      // A clock that was set back.
      ("0+50 1+20 1-30 0-40", "mean 0 longest 0 missed 0"),
      // An end without a beginning, as after --from.
      ("0-5 1-5", "missed 0"), ("", "missed 0"),
    ])
  func delays(story: String, expected: String) throws {
    #expect(try Self.lags("r: threshold=3,5", story)[1] == expected)
  }

  @Test(
    "The tightest variant is in no number looser than any other requested variant",
    arguments: [
      ("gt", "r: threshold=5,7,3", 2), ("lte", "r: threshold=5,7,3", 1),
      ("gt", "r: duration_minutes=10,20,5", 2), ("eq", "r: duration_minutes=10,20,5", 2),
      ("gt", "r: duration_minutes=10,1, threshold=5,6", 2),
      ("gt", "r: min_samples=4,3,2", 2), ("gt", "r: max_gap_minutes=5,60", 1),
      ("gt", "r: threshold=6", 0),
      // As configured, > 5 for 10 minutes, it is tighter in one number and looser in another.
      ("gt", "r: threshold=6,7, duration_minutes=5,15", 1),
      ("gt", "r: threshold=6,7, duration_minutes=15,20", 0),
    ])
  func tightest(comparison: String, request: String, index: Int) throws {
    let lags = try Self.lags(request, comparison: comparison, "")
    #expect(lags.firstIndex { $0.hasPrefix("tightest") } == index)
    #expect(lags.count { $0.hasPrefix("tightest") } == 1)
  }
}
