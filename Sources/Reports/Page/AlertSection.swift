internal import AlertEngine
internal import Text

/// One alert of a page: its name and rule, its picture, and a table next to it.
struct AlertSection {
  let alert: PageAlert
  let subject: Subject
  let state: (kind: String, words: String)
  /// What the picture shows, in a sentence.
  let summary: String
  /// The cells next to its bands in the overview, one for each column.
  let cells: [Markup]
  let facts: [(name: String, words: Markup)]
  /// The part below, folded or not.
  let below: Markup

  func markup(_ time: TimeScale, _ detail: PageDetail) -> Markup {
    let kind: Markup = alert.points.isEmpty ? " class=\"bare\"" : ""
    let plot = AlertPlot(alert: alert, time: time, detail: detail, summary: summary)
    return """
      <section class="alert" id="\(alert.id)" aria-labelledby="\(alert.id)-h">
      <h3 id="\(alert.id)-h"><bdi>\(alert.name, limit: 120)</bdi> \
      \(Markup.badge(state.kind, state.words))</h3>
      \(Self.about(subject))
      <div class="beside">
      <figure\(kind)>
      \(plot.markup)
      </figure>
      <div class="side">
      \(PageTable.facts(facts, caption: "\(alert.name, limit: 120) in numbers"))</div>
      <div class="below">
      \(below)</div>
      </div>
      </section>

      """
  }

  /// The rule in words, and its texts from the configuration.
  static func about(_ subject: Subject) -> Markup {
    let rule = subject.rule.map { RuleWording($0).sentence }
    let sentence =
      rule ?? "fires after \(Quantity.text(subject.duration)) without a snapshot"
      + ": \(subject.breachStatus.rawValue) (\(subject.severity.rawValue))"
    let text = subject.text
    let words = [
      text.summary.map { summary -> Markup in "\(summary)" },
      text.runbook.map { PageWords.place($0, label: "runbook") },
      text.dashboard.map { PageWords.place($0, label: "dashboard") },
      text.owner.map { owner -> Markup in "owner \(owner)" },
    ].compactMap(\.self)
    guard let first = words.first else { return "<p class=\"small muted\">\(sentence)</p>" }
    let more = words.dropFirst().map { word -> Markup in " · \(word)" }
    return """
      <p class="small">\(first)\(more)</p>
      <p class="small muted">\(sentence)</p>
      """
  }
}
