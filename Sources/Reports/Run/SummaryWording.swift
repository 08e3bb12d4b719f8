internal import AlertEngine
internal import Text

/// A whole run in one line.
struct SummaryWording {
  let report: RunReport

  init(_ report: RunReport) {
    self.report = report
  }

  /// `1 firing, 2 ok of 3 checks`.
  var counts: String {
    var counts: [ReportState: Int] = [:]
    for check in report.checks { counts[ReportState(check), default: 0] += 1 }
    let quiet = report.checks.count { $0.suppression != nil && $0.status != .pass }
    return ReportState.words(counts) + (quiet > 0 ? ", \(quiet) silenced or inhibited" : "")
  }

  /// What was evaluated: `api.example`, or `1000 targets, 100 without a snapshot`.
  var targets: String? {
    guard report.targets.count != 1 else { return printable(report.targets[0].name) }
    guard !report.targets.isEmpty else { return nil }
    let unreachable = report.targets.count { !$0.errors.isEmpty }
    return "\(report.targets.count) targets"
      + (unreachable > 0 ? ", \(unreachable) without a snapshot" : "")
  }

  var time: String { "\(report.generatedAt.dayAndTime) \(report.generatedAt.zoneLabel)" }

  /// What was evaluated, and when.
  var place: String { [targets, time].compactMap(\.self).joined(separator: " · ") }
}
