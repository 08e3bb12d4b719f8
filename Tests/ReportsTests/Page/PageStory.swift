internal import TestSupport

@testable import AlertEngine
@testable import Reports
internal import Testing
@testable import Text

/// A recording for a page: the snapshots of targets, minute by minute.
struct PageStory: CustomTestStringConvertible, Sendable {
  let name: String
  var rules: [String]
  /// The samples, in minutes since the start; without a body, the endpoint was down.
  var samples: [(minute: Double, body: String?)]
  var targets = ["production"]
  var facts = ReplayPage.Facts(configuration: "rules.json", files: ["recording.jsonl"])
  /// The variants that are also evaluated.
  var whatIf: [String] = []

  var testDescription: String { name }

  /// A Wednesday, 09:00 UTC.
  static let origin = Instant(milliseconds: 1_772_010_000_000)

  private func samples(_ evaluator: Evaluator) throws -> [RecordedSample] {
    try samples.flatMap { sample in
      let reading: Reading =
        try sample.body.map { .snapshot(try evaluator.read(Array($0.utf8))) }
        ?? .unreachable(cause: "nothing listens on api.example:443")
      return targets.map {
        RecordedSample(
          observedAt: Self.origin + .minutes(sample.minute), target: $0, reading: reading)
      }
    }
  }

  func result() throws -> (ReplayResult, [ReplayTransition]) {
    let configuration = try Configuration.decode(
      Array("{\"rules\": [\(rules.joined(separator: ","))]}".utf8))
    let evaluator = Evaluator(configuration)
    var lane = ReplayLane(evaluator, isDrawn: true)
    var transitions: [ReplayTransition] = []
    lane.judge(try samples(evaluator)) { transitions.append($1) }
    var result = ReplayResult(targets: lane.finish())
    let asked = try WhatIf(whatIf, in: configuration)
    let variants = asked.variants
    var comparison = VariantComparison(variants)
    let evaluators = Evaluator.sharingSnapshots(
      variants.map { variant in
        var part = configuration
        part.rules = [variant.rule]
        return Evaluator.Part(part, judgesEndpoint: false)
      })
    var lanes = evaluators.map { ReplayLane($0) }
    for sample in evaluators.isEmpty ? [] : try samples(evaluators[0]) {
      for index in lanes.indices {
        lanes[index].judge([sample]) { comparison.take($1, of: index) }
      }
    }
    for ((variant, lane), lag) in zip(zip(variants, lanes), comparison.finished()) {
      result.variants.append(
        VariantRecord(variant, records: lane.finish(), lag: lag))
    }
    result.notes = asked.notes
    return (result, transitions)
  }

  func page() throws -> String {
    let (result, transitions) = try result()
    return String(
      decoding: ReplayPage.render(result, transitions: transitions, facts: facts), as: UTF8.self)
  }
}

extension PageStory {
  /// Recordings of all kinds, by the names of their fixtures.
  static let table = [incident, three]

  private static func rule(_ name: String, _ path: String, _ threshold: String, _ more: String)
    -> String
  {
    """
    {"name": "\(name)", "metric_path": "\(path)", "comparison": "gt", "threshold": \(threshold), \(more)}
    """
  }

  /// Two hours, one sample a minute: an outage, a gap, a metric that is missing for a while.
  static let incident: PageStory = {
    let rules = [
      rule(
        "error_rate", "errors", "0.05",
        """
        "recovery_threshold": 0.03, "duration_minutes": 10, "recovery_minutes": 6, "unit": "ratio",
        "summary": "Requests end in an error", "runbook": "https://runbooks.example/errors",
        "owner": "@payments", "min_request_count": 20
        """),
      rule(
        "latency_p95_ms", "p95", "8000",
        #""duration_minutes": 15, "unit": "ms", "breach_status": "warn""#),
      rule(
        "source_age", "age.*", "3600",
        #""duration_minutes": 0, "unit": "s", "on_missing": "hold""#),
      #"{"name": "mode", "metric_path": "mode", "comparison": "ne", "threshold": "live", "#
        + #""duration_minutes": 5, "max_gap_minutes": 10}"#,
    ]
    var generator = SplitMix64(seed: 7)
    let samples = (0..<120).compactMap { minute -> (minute: Double, body: String?)? in
      func jitter(_ range: Int) -> Int { Int(generator.next() % UInt64(range)) }
      // No samples for twenty minutes.
      if (84..<104).contains(minute) { return nil }
      if (56..<62).contains(minute) { return (Double(minute), nil) }
      let isBad = (24..<52).contains(minute)
      let errors = Double((isBad ? 90 : 8) + jitter(isBad ? 60 : 9)) / 1_000
      let latency = 2_100 + jitter(900) + ((30..<42).contains(minute) ? 8_000 : 0)
      let age = (70..<78).contains(minute) ? "null" : "\(600 + minute * 27)"
      let count = (12..<17).contains(minute) ? 3 : 400
      return (
        Double(minute),
        """
        {"errors":\(errors),"p95":\(latency),"age":{"A":\(age),"B":\(120 + jitter(60))},\
        "mode":"\((106..<114).contains(minute) ? "maintenance" : "live")",\
        "request_metrics":{"requests":{"total":\(count)}}}
        """
      )
    }
    return PageStory(
      name: "incident", rules: rules, samples: samples,
      facts: ReplayPage.Facts(
        configuration: "config/ops_alert_thresholds.json", configurationVersion: "7",
        files: ["monday.jsonl", "tuesday.jsonl"],
        skipped: SkippedLines(
          total: 3,
          first: [
            .init(file: "monday.jsonl", line: 17, column: 4, reason: "expected a value"),
            .init(file: "tuesday.jsonl", line: 2, column: 1, reason: "the line is no sample"),
          ]), from: origin),
      whatIf: ["error_rate: threshold=0.02,0.05,0.1, duration_minutes=5,10,15"])
  }()

  /// Three samples of one rule.
  static let three = PageStory(
    name: "three", rules: [rule("error_rate", "e", "0.05", #""duration_minutes": 10"#)],
    samples: [(0, #"{"e":0.01}"#), (10, #"{"e":0.07}"#), (20, #"{"e":0.08}"#)])

  /// A long recording, one sample a minute.
  static func long(_ minutes: Int) -> PageStory {
    var generator = SplitMix64(seed: 1)
    let samples = (0..<minutes).map { minute -> (minute: Double, body: String?) in
      let day = minute % 1_440
      let noise = Int(generator.next() % 1_000)
      let isBad = minute % 7_000 > 6_900 || noise == 0
      let value = 200 + abs(day - 720) / 4 + noise / 8 + (isBad ? 900 : 0)
      return (Double(minute), noise == 1 ? nil : "{\"v\":\(value)}")
    }
    return PageStory(
      name: "long", rules: [rule("value", "v", "800", #""duration_minutes": 10, "unit": "ms""#)],
      samples: samples)
  }
}
