internal import AlertEngine
internal import Text

/// The report as annotations of a GitHub workflow: one line for each thing that needs attention on
/// the run's page.
///
/// The level follows the run's status: errors make it `fail`, warnings make it `warn` or report a
/// missing notification, notices do not change it.
package struct AnnotationReport {
  /// How many annotations of each level GitHub shows for one step.
  static let limit = 10

  package static func render(_ report: RunReport) -> String {
    let annotations = AnnotationReport(report).annotations
    return Annotation.Level.allCases.flatMap { level in
      shown(annotations.filter { $0.level == level }, level)
    }.map { $0.command + "\n" }.joined()
  }

  let report: RunReport
  private let now: Instant

  init(_ report: RunReport) {
    self.report = report
    now = report.generatedAt
  }

  /// All of them, worst first within each level.
  var annotations: [Annotation] {
    let errors = report.ownErrors.map {
      Annotation(
        level: .error, title: "ERROR in this run", lines: $0.split(separator: "\n").map(String.init)
      )
    }
    let notified = NotificationLines(
      report.notifications, seenAt: report.generatedAt
    ).lines.compactMap(Self.annotation)
    return errors + notified + ReportDigest(report).attention.flatMap(annotations)
  }

  /// As many as GitHub shows; the last one counts the rest.
  private static func shown(
    _ annotations: [Annotation], _ level: Annotation.Level
  ) -> [Annotation] {
    guard annotations.count > limit else { return annotations }
    let more = annotations.count - limit + 1
    return annotations.prefix(limit - 1) + [
      Annotation(
        level: level, title: "and \(more) more",
        lines: ["\(more) more of this level: the summary and the JSON report list them"])
    ]
  }

  private static func annotation(of line: NotificationLine) -> Annotation? {
    guard line.outcome != .delivered, line.outcome != .held else { return nil }
    return Annotation(
      level: line.isLost ? .error : .warning, title: "NOT NOTIFIED \(line.receiver)",
      lines: [line.text(TerminalStyle(isOn: false))])
  }

  private func annotations(of part: ReportDigest.Part) -> [Annotation] {
    switch part {
    case .target(let digest):
      return digest.entries.compactMap { annotation(of: $0, at: digest.target.name) }
    case .unreachable(let digests):
      guard let group = UnreachableGroup(digests, seenAt: now), let level = group.entry.level else {
        return []
      }
      return [
        Annotation(
          level: level, title: "\(group.state.word) \(group.name) on \(digests.count) targets",
          lines: [group.value, group.severity, group.targets] + group.texts)
      ]
    }
  }

  private func annotation(of entry: ReportEntry, at target: String) -> Annotation? {
    guard let level = entry.level else { return nil }
    let row = TextRow(entry, seenAt: now)
    return Annotation(
      level: level, title: "\(row.state.word) \(row.name) on \(printable(target, limit: 80))",
      lines: [row.value] + row.details)
  }
}

/// One line on the page of a workflow's run.
package struct Annotation: Hashable {
  package enum Level: String, CaseIterable {
    case error, warning, notice
  }

  let level: Level
  let title: String
  /// Where it is, if it is about a file.
  let file: String?
  let line: Int?
  let column: Int?
  let lines: [String]

  package init(
    level: Level, title: String, file: String? = nil, line: Int? = nil, column: Int? = nil,
    lines: [String]
  ) {
    self.level = level
    self.title = title
    self.file = file
    self.line = line
    self.column = column
    self.lines = lines
  }

  /// The workflow command that makes GitHub show it.
  package var command: String {
    let properties = [
      ("file", file), ("line", line.map { "\($0)" }), ("col", column.map { "\($0)" }),
      ("title", title),
    ]
    let shown = properties.compactMap { name, value in
      value.map { "\(name)=\(Self.property($0))" }
    }.joined(separator: ",")
    let message = lines.map { printable($0, limit: 1_000) }.joined(separator: "\n")
    return "::\(level.rawValue) \(shown)::\(Self.data(message))"
  }

  private static func data(_ text: String) -> String {
    inert(text).replacingBytes("%", with: "%25").replacingBytes("\r", with: "%0D")
      .replacingBytes("\n", with: "%0A")
  }

  private static func property(_ text: String) -> String {
    data(printable(text, limit: 250)).replacingBytes(":", with: "%3A").replacingBytes(
      ",", with: "%2C")
  }
}

extension ReportEntry {
  /// By its effect on the run's status; `nil` if it is not shown.
  var level: Annotation.Level? {
    // It does not count for the exit code either.
    if check?.suppression != nil, usualLevel != nil { return .notice }
    return usualLevel
  }

  private var usualLevel: Annotation.Level? {
    switch state {
    case .firing, .recovering: check?.subject.breachStatus == .warn ? .warning : .error
    case .pending: isHarmless ? .notice : .warning
    case .resolved: .notice
    // The built-in alert covers the target as a whole.
    case .unknown, .cancelled: isHarmless || lacksSnapshot ? nil : .warning
    case .ok: nil
    }
  }

  /// Whether it has evidence, or lacks it for a harmless reason.
  private var isHarmless: Bool { check?.reason?.isRoutine ?? true }
}
