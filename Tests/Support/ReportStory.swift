package import AlertEngine
package import Reports
internal import Testing
package import Text

/// A reported run: the responses of some targets, ten minutes apart, and the deliveries.
package struct ReportStory: CustomTestStringConvertible, Sendable {
  package let name: String
  package var rules: [String] = []
  /// The snapshot of each target in each run; `!` and a cause if there was none.
  package var targets: [(name: String, answers: [String])] = []
  package var notifications: [DeliveryResult] = []
  package var errors: [String] = []

  package init(
    name: String, rules: [String] = [], targets: [(name: String, answers: [String])] = [],
    notifications: [DeliveryResult] = [], errors: [String] = []
  ) {
    self.name = name
    self.rules = rules
    self.targets = targets
    self.notifications = notifications
    self.errors = errors
  }

  package var testDescription: String { name }

  package static let origin = Instant(milliseconds: 1_795_000_000_000)

  /// The report of the last run.
  package func report() throws -> RunReport {
    let configuration = try Configuration.decode(
      Array("{\"rules\": [\(rules.joined(separator: ","))]}".utf8))
    let evaluator = Evaluator(configuration)
    let runs = targets.map(\.answers.count).max() ?? 1
    let now = Self.origin + .minutes(Double(runs - 1) * 10)
    return RunReport(
      generatedAt: now, configurationVersion: nil,
      targets: try targets.map { try target($0, by: evaluator) }, notifications: notifications,
      errors: errors)
  }

  private func target(
    _ target: (name: String, answers: [String]), by evaluator: Evaluator
  ) throws -> TargetReport {
    var state = TargetState()
    var report: TargetReport?
    for (index, answer) in target.answers.enumerated() {
      let cause =
        answer.utf8.first == UInt8(ascii: "!")
        ? String(answer.unicodeScalars.dropFirst()) : nil
      let reading: Reading =
        try cause.map { $0.isEmpty ? .notAttempted : .unreachable(cause: $0) }
        ?? .snapshot(try evaluator.read(Array(answer.utf8)))
      let evaluation = evaluator.evaluate(
        reading, from: state, at: Self.origin + .minutes(Double(index) * 10))
      state = evaluation.state
      report = TargetReport(
        name: target.name, metricsURL: "https://\(target.name).example/ops/metrics",
        evaluation: evaluation, errors: cause.map { [$0] } ?? [])
    }
    return try #require(report)
  }

  package static func rule(
    _ name: String, _ path: String, minutes: Int = 10, _ more: String = ""
  ) -> String {
    """
    {"name": "\(name)", "metric_path": "\(path)", "comparison": "gt", "threshold": 0.05,
     "duration_minutes": \(minutes), "unit": "ratio"\(more.isEmpty ? "" : ", ")\(more)}
    """
  }
}

extension ReportStory {
  /// Different kinds of runs, by the names of their fixtures.
  package static let table = [
    ReportStory(
      name: "firing", rules: firingRules,
      targets: [
        (
          "production",
          [
            #"{"a":0.01,"b":0.01,"d":0.01,"w":0.2,"s":{"X":0,"Y":0}}"#,
            #"{"a":0.02,"b":0.01,"d":0.09,"w":0.2,"s":{"X":1,"Y":0}}"#,
            #"{"a":0.01,"b":0.06,"d":0.0712,"w":0.2,"s":{"X":1,"Y":0}}"#,
          ]
        )
      ]),
    ReportStory(
      name: "ending",
      rules: [
        rule("slowly", "a", minutes: 0, #""recovery_minutes": 20, "recovery_threshold": 0.03"#),
        rule("over", "b"), rule("never", "c", minutes: 30),
        rule("source", "s.*", minutes: 0, #""max_gap_minutes": 15"#),
      ],
      targets: [
        (
          "production",
          [
            #"{"a":0.1,"b":0.1,"c":0,"s":{"X":1,"Z":0}}"#,
            #"{"a":0.1,"b":0.1,"c":0,"s":{"Z":0}}"#, #"{"a":0.1,"b":0.1,"c":1,"s":{"Z":0}}"#,
            #"{"a":0.01,"b":0.01,"c":0,"s":{"Z":0}}"#,
          ]
        )
      ]),
    ReportStory(
      name: "healthy", rules: [rule("calm", "a"), rule("few", "a", #""min_request_count": 20"#)],
      targets: [("production", [#"{"a":0,"request_metrics":{"requests":{"total":3}}}"#])]),
    ReportStory(
      name: "blind", rules: [rule("error_rate", "a", minutes: 0), rule("other", "b")],
      targets: [
        ("eu", [#"{"a":1,"b":0}"#, "!the service fails (503): look at its log"]),
        ("us", [#"{"a":0,"b":0}"#, #"{"a":0,"b":0}"#]),
      ]),
    ReportStory(
      name: "targets",
      rules: [rule("error_rate", "a"), rule("hits", "b", minutes: 0), rule("x", "c")],
      targets: manyTargets),
    ReportStory(
      name: "notified", rules: [rule("error_rate", "a", minutes: 0)],
      targets: [("production", [#"{"a":0.1}"#])],
      notifications: [
        .init(receiver: "chat", notification: .sample(), outcome: .delivered),
        .init(
          receiver: "pager", notification: .sample(), outcome: .deferred,
          reason: .broken("401 Unauthorized")),
        .init(
          receiver: "hook", notification: .sample(), outcome: .deferred,
          reason: .text("503, no time left")
        ),
        .init(
          receiver: "mail", notification: .sample(), outcome: .dead, reason: .text("exit code 67")),
        .init(
          receiver: "issues", notification: .sample(.resolved), outcome: .skipped,
          reason: .notSetUp),
      ],
      errors: ["cannot write state.json: the disk is full"]),
    ReportStory(name: "nothing", rules: [rule("r", "a")], errors: ["another run holds the lock"]),
  ]

  private static let firingRules = [
    rule("fine", "a"), rule("waits", "b", #""breach_status": "warn", "severity": "error""#),
    rule("lost", "c", #""on_missing": "hold""#), rule("gone", "c"),
    rule(
      "burns", "d",
      """
      "recovery_threshold": 0.03, "summary": "Requests end in an error", "owner": "@payments",
      "runbook": "docs/run book.md", "dashboard": "https://grafana.example/d/x?a=1&b=2"
      """),
    rule("warns", "w", #""breach_status": "warn", "runbook": "https://runbooks.example/w""#),
    rule("few", "a", #""min_request_count": 20"#), rule("source", "s.*", minutes: 0),
  ]

  private static let manyTargets: [(name: String, answers: [String])] = {
    let good = #"{"a":0,"b":0,"c":0}"#
    let dead = (1...5).map { number -> (name: String, answers: [String]) in
      (
        "dead\(number)",
        [
          good, "!nothing listens on dead\(number).example:443",
          "!nothing listens on dead\(number).example:443",
        ]
      )
    }
    return dead + [
      ("fine1", [good, good, good]),
      ("bad", [good, #"{"a":0.1,"b":0,"c":0}"#, #"{"a":0.1,"b":1,"c":0}"#]),
      ("fine2", [good, good, good]), ("late", [good, good, "!"]),
    ]
  }()
}
