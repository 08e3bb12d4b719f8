@testable internal import AlertEngine
internal import OpsAlerts

/// A replay in a test: samples in the order of time, and what was found.
struct ReplayPlay {
  struct Sample {
    var at: Instant
    var target = "api.example"
    /// `nil` where there was no snapshot.
    var body: [UInt8]?
  }

  private(set) var transitions: [ReplayTransition] = []
  private(set) var result = ReplayResult(targets: [])

  init(_ samples: [Sample], by configuration: Configuration, whatIf requests: [String] = []) throws
  {
    let whatIf = try WhatIf(requests, in: configuration)
    var lane = Lane(configuration)
    var comparison = VariantComparison(whatIf.variants)
    var lanes = whatIf.variants.map { variant in
      var own = configuration
      own.rules = [variant.rule]
      return Lane(own)
    }
    for sample in samples {
      transitions += try lane.judge(sample)
      for index in lanes.indices {
        for transition in try lanes[index].judge(sample)
        where transition.transition.key.rule != EndpointSettings.ruleName {
          comparison.take(transition, of: index)
        }
      }
    }
    let lags = comparison.finished()
    result = ReplayResult(
      targets: lane.finish(),
      variants: whatIf.variants.indices.map { index in
        let tallies = lanes[index].finish().flatMap(\.tallies).filter { $0.subject.rule != nil }
        return VariantRecord(whatIf.variants[index], tallies: tallies, lag: lags[index])
      }, notes: whatIf.notes)
  }

  init(_ lines: [RecordingLine], by configuration: Configuration, whatIf: [String] = []) throws {
    let samples = lines.map { line in
      switch line.content {
      case .snapshot(let body): Sample(at: line.observedAt, target: line.target, body: body)
      case .error: Sample(at: line.observedAt, target: line.target)
      }
    }
    try self.init(samples, by: configuration, whatIf: whatIf)
  }

  /// The report in pieces of so many transitions, put together.
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
}

extension ReplayPlay {
  /// What one set of rules says of all targets.
  private struct Lane {
    private let evaluator: Evaluator
    private var states: [String: TargetState] = [:]
    private var records: [TargetRecord] = []

    init(_ configuration: Configuration) { evaluator = Evaluator(configuration) }

    mutating func judge(_ sample: Sample) throws -> [ReplayTransition] {
      let reading: Reading =
        try sample.body.map { .snapshot(try evaluator.read($0)) } ?? .unreachable(cause: "down")
      let evaluation = evaluator.evaluate(
        reading, from: states[sample.target] ?? TargetState(), at: sample.at)
      states[sample.target] = evaluation.state
      if !records.contains(where: { $0.name == sample.target }) {
        records.append(TargetRecord(name: sample.target, first: sample.at))
      }
      let place = records.firstIndex { $0.name == sample.target } ?? 0
      var record = records[place]
      let transitions = evaluation.transitions.map { transition in
        let tally = record.tallies.firstIndex { $0.key == transition.key }
        let told = ReplayTransition(
          target: sample.target, transition, among: evaluation.checks,
          before: tally.map { record.tallies[$0] })
        if let tally { record.tallies[tally].take(transition) }
        return told
      }
      for check in evaluation.checks {
        if !record.tallies.contains(where: { $0.key == check.key }) {
          record.tallies.append(AlertTally(check.subject, instance: check.instance))
          if let begin = evaluation.transitions.first(where: { $0.key == check.key }) {
            record.tallies[record.tallies.count - 1].take(begin)
          }
        }
        let tally = record.tallies.firstIndex { $0.key == check.key } ?? 0
        record.tallies[tally].take(check, at: sample.at)
      }
      record.samples += 1
      if sample.body == nil { record.unreachable += 1 }
      if sample.at - record.last > record.longestStep {
        record.longestStep = sample.at - record.last
        record.longestStepAt = record.last
      }
      record.last = sample.at
      for warning in evaluation.warnings { record.warnings[warning, default: 0] += 1 }
      records[place] = record
      return transitions
    }

    func finish() -> [TargetRecord] {
      records.map { record in
        var record = record
        let alerts = states[record.name]?.alerts ?? [:]
        record.tallies = record.tallies.map {
          $0.finished(at: record.last, in: alerts[$0.key]?.phase)
        }
        return record
      }
    }
  }
}
