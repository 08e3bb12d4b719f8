internal import AlertEngine
internal import Text

/// A warning about samples of a recording.
struct ReplayWarning: Hashable {
  let sentence: String
  /// How many samples it is about.
  let samples: Int

  /// One for each kind of warning, those about time first.
  static func all(of target: TargetRecord) -> [ReplayWarning] {
    var (ignored, setBack) = (0, 0)
    var others: [ReplayWarning] = []
    for (warning, count) in target.warnings {
      switch warning {
      case .sampleIgnored: ignored += count
      case .clockWasAhead: setBack += count
      case .noRequestCount(let path, let found, let rules):
        let lack = Evaluation.Warning.lack(path, found, rules)
        others.append(ReplayWarning(sentence: "\(have(count)) \(lack)", samples: count))
      case .noSnapshotTime(let path):
        let lack = Evaluation.Warning.lack(path)
        others.append(ReplayWarning(sentence: "\(have(count)) \(lack)", samples: count))
      }
    }
    var all: [ReplayWarning] = []
    if ignored > 0 {
      all.append(
        ReplayWarning(
          sentence: Quantity.count(ignored, "sample")
            + " ignored: not newer than the previous one",
          samples: ignored))
    }
    if setBack > 0 {
      all.append(
        ReplayWarning(
          sentence: "the clock was set back " + Quantity.times(setBack)
            + ": pending and recovery evidence was reset",
          samples: setBack))
    }
    return all + others.sorted { $0.sentence < $1.sentence }
  }

  private static func have(_ samples: Int) -> String {
    samples == 1 ? "1 sample has" : "\(samples) samples have"
  }
}
