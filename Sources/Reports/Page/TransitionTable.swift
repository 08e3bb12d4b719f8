internal import AlertEngine

/// All transitions, in time order; folded, since they are for looking things up.
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
      let notes = [transition.cause?.words, ReplayTransitionLine(row).maintenance]
      let words = notes.compactMap(\.self).joined(separator: ", ")
      let cause: Markup = words.isEmpty ? "" : ": \(words)"
      let target: [Markup] = hasTargets ? ["<bdi>\(row.target, limit: 120)</bdi>"] : []
      return ["\(PageWords.exact(transition.at))"] + target + [
        "<bdi>\(transition.key.text, limit: 120)</bdi>",
        .badge(transition.event.kind, transition.event.rawValue) + cause,
      ]
    }
    let titles = ["time"] + (hasTargets ? ["target"] : []) + ["alert", "became"]
    let table = PageTable(
      caption: "Every transition, in time order", isCaptionHidden: true,
      columns: titles.map { .init(title: $0) }, rows: rows)
    return "<h2>Transitions</h2>\n\(table.folded("transition", of: transitions.count + more))"
  }
}

extension Transition.Event {
  /// Its class in the style sheet.
  var kind: String {
    switch self {
    case .pending: "pending"
    case .firing: "firing"
    case .resolved: "calm"
    case .cancelled: "unknown"
    }
  }
}
