internal import TestSupport

@testable import AlertEngine
@testable import JSON
internal import Testing
@testable import Text

@Suite("The volume guard")
struct VolumeGuardTests {
  private static func rule(_ kind: MeasureKind) -> Rule {
    let (path, window) = (Timeline.path("c"), Duration.minutes(10))
    let measurement: Measurement =
      switch kind {
      case .value: .value(path)
      case .age: .age(path)
      case .increase: .increase(path, window: window)
      case .ratePerMinute: .ratePerMinute(path, window: window)
      case .ratio: .ratio(path, denominator: Timeline.path("d"), window: window)
      case .quotient:
        Measurement(.quotient(denominator: .path(Timeline.path("d"))), of: .path(path))
      case .changes: Measurement(.changes(window: window), of: .path(path))
      case .quantile: Measurement(.quantile(0.5, window: window), of: .path(path))
      }
    return Rule(
      name: "r", measurement: measurement, condition: Condition(.gt, .number(1e12)),
      duration: .zero, minRequestCount: 20)
  }

  @Test(
    "Exactly min_request_count requests are enough to evaluate a sample",
    arguments: MeasureKind.allCases.filter { $0 != .quantile },
    [(0, false), (19, false), (20, true), (21, true)])
  func exactly(kind: MeasureKind, _ volume: (requests: Int, isJudged: Bool)) {
    var timeline = Timeline(Self.rule(kind))
    timeline.evaluation.requestCount = .path(Timeline.path("n"))
    _ = timeline.run(#"{"c": 1, "d": 0, "n": 0}"#, atMinute: 0)
    // The denominator grows by the number of requests in the snapshot.
    let document = #"{"c": 2, "d": \#(volume.requests), "n": \#(volume.requests)}"#
    let observation = timeline.run(document, atMinute: 10).checks[0].observation
    switch observation {
    case .good: #expect(volume.isJudged)
    case .unknown(.zeroDenominator): #expect(kind == .quotient && volume.requests == 0)
    case .unknown(.lowVolume(let count, _)):
      #expect(!volume.isJudged)
      #expect(count == Double(volume.requests))
    case .bad, .unknown: Issue.record("\(observation)")
    }
  }
}
