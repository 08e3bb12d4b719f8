package import JSON
internal import Prometheus
package import Text

/// A rule test as it was played, for another program to play again.
package struct PlayedRuleTest: Sendable {
  package struct Series: Sendable {
    /// Where it is in JSON; `nil` for a series of Prometheus text.
    package var path: MetricPath?
    /// The name of a series of Prometheus text, and its labels.
    package var name = ""
    package var labels: [String: String] = [:]
    /// One for each sample.
    package var cells: [Cell]
  }

  package enum Cell: Hashable, Sendable {
    case scalar(Scalar)
    /// Nothing, or `null`.
    case missing
    /// There is no snapshot.
    case down
  }

  /// An alert, sample by sample.
  package struct Alert: Sendable {
    package var key: AlertKey
    package var labels: [String: String]
    /// Whether it is firing or recovering after each sample.
    package var firing: [Bool]
    /// Whether an unknown sample left it as it was, although it was not inactive.
    package var holds: Bool
    /// Whether an instance was bad because it had no usable value.
    package var lacksValue = false
  }

  package let name: String
  package let target: String?
  package let format: SnapshotFormat
  /// The time between two samples; `nil` if it is not always the same.
  package let interval: Duration?
  package let start: Instant
  package let series: [Series]
  /// The rules under test.
  package let rules: Set<String>
  /// All alerts that the rules under test had, sorted.
  package let alerts: [Alert]

  /// Plays a test.
  package init(_ test: RuleTest, by evaluator: Evaluator) {
    name = test.name
    target = test.target
    format = test.format
    start = test.start
    let step = test.times.count > 1 ? test.times[1] - test.times[0] : .seconds(60)
    let isRegular = (0..<test.times.count).allSatisfy { test.times[$0] == step * $0 }
    interval = isRegular ? step : nil
    rules = test.scope
    var cursors = test.series.map(SampleSeries.Cursor.init)
    var cells = [[Cell]](repeating: [], count: cursors.count)
    for _ in 0..<test.times.count {
      for index in cursors.indices { cells[index].append(Cell(cursors[index].next())) }
    }
    series = zip(test.document.keys, cells).map { key, cells in
      switch key {
      case .path(let path): Series(path: path, cells: cells)
      case .metric(let metric):
        Series(name: metric.name, labels: metric.fixedLabels, cells: cells)
      }
    }
    var alerts: [AlertKey: Alert] = [:]
    test.play(evaluator) { moment in
      for check in moment.evaluation.checks where test.scope.contains(check.key.rule) {
        let labels = check.details?.labels ?? [:]
        let fresh = Alert(
          key: check.key, labels: labels,
          firing: Array(repeating: false, count: alerts[check.key] == nil ? test.times.count : 0),
          holds: false)
        alerts[check.key, default: fresh].firing[moment.sample] = check.phase.isOpen
        if case .unknown = check.observation, check.phase.kind != .inactive {
          alerts[check.key]?.holds = true
        }
        if case .bad(.missing) = check.observation, check.key.instance != nil {
          alerts[check.key]?.lacksValue = true
        }
        if !labels.isEmpty { alerts[check.key]?.labels = labels }
      }
    }
    self.alerts = alerts.values.sorted { $0.key < $1.key }
  }
}

extension PlayedRuleTest.Cell {
  fileprivate init(_ cell: SampleSeries.Cell) {
    switch cell {
    case .scalar(let scalar): self = .scalar(scalar)
    case .null, .missing: self = .missing
    case .down: self = .down
    }
  }
}
