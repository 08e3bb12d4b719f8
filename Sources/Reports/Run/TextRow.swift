package import AlertEngine
package import Text

/// One rule in the text report: a line with columns, and lines of detail below it.
struct TextRow {
  let state: ReportState
  let name: String
  let value: String
  let spark: [Sparkline.Mark]
  let details: [String]

  init(_ entry: ReportEntry, seenAt now: Instant) {
    switch entry.content {
    case .check(let check, let changed): self.init(check, changed: changed, seenAt: now)
    case .ended(let transition): self.init(ended: transition, seenAt: now)
    }
  }

  private init(_ check: Check, changed: Transition?, seenAt now: Instant) {
    let wording = CheckWording(check, seenAt: now)
    state = ReportState(check, changed: changed)
    name = wording.name
    value = wording.valueAgainstLimit
    spark = Sparkline.marks(check.recent, check.subject.rule?.condition)
    details = Self.details(of: check, wording, changed)
  }

  /// An alert that ended without a check: its rule or instance is gone.
  private init(ended transition: Transition, seenAt now: Instant) {
    state = ReportState(ended: transition)
    name = transition.key.text
    value = transition.endWords(seenAt: now)
    spark = []
    details = []
  }

  /// A line without a check of its own.
  init(_ state: ReportState, name: String = "", note: String, details: [String] = []) {
    self.state = state
    self.name = name
    value = note
    spark = []
    self.details = details
  }

  private static func details(
    of check: Check, _ wording: CheckWording, _ changed: Transition?
  ) -> [String] {
    var lines: [String] = []
    if let changed, changed.isEnd { lines.append(changed.endWords(seenAt: wording.now)) }
    lines += wording.notices
    let isNew = check.fires(in: changed)
    let story = [
      wording.severity, wording.since, wording.fires ?? (isNew ? "fires now" : wording.fired),
      wording.peak,
    ]
    if check.phase.kind != .inactive {
      lines.append(story.compactMap(\.self).joined(separator: " · "))
    }
    lines += [wording.recovery, wording.doubt, wording.detail].compactMap(\.self)
    if check.phase.kind == .inactive, case .bad = check.observation {
      lines.append("not counted: the sample was ignored")
    }
    guard check.phase.kind != .inactive else { return lines }
    return lines + texts(of: check.subject.text)
  }

  /// The texts of the rule.
  static func texts(of text: RuleText) -> [String] {
    [
      text.summary.map { printable($0) }, text.runbook.map { "runbook " + printable($0) },
      text.dashboard.map { "dashboard " + printable($0) },
      text.owner.map { "owner " + printable($0) },
    ].compactMap(\.self)
  }
}

extension Transition {
  /// Whether it ends an alert.
  var isEnd: Bool {
    switch event {
    case .resolved, .cancelled: true
    case .pending, .firing: false
    }
  }

  /// How an alert ended: `fired for 37 m, 14:02 to 14:39 UTC`.
  package func endWords(seenAt now: Instant) -> String {
    let why = cause.map { " (\($0.words))" } ?? ""
    guard event == .resolved, let episode else { return "was pending, did not fire" + why }
    let from = Quantity.text(episode.firedAt, seenAt: now)
    let to = Quantity.time(at, seenAt: now)
    return "fired for \(Quantity.text(at - episode.firedAt)), \(from) to \(to)" + why
  }
}
