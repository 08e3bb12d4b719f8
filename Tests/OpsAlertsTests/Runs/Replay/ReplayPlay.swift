@testable import AlertEngine
@testable import OpsAlerts
@testable import Reports
@testable import Text

/// A replay in a test: samples in time order, and the results.
struct ReplayPlay {
  struct Sample {
    var at: Instant
    var target = "api"
    /// `nil` if there was no snapshot.
    var body: [UInt8]?
  }

  private(set) var transitions: [ReplayTransition] = []
  private(set) var result = ReplayResult(targets: [])

  init(_ samples: [Sample], by configuration: Configuration, whatIf requests: [String] = []) throws
  {
    let whatIf = try WhatIf(requests, in: configuration)
    var lane = Lane(configuration)
    var lanes = whatIf.variants.map { variant in
      var own = configuration
      own.rules = [variant.rule]
      return Lane(own, tellsEndpoint: false)
    }
    var comparison = VariantComparison(whatIf.variants)
    for sample in samples {
      transitions += try lane.judge(sample)
      for index in lanes.indices {
        for transition in try lanes[index].judge(sample) { comparison.take(transition, of: index) }
      }
    }
    let lags = comparison.finished()
    result = ReplayResult(
      targets: lane.lane.finish(),
      variants: whatIf.variants.indices.map { index in
        VariantRecord(
          whatIf.variants[index], records: lanes[index].lane.finish(),
          lag: lags[index])
      }, notes: whatIf.notes)
  }

  init(_ lines: [RecordingLine], by configuration: Configuration, whatIf: [String] = []) throws {
    let samples = lines.map { line in
      switch line.content {
      case .snapshot(let body), .text(let body):
        Sample(at: line.observedAt, target: line.target, body: body)
      case .responseOnly, .error: Sample(at: line.observedAt, target: line.target)
      }
    }
    try self.init(samples, by: configuration, whatIf: whatIf)
  }

  /// The report, joined from pieces of this many transitions.
  func render(
    _ report: some ReplayReport, skipped: SkippedLines = SkippedLines(), pieces: Int = 3
  ) -> String {
    var report = report
    var bytes = report.head()
    for start in stride(from: 0, to: transitions.count, by: pieces) {
      bytes += report.transitions(Array(transitions[start...].prefix(pieces)))
    }
    bytes += report.tail(result, skipped: skipped)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A lane that reads its snapshots itself.
  private struct Lane {
    private let evaluator: Evaluator
    private(set) var lane: ReplayLane

    init(_ configuration: Configuration, tellsEndpoint: Bool = true) {
      let part = Evaluator.Part(configuration, judgesEndpoint: tellsEndpoint)
      evaluator = Evaluator.sharingSnapshots([part])[0]
      lane = ReplayLane(evaluator)
    }

    mutating func judge(_ sample: Sample) throws -> [ReplayTransition] {
      let reading: Reading =
        try sample.body.map { .snapshot(try evaluator.read($0)) } ?? .unreachable(cause: "down")
      var transitions: [ReplayTransition] = []
      lane.judge([RecordedSample(observedAt: sample.at, target: sample.target, reading: reading)]) {
        transitions.append($1)
      }
      return transitions
    }
  }
}
