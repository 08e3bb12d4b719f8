internal import AlertEngine

/// A whole run in a line.
struct SummaryWording {
  let report: RunReport

  init(_ report: RunReport) {
    self.report = report
  }

  /// `1 firing, 2 ok of 3 checks`.
  var counts: String {
    guard !report.targets.isEmpty else { return "nothing was evaluated" }
    var counts: [ReportState: Int] = [:]
    var total = 0
    for check in report.checks {
      counts[ReportState(check), default: 0] += 1
      total += 1
    }
    let parts = ReportState.allCases.compactMap { state in
      counts[state].map { "\($0) \(state.rawValue)" }
    }
    return "\(parts.joined(separator: ", ")) of \(total.checks)"
  }

  /// What was evaluated: `api.example`, or `1000 targets, 100 without a snapshot`.
  var targets: String? {
    guard report.targets.count != 1 else { return printable(report.targets[0].name) }
    guard !report.targets.isEmpty else { return nil }
    let blind = report.targets.count { !$0.errors.isEmpty }
    return "\(report.targets.count) targets" + (blind > 0 ? ", \(blind) without a snapshot" : "")
  }

  var time: String { "\(report.generatedAt.dayAndTime) UTC" }

  /// What was evaluated, and when.
  var place: String { [targets, time].compactMap(\.self).joined(separator: " · ") }
}
