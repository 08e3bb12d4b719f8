internal import AlertEngine

/// What changed, in the order of time: folded, since it is for looking things up.
struct TransitionTable {
  private let transitions: [ReplayTransition]
  private let more: Int
  private let hasTargets: Bool

  init(_ transitions: [ReplayTransition], more: Int, of result: ReplayResult) {
    self.transitions = Array(transitions.prefix(ReplayPage.mostTransitions))
    self.more = more + max(0, transitions.count - ReplayPage.mostTransitions)
    hasTargets = result.targets.count > 1
  }

  var markup: Markup {
    guard !transitions.isEmpty else { return "" }
    let rows = transitions.map { row -> [Markup] in
      let transition = row.transition
      let cause: Markup = transition.cause.map { ": \($0.words)" } ?? ""
      let target: [Markup] = hasTargets ? ["<bdi>\(row.target, limit: 120)</bdi>"] : []
      return ["\(PageWords.exact(transition.at))"] + target + [
        "<bdi>\(PageWords.name(transition.key), limit: 120)</bdi>",
        "<span class=\"state is-\(transition.event.kind)\">\(transition.event.rawValue)</span>\(cause)",
      ]
    }
    let titles = ["time"] + (hasTargets ? ["target"] : []) + ["alert", "became"]
    let table = PageTable(
      caption: "Every transition, in the order of time", isCaptionHidden: true,
      columns: titles.map { .init(title: $0) }, rows: rows)
    let rest: Markup = more > 0 ? "<p class=\"small muted\">and \(more) more</p>\n" : ""
    return """
      <h2>Transitions</h2>
      <details><summary>\(PageWords.count(transitions.count + more, "transition"))</summary>
      \(table.markup)\(rest)</details>

      """
  }
}

extension Transition.Event {
  /// In the page's style.
  var kind: String {
    switch self {
    case .pending: "pending"
    case .firing: "firing"
    case .resolved: "calm"
    case .cancelled: "unknown"
    }
  }
}
