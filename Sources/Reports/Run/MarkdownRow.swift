internal import AlertEngine
internal import Text

/// One check in the Markdown report: a row of a table, and the details below it.
struct MarkdownRow {
  static let tableHead = """
    | state | check | value | limit | since | trend | runbook |
    | --- | --- | --- | --- | --- | --- | --- |

    """

  /// For checks without details.
  static let shortTableHead = """
    | state | check | value | limit | trend |
    | --- | --- | --- | --- | --- |

    """

  let state: ReportState
  /// The row with its end.
  let line: String
  /// A list item with its end; `nil` if the row says it all.
  let details: String?

  init(_ entry: ReportEntry, seenAt now: Instant, place: (String) -> String) {
    state = entry.state
    switch entry.content {
    case .ended(let transition):
      line = Self.line(state, transition.key.text, "", "", transition.endWords(seenAt: now), "", "")
      details = nil
    case .check(let check, let changed):
      let wording = CheckWording(check, seenAt: now)
      let end = changed.flatMap { $0.isEnd ? $0.endWords(seenAt: now) : nil }
      let since = end ?? wording.since.map { String($0.trimmingPrefix("since ")) } ?? ""
      line = Self.line(
        state, wording.name, wording.valueAndLimit.value, wording.limitAlone, since,
        Sparkline.text(check.recent, check.subject.rule?.condition),
        Self.runbook(of: check.subject.text, place))
      details = Self.details(of: check, wording, changed)
    }
  }

  /// One row for all targets of a group.
  init(_ group: UnreachableGroup, place: (String) -> String) {
    state = group.state
    let text = group.entry.check?.subject.text ?? RuleText()
    line = Self.line(state, group.name, group.value, "", "", "", Self.runbook(of: text, place))
    let parts = [group.severity] + Self.people(text)
    details = Self.point(group.name, parts, text)
  }

  /// The row of a healthy check.
  static func shortLine(_ entry: ReportEntry, seenAt now: Instant) -> String {
    guard let check = entry.check else { return "" }
    let wording = CheckWording(check, seenAt: now)
    let cells = [
      "\(entry.state.icon) \(entry.state.word)", MarkdownText.cell(wording.name),
      MarkdownText.cell(wording.valueAndLimit.value), MarkdownText.cell(wording.limitAlone),
      Sparkline.text(check.recent, check.subject.rule?.condition),
    ]
    return "| \(cells.joined(separator: " | ")) |\n"
  }

  /// The importance of the row.
  var weight: MarkdownSections.Weight {
    switch state {
    case .firing: .firing
    case .recovering: .recovering
    case .pending: .pending
    case .unknown: .unknown
    case .resolved, .cancelled: .ended
    case .ok: .healthy
    }
  }

  /// The importance of the lines below it.
  var detailsWeight: MarkdownSections.Weight { state == .firing ? .firingDetails : .details }

  private static func line(
    _ state: ReportState, _ name: String, _ value: String, _ limit: String, _ since: String,
    _ trend: String, _ runbook: String
  ) -> String {
    let cells = [
      "\(state.icon) \(state.word)", MarkdownText.cell(name), MarkdownText.cell(value),
      MarkdownText.cell(limit), since, trend, runbook,
    ]
    return "| \(cells.joined(separator: " | ")) |\n"
  }

  private static func runbook(of text: RuleText, _ place: (String) -> String) -> String {
    text.runbook.map { MarkdownText.link("runbook", place($0)) } ?? ""
  }

  /// The details below a row: none for an inactive alert.
  private static func details(
    of check: Check, _ wording: CheckWording, _ changed: Transition?
  ) -> String? {
    guard check.phase.kind != .inactive else {
      guard case .bad = check.observation else {
        return wording.notices.isEmpty
          ? nil : point(wording.name, wording.notices.map { MarkdownText.code($0) }, RuleText())
      }
      return point(wording.name, ["not counted: the sample was ignored"], RuleText())
    }
    let isNew = check.fires(in: changed)
    let notices = wording.notices.map { MarkdownText.code($0) }
    let parts = [
      wording.severity, wording.fires ?? (isNew ? "fires now" : wording.fired),
      wording.peak.map { MarkdownText.code($0) }, wording.recovery, wording.doubt,
    ]
    return point(
      wording.name, notices + parts.compactMap(\.self) + people(check.subject.text),
      check.subject.text)
  }

  private static func people(_ text: RuleText) -> [String] {
    [
      text.owner.map { "owner \(MarkdownText.code($0, limit: 256))" },
      text.dashboard.map { place in
        let link = MarkdownText.link("dashboard", place)
        return link.hasPrefix("[") ? link : "dashboard \(link)"
      },
    ].compactMap(\.self)
  }

  private static func point(_ name: String, _ parts: [String], _ text: RuleText) -> String {
    let summary = text.summary.map { "  \n  \(MarkdownText.code($0, limit: 256))" } ?? ""
    return "- **\(MarkdownText.code(name))** \(parts.joined(separator: " · "))\(summary)\n"
  }
}

extension ReportState {
  /// The state at a glance.
  var icon: String {
    switch self {
    case .firing: "🔴"
    case .recovering: "🟠"
    case .pending: "🟡"
    case .unknown: "⚪"
    case .resolved, .ok: "🟢"
    case .cancelled: "🔵"
    }
  }
}
