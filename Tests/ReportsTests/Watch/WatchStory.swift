@testable import AlertEngine
internal import Foundation
@testable import OpsAlerts
@testable import Reports
internal import TestSupport
internal import Testing
@testable import Text

/// Evaluates documents ten seconds apart, and shows the results to a watch.
struct WatchStory {
  static let begin = Instant(milliseconds: 1_795_000_000_000)
  static let step = Duration.seconds(10)

  var record = WatchRecord()
  var schedule = WatchSchedule(every: WatchStory.step, for: nil)
  var notices: [WatchNotice] = []
  private(set) var time = Duration.zero
  /// What the last sample changed.
  private(set) var news: [String] = []
  private let evaluator: Evaluator
  private var states: [String: TargetState] = [:]

  init(_ rules: String...) throws {
    evaluator = Evaluator(
      try Configuration.decode(
        Array("{\"rules\": [\(rules.joined(separator: ","))]}".utf8)))
  }

  static func rule(
    _ name: String, _ path: String, over limit: Double = 5, minutes: Double = 1, more: String = ""
  ) -> String {
    """
    {"name": "\(name)", "metric_path": "\(path)", "comparison": "gt", "threshold": \(limit),
     "duration_minutes": \(minutes)\(more)}
    """
  }

  var now: Instant { Self.begin + time }

  /// Takes one sample of each target; `!` for one that cannot be reached.
  mutating func sample(
    _ documents: [(String, String)], notifications: [DeliveryResult] = []
  ) throws {
    if record.samples > 0 { time += Self.step }
    schedule.begin(at: time)
    var targets: [WatchedTarget] = []
    for (name, document) in documents {
      let cause = "nothing listens\u{1b}[2J"
      let reading: Reading =
        document == "!"
        ? .unreachable(cause: cause) : .snapshot(try evaluator.read(Array(document.utf8)))
      let evaluation = evaluator.evaluate(
        reading, from: states[name] ?? TargetState(), at: now)
      states[name] = evaluation.state
      let report = TargetReport(
        name: name, metricsURL: nil, evaluation: evaluation, errors: [])
      targets.append(
        WatchedTarget(
          name: name, status: report.status, checks: evaluation.checks,
          transitions: evaluation.transitions, error: document == "!" ? cause : nil,
          latency: document == "!" ? nil : .milliseconds(212)))
    }
    let sample = WatchSample(at: now, targets: targets, notifications: notifications)
    schedule.finish(sample, at: time, now: now)
    news = record.add(sample, at: time).map(\.journalLine)
  }

  mutating func sample(_ document: String, times: Int = 1) throws {
    for _ in 0..<times { try sample([("api.example", document)]) }
  }

  mutating func wait(_ duration: Duration) { time += duration }

  func lines(
    _ columns: Int, _ rows: Int, isColored: Bool = false, isHelpOpen: Bool = false
  ) -> [String] {
    WatchView(ScreenSize(columns: columns, rows: rows), isColored: isColored).lines(
      record,
      WatchView.Moment(
        now: now, time: time, schedule: schedule, notices: notices, isHelpOpen: isHelpOpen))
  }

  func screen(_ columns: Int, _ rows: Int) -> String {
    lines(columns, rows).map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  /// Compares a screen with the approved one: `Tests/Fixtures/watch/NAME.txt`.
  ///
  /// `UPDATE_FIXTURES=1 swift test --filter WatchView` rewrites them; then look at the
  /// difference.
  static func expect(
    _ screen: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = Repository.root.appending(path: "Tests/Fixtures/watch/\(name).txt")
    if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
      try Data((screen + "\n").utf8).write(to: file)
    }
    #expect(
      try screen + "\n" == String(contentsOf: file, encoding: .utf8),
      sourceLocation: sourceLocation)
  }
}
