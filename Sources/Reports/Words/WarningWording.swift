package import AlertEngine
internal import Text

extension Evaluation.Warning {
  /// One sentence for standard error.
  package var sentence: String {
    switch self {
    case .sampleIgnored(let now, let last):
      "this sample (\(now.rfc3339)) is not newer than the last one (\(last.rfc3339)): it was "
        + "ignored, and the state is unchanged"
    case .clockWasAhead(let duration):
      "the state was written \(Quantity.text(duration)) ahead of this clock: pending and recovery "
        + "evidence was reset; firing alerts keep firing"
    case .noRequestCount(let path, let found, let rules):
      "the snapshot has \(Self.lack(path, found, rules))"
    case .noSnapshotTime(let path): "the snapshot has \(Self.lack(path))"
    }
  }

  /// What a snapshot without a request count lacks, and the consequence.
  static func lack(_ path: String, _ found: String, _ rules: Int) -> String {
    let isAbsent = found == "nothing"
    let rules = Quantity.count(rules, "rule")
    return "\(isAbsent ? "no number" : "\(found) instead of a count") at \(printable(path)): "
      + "min_request_count of \(rules) was not applied"
      + (isAbsent ? "; set evaluation.request_count_path to where it is" : "")
  }

  /// What a snapshot without a timestamp lacks, and the consequence.
  static func lack(_ path: String) -> String {
    "no time at \(printable(path)) (snapshot_time_path): it is treated as stale"
  }
}
