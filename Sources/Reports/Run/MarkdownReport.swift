internal import AlertEngine
internal import Text

/// The report as Markdown, such as for the summary of a workflow step.
///
/// All untrusted text is in code spans: none of it becomes a link, a mention, an image or HTML.
package struct MarkdownReport {
  /// The limit for one step on GitHub, in bytes: just under 1 MiB.
  package static let limit = (1 << 20) - 1

  private let report: RunReport
  private let place: (String) -> String
  private let digest: ReportDigest
  let now: Instant

  /// - Parameters:
  ///   - report: the run.
  ///   - place: turns a file of the repository into the address of its page, if known.
  package init(_ report: RunReport, place: @escaping (String) -> String) {
    self.report = report
    self.place = place
    digest = ReportDigest(report)
    now = report.generatedAt
  }

  /// The document, truncated if it is too long.
  ///
  /// - Parameter limit: the largest size in bytes.
  /// - Returns: Markdown that ends with a line break, or nothing if there is no room at all.
  package func render(limit: Int = MarkdownReport.limit) -> String {
    var document = MarkdownSections(begin: begin)
    let errors = report.errors.map { "- ❌ \(MarkdownText.code($0, limit: 1_000))\n" }
    document.add("**Errors in this run**\n\n", errors.map { (.errors, $0) }, noun: "errors")
    let notified = NotificationLines(report.notifications, seenAt: report.generatedAt).lines
    add("Not notified", notified.filter(\.isFailure), to: &document)
    for part in digest.attention { add(part, to: &document) }
    add("Held back", notified.filter { $0.outcome == .held }, to: &document)
    add("Notified", notified.filter { $0.outcome == .delivered }, to: &document)
    if digest.isLong { addHealthyTargets(to: &document) } else { addHealthyChecks(to: &document) }
    return document.text(limit: limit)
  }

  private var begin: String {
    let summary = SummaryWording(report)
    let icon =
      switch report.status {
      case .pass: "🟢"
      case .warn: "🟡"
      case .fail: "🔴"
      }
    let targets = summary.targets.map {
      digest.targets.count == 1 ? MarkdownText.code($0, limit: 200) : $0
    }
    let place = [targets, summary.time].compactMap(\.self).joined(separator: " · ")
    return "## \(icon) \(report.status.rawValue): \(summary.counts)\n\n\(place)\n\n"
  }

  private func add(_ part: ReportDigest.Part, to document: inout MarkdownSections) {
    switch part {
    case .target(let target):
      let shown = target.entries.filter { !$0.isHealthy }
      let unreachable = digest.isLong ? shown.filter(\.isUnreachable) : []
      let isUnreachable = unreachable.count > ReportDigest.unreachableTargets
      let listed = isUnreachable ? shown.filter { !$0.isUnreachable } : shown
      let rows = listed.map { MarkdownRow($0, seenAt: now, place: place) }
      var heading = ""
      if digest.targets.count > 1 {
        let name = MarkdownText.code(target.target.name, limit: 120)
        heading =
          "### \(rows.first?.state.icon ?? "") \(name): \(target.target.status.rawValue)\n\n"
      }
      document.add(
        heading + MarkdownRow.tableHead, rows.map { ($0.weight, $0.line) }, noun: "checks")
      document.add(
        "", rows.compactMap { row in row.details.map { (row.detailsWeight, $0) } },
        noun: "details of checks")
      guard isUnreachable, let check = unreachable.first?.check else { return }
      let words = MarkdownText.code(CheckWording(check, seenAt: now).valueAgainstLimit)
      document.add(
        "", [(.unknown, "⚪ \(Quantity.count(unreachable.count, "check")), \(words)\n")],
        noun: "notes")
    case .unreachable(let targets):
      guard let group = UnreachableGroup(targets, seenAt: now) else { return }
      let row = MarkdownRow(group, place: place)
      let heading = "### \(row.state.icon) \(targets.count) targets: "
      let names = listed(group.names.map { MarkdownText.code($0) }, most: 200)
      document.add(
        heading + "\(targets[0].target.status.rawValue)\n\n" + MarkdownRow.tableHead,
        [(row.weight, row.line)], noun: "checks")
      document.add(
        "",
        [row.details, "- \(names)\n"].compactMap(\.self).map { (row.detailsWeight, $0) },
        noun: "details of checks")
    }
  }

  private func add(
    _ heading: String, _ notified: [NotificationLine], to document: inout MarkdownSections
  ) {
    let lines = notified.map { line -> (weight: MarkdownSections.Weight, text: String) in
      let names = listed(
        line.alerts.map { MarkdownText.code($0) }, of: line.alerts.count + line.more)
      let verdict = line.isFailure ? "❌ **\(line.verdict)**" : line.verdict
      var text = "- \(verdict) "
      text += "\(MarkdownText.code(line.receiver)): \(line.counts) (\(names))"
      text += line.ending ?? ""
      text += line.reason.map { ": \(MarkdownText.code($0))" } ?? ""
      return (line.isFailure ? .notNotified : .notified, text + "\n")
    }
    document.add("**\(heading)**\n\n", lines, noun: "notifications")
  }

  /// The healthy checks of each target, folded.
  private func addHealthyChecks(to document: inout MarkdownSections) {
    for digest in digest.targets {
      let healthy = digest.entries.filter(\.isHealthy)
      let rows = healthy.map { MarkdownRow.shortLine($0, seenAt: now) }
      let harmless = healthy.count { $0.state == .unknown }
      let count =
        "\(healthy.count - harmless) ok"
        + (harmless > 0 ? ", \(harmless) with low volume or warming up" : "")
      let name = digest.target.name
      // A summary is HTML, in which a code span has no effect.
      let isNamed = self.digest.targets.count > 1
      let heading = isNamed ? "\(MarkdownText.code(name, limit: 120)):\n\n" : ""
      document.add(
        "<details><summary>\(count)</summary>\n\n" + heading + MarkdownRow.shortTableHead,
        rows.map { (.healthy, $0) }, tail: "\n</details>\n\n", noun: "healthy checks")
    }
  }

  /// The healthy targets by their names, folded.
  private func addHealthyTargets(to document: inout MarkdownSections) {
    let healthy = digest.healthy
    guard !healthy.isEmpty else { return }
    let rows = healthy.map { digest in
      let without = digest.entries.count { $0.state == .unknown }
      let name = MarkdownText.cell(digest.target.name, limit: 120)
      return "| \(name) | \(digest.entries.count - without) | \(without) |\n"
    }
    document.add(
      "<details><summary>OK: \(TextReport.sentence(ofHealthy: healthy))</summary>\n\n"
        + "| target | ok | low volume or warming up |\n| --- | --- | --- |\n",
      rows.map { (.healthyTargets, $0) }, tail: "\n</details>\n\n", noun: "healthy targets")
  }
}
