internal import AlertEngine
internal import Text

/// What was replayed, and the result, in the last lines of a report.
struct ReplaySummary {
  let result: ReplayResult

  init(_ result: ReplayResult) {
    self.result = result
  }

  var lines: [String] { recording + ReplayTextReport.wrapped(verdict, indent: 0) }

  /// What was replayed, of each target.
  var recording: [String] {
    result.targets.flatMap(facts).flatMap { ReplayTextReport.wrapped($0, indent: 0) }
  }

  /// The recording of a target: how much, how often, and its warnings.
  private func facts(of target: TargetRecord) -> [String] {
    let name = result.targets.count > 1 ? printable(target.name) + ", " : ""
    let snapshots = target.snapshots
    var text =
      name + "\(target.first.dayAndTime) to \(target.last.dayAndTime) \(target.last.zoneLabel): "
    text += Quantity.count(snapshots, "snapshot")
    if target.samples > 1 {
      let mean = target.elapsed / (target.samples - 1)
      text += ", one every \(Quantity.text(mean.rounded))"
      if target.longestStep > mean * 2, let at = target.longestStepAt {
        text += ", longest step \(Quantity.text(target.longestStep)) from \(at.dayAndTime)"
      }
    }
    let unreachable = target.samples - snapshots
    if unreachable > 0 {
      text += "; \(Quantity.count(unreachable, "sample")) without a snapshot"
    }
    return [text] + ReplayWarning.all(of: target).map { "warning: \($0.sentence)" }
  }

  private var verdict: String {
    guard let span = result.span, result.isJudged else {
      return "replay: no snapshot was evaluated"
    }
    let tallies = result.targets.flatMap(\.tallies)
    let fired = result.targets.reduce(0) { $0 + $1.fired }
    let names = Set(tallies.map(\.key.rule))
    let noisy = Set(tallies.filter { $0.firings.count > 0 }.map(\.key.rule))
    let untold = result.targets.reduce(0) { $0 + $1.untold }
    let alerts =
      (fired == untold ? "no alerts" : Quantity.count(fired - untold, "alert"))
      + (untold > 0 ? " and \(untold) in maintenance" : "")
    let rules = Quantity.count(names.count, "rule")
    let isPart = !noisy.isEmpty && noisy.count < names.count
    let of = isPart ? "from \(noisy.count) of \(rules)" : "from \(rules)"
    let place =
      result.targets.count == 1
      ? printable(result.targets[0].name) : "\(result.targets.count) targets"
    let duration = Quantity.text(span.upperBound - span.lowerBound)
    return "replay: \(alerts) \(of) in \(duration) · \(place)"
  }
}

extension Duration {
  /// Whole minutes if it is close to that: schedules are off by seconds.
  fileprivate var rounded: Duration {
    guard self >= .seconds(120) else { return self }
    let minutes = inMinutes
    return abs(minutes - minutes.rounded()) < 0.25 ? .minutes(minutes.rounded()) : self
  }
}
