internal import JSON
internal import Text

extension RuleTest {
  /// One evaluated sample.
  struct Moment {
    /// Counted from 0.
    let sample: Int
    let evaluation: Evaluation
  }

  /// Evaluates one sample after the other as `evaluate` does: each document is parsed, and
  /// evaluated with the state that the previous one left.
  func play(_ evaluator: Evaluator, _ look: (Moment) -> Void) {
    var cursors = series.map(SampleSeries.Cursor.init)
    var state = TargetState()
    for sample in 0..<times.count {
      let cells = cursors.indices.map { cursors[$0].next() }
      let evaluation = evaluator.evaluate(
        reading(cells, by: evaluator), of: target, as: format, from: state,
        at: start + times[sample])
      state = evaluation.state
      look(Moment(sample: sample, evaluation: evaluation))
    }
  }

  private func reading(_ cells: [SampleSeries.Cell], by evaluator: Evaluator) -> Reading {
    guard !cells.contains(.down) else {
      return .unreachable(cause: "as the test specifies")
    }
    do throws(JSONFailure) {
      return .snapshot(try evaluator.read(document.text(cells), as: format))
    } catch {
      return .unreachable(cause: error.description)
    }
  }
}
