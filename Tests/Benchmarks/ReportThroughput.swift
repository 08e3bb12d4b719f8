import AlertEngine
import Foundation
import JSON
import Reports
import Text

/// Writes the JSON report of a long replay to a file, and prints its speed.
@main
enum ReportThroughput {
  /// What a month of a hundred flapping alerts gives: 24 MB of JSON.
  private static let count = 88_000
  private static let batch = 500

  static func main() throws {
    let transitions = Self.transitions()
    var document: [UInt8] = []
    var best = Double.infinity
    for _ in 0..<10 {
      let start = processorTime()
      document = report(transitions)
      best = min(best, processorTime() - start)
    }
    try Data(document).write(to: URL(filePath: CommandLine.arguments[1]))
    print(Double(document.count) / best / 1e6)
  }

  /// In seconds; waiting for a processor does not count.
  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// The whole document, written in the pieces in which a replay writes it.
  private static func report(_ transitions: [ReplayTransition]) -> [UInt8] {
    var report = ReplayJSONReport(configurationVersion: "benchmark")
    var document: [UInt8] = []
    document.reserveCapacity(32_000_000)
    document += report.head()
    for start in stride(from: 0, to: transitions.count, by: batch) {
      let end = min(start + batch, transitions.count)
      document += report.transitions(Array(transitions[start..<end]))
    }
    document += report.tail(ReplayResult(targets: []), skipped: SkippedLines())
    return document
  }

  /// Alerts of twenty instances that become pending, fire and resolve, one after the other.
  private static func transitions() -> [ReplayTransition] {
    let start = Instant(rfc3339: "2026-09-01T00:00:00Z") ?? Instant(milliseconds: 0)
    return (0..<count).map { index in
      let at = start + .seconds(index * 30)
      let breach = Breach(
        evidence: Evidence(
          first: at - .seconds(600), last: at, count: 20, longestGap: .seconds(30)),
        peak: Peak(value: Double(index % 9_973) / 10_000, at: at - .seconds(60)))
      let episode = Episode(
        breach: breach, firedAt: at, severity: .critical, labels: ["service": "answers"])
      let events: [(from: Phase.Kind, to: Transition.Event)] = [
        (.inactive, .pending), (.pending, .firing), (.firing, .resolved),
      ]
      let event = events[index % events.count]
      return ReplayTransition(
        target: "api.example", subject: nil,
        transition: Transition(
          key: AlertKey(
            rule: "provider_failure_ratio", instance: "provider-\(index / 3 % 20)"),
          from: event.from, event: event.to, at: at,
          episode: event.to == .pending ? nil : episode),
        value: .number(Double(index % 997) / 1_000), breach: breach)
    }
  }
}
