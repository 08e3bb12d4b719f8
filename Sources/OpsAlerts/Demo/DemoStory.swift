internal import AlertEngine
internal import Reports
internal import Text

/// Narrates an incident step by step: one line, and one more for each transition.
struct DemoStory {
  private struct Chapter {
    let name: String
    let event: Transition
  }

  let style: TerminalStyle
  private var chapters: [Chapter] = []
  private var last: TargetReport?
  private var lastTime = Instant(milliseconds: 0)

  init(style: TerminalStyle) {
    self.style = style
  }

  /// The lines of one step.
  mutating func advance(_ target: TargetReport, at now: Instant) -> String {
    last = target
    lastTime = now
    let checks = target.evaluation.checks
    let values = checks.compactMap { check -> String? in
      guard let number = check.observation.number else { return nil }
      return "\(check.subject.name) \(Quantity.text(number, check.subject.rule?.unit))"
    }
    let facts =
      values.isEmpty
      ? "no snapshot: " + target.errors.joined(separator: "; ") : values.joined(separator: " · ")
    var lines = ["\(style.bold(now.clockTime))  \(facts)"]
    for transition in target.evaluation.transitions {
      chapters.append(Chapter(name: transition.key.rule, event: transition))
      guard let check = checks.first(where: { $0.key == transition.key }) else { continue }
      lines.append("       " + line(transition, check, now))
    }
    return lines.joined(separator: "\n")
  }

  private func line(_ transition: Transition, _ check: Check, _ now: Instant) -> String {
    let wording = CheckWording(check, seenAt: now)
    let word = transition.event.rawValue.uppercased()
    switch transition.event {
    case .pending:
      return style.paint(word, .yellow) + "   " + wording.message
    case .firing:
      return style.paint(word, .red) + "    " + wording.message
    case .resolved:
      return style.paint(word, .green) + "  \(wording.name) "
        + transition.endWords(seenAt: now)
    case .cancelled:
      return word + " \(wording.name): " + transition.endWords(seenAt: now)
    }
  }

  /// The notifications in a table, and the next steps.
  var summary: String {
    var lines = ["", style.bold("Notifications that would have been sent")]
    for chapter in chapters {
      switch chapter.event.event {
      case .firing:
        lines.append("  \(chapter.event.at.clockTime)  firing    \(chapter.name)")
      case .resolved:
        let words = chapter.event.endWords(seenAt: lastTime)
        lines.append("  \(chapter.event.at.clockTime)  resolved  \(chapter.name), \(words)")
      case .pending, .cancelled: break
      }
    }
    let pages = chapters.count { $0.event.event == .firing }
    let messages = chapters.count { $0.event.event == .firing || $0.event.event == .resolved }
    let runs = DemoIncident.lastMinute / DemoIncident.step + 1
    lines += [
      "",
      "\(runs) evaluations, \(pages) alerts, \(messages) notifications. No alert resolved while the "
        + "endpoint was down,",
      "and the restart, which reset all counters to 0, counted as neither a drop nor a recovery.",
      "",
      "Next: set OPS_API_BASE_URL and run 'ops-alert-eval', or see 'ops-alert-eval --help'.", "",
    ]
    return lines.joined(separator: "\n")
  }
}
