internal import AlertEngine

/// One evaluation as a self-contained page with charts: HTML with inline SVG and CSS, no requests.
///
/// Its only script shows the age of the page.
package enum RunPage {
  /// Draws the page: the recent values of every check, those that need attention first.
  ///
  /// - Parameter report: the run.
  /// - Returns: the document in UTF-8. Times are in the current zone.
  package static func render(_ report: RunReport) -> [UInt8] {
    let summary = SummaryWording(report)
    let status = report.status.rawValue
    let pictures = PageAlerts(report)
    let body: Markup = """
      <h1><span class="state is-\(report.status.kind)">\(status)</span>: \(summary.counts)</h1>
      <p class="muted"><bdi>\(summary.place)</bdi> \(PageAge(report).markup)</p>
      \(notices(of: report))\(pictures.overview)\(pictures.sections)
      """
    return PageFrame.document(title: "\(status): \(summary.counts)", body: body, isAging: true)
  }

  /// Errors, and the receivers that were notified or not.
  private static func notices(of report: RunReport) -> Markup {
    let lines = NotificationLines(report.notifications).lines
    func notice(isDelivered: Bool) -> PageNotice {
      let shown = lines.filter { ($0.outcome == .delivered) == isDelivered }
      return PageNotice(
        isBad: !isDelivered,
        lines: shown.map { "\($0.verdict) <b>\($0.receiver)</b>: \($0.events)\($0.result)" },
        most: 50)
    }
    let errors = PageNotice(isBad: true, lines: report.errors.map { "\($0)" }, most: 50)
    return errors.markup + notice(isDelivered: false).markup + notice(isDelivered: true).markup
  }
}

extension ReportStatus {
  /// Its class in the style sheet.
  fileprivate var kind: String {
    switch self {
    case .pass: "calm"
    case .warn: "pending"
    case .fail: "firing"
    }
  }
}
