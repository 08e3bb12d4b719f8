internal import AlertEngine
internal import Text

/// A warning about samples of a recording.
struct ReplayWarning: Hashable {
  let sentence: String
  /// How many samples it is about.
  let samples: Int

  /// One for each kind of warning, those about the time first.
  static func all(of target: TargetRecord) -> [ReplayWarning] {
    var (ignored, setBack) = (0, 0)
    var others: [ReplayWarning] = []
    for (warning, count) in target.warnings {
      switch warning {
      case .sampleIgnored: ignored += count
      case .clockWasAhead: setBack += count
      case .noRequestCount(let path, let rules):
        others.append(
          ReplayWarning(
            sentence: "\(have(count)) no number at \(printable(path)): min_request_count of "
              + Quantity.count(rules, "rule") + " was not applied; "
              + "set evaluation.request_count_path to where it is",
            samples: count))
      case .noSnapshotTime(let path):
        others.append(
          ReplayWarning(
            sentence: "\(have(count)) no time at \(printable(path)): treated as stale",
            samples: count))
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
