internal import AlertEngine

/// One rule in the text report: a line with columns, and lines of detail below it.
struct TextRow {
  /// How a row stands, what needs attention first.
  enum State: String, CaseIterable {
    case firing, recovering, pending, unknown, resolved, cancelled, ok

    var word: String { rawValue.uppercased() }

    var color: Ink.Color {
      switch self {
      case .firing: .red
      case .recovering, .pending: .yellow
      case .unknown: .magenta
      case .resolved, .ok: .green
      case .cancelled: .plain
      }
    }

    init(_ check: Check, changed: Transition?) {
      switch changed?.event {
      case .resolved: self = .resolved
      case .cancelled: self = .cancelled
      case .pending, .firing, nil: self.init(check)
      }
    }

    /// An alert that ended without a check: its rule or instance is no more.
    init(ended transition: Transition) {
      self = transition.event == .resolved ? .resolved : .cancelled
    }

    init(_ check: Check) {
      switch (check.phase.kind, check.observation) {
      case (.inactive, .unknown): self = .unknown
      case (.inactive, .bad): self = .pending
      case (.inactive, .good), (.pending, _), (.firing, _), (.recovering, _):
        self.init(check.phase)
      }
    }

    init(_ phase: Phase) {
      switch phase.kind {
      case .firing: self = .firing
      case .recovering: self = .recovering
      case .pending: self = .pending
      case .inactive: self = .ok
      }
    }
  }

  let state: State
  let name: String
  let value: String
  let spark: [Sparkline.Mark]
  let details: [String]

  init(_ check: Check, changed: Transition?, seenAt now: Instant) {
    let wording = CheckWording(check, seenAt: now)
    state = State(check, changed: changed)
    name = wording.name
    value = wording.valueAgainstLimit
    spark = Sparkline.marks(check.recent, check.subject.rule?.condition)
    details = Self.details(of: check, wording, changed)
  }

  /// An alert that ended without a check: its rule or instance is no more.
  init(ended transition: Transition, seenAt now: Instant) {
    state = State(ended: transition)
    let instance = transition.key.instance.map { "[\(printable($0, limit: 80))]" } ?? ""
    name = printable(transition.key.rule, limit: 80) + instance
    value = transition.endWords(seenAt: now)
    spark = []
    details = []
  }

  init(_ state: State, note: String) {
    self.state = state
    name = ""
    value = note
    spark = []
    details = []
  }

  private static func details(
    of check: Check, _ wording: CheckWording, _ changed: Transition?
  ) -> [String] {
    var lines: [String] = []
    if let changed, changed.event == .resolved || changed.event == .cancelled {
      lines.append(changed.endWords(seenAt: wording.now))
    }
    let isNew = changed?.event == .firing
    let story = [
      wording.severity, wording.since, wording.fires ?? (isNew ? "fires now" : wording.fired),
      wording.peak,
    ]
    if check.phase.kind != .inactive {
      lines.append(story.compactMap(\.self).joined(separator: " · "))
    }
    lines += [wording.recovery, wording.doubt].compactMap(\.self)
    if check.phase.kind == .inactive, case .bad = check.observation {
      lines.append("not counted: this sample was ignored")
    }
    guard check.phase.kind != .inactive else { return lines }
    let text = check.subject.text
    if let summary = text.summary { lines.append(printable(summary)) }
    let links = [
      text.runbook.map { "runbook " + printable($0) },
      text.dashboard.map { "dashboard " + printable($0) },
      text.owner.map { "owner " + printable($0) },
    ]
    return lines + links.compactMap(\.self)
  }
}

extension Transition {
  /// How an alert ended: `fired 37 m, 14:02 to 14:39 UTC, peak 9.1`.
  func endWords(seenAt now: Instant) -> String {
    let why = cause.map { " (\($0.words))" } ?? ""
    guard event == .resolved, let episode else { return "was pending, went back" + why }
    let from = Quantity.text(episode.firedAt, seenAt: now)
    let to = Quantity.text(at, seenAt: now)
    return "fired for \(Quantity.text(at - episode.firedAt)), \(from) to \(to) UTC" + why
  }
}

extension Transition.Cause {
  var words: String {
    switch self {
    case .noEvidence: "nothing was seen for longer than max_gap"
    case .ruleRemoved: "its rule was removed"
    case .instanceGone: "the instance is not in the snapshot any more"
    case .conditionChanged: "the rule's condition changed"
    case .clockSetBack: "the clock was set back"
    }
  }
}
