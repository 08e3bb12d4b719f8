internal import AlertEngine
internal import Text

/// The head of a replay's page: what was replayed, the result, and warnings.
struct ReplayHead {
  private let result: ReplayResult
  private let facts: ReplayPage.Facts

  init(_ result: ReplayResult, _ facts: ReplayPage.Facts) {
    self.result = result
    self.facts = facts
  }

  private var tallies: [AlertTally] { result.targets.flatMap(\.tallies) }

  var markup: Markup {
    let span = result.span.map { span in
      PageWords.broadSpan(span.lowerBound, span.upperBound)
        + " \(span.upperBound.zoneLabel) (\(Quantity.text(span.upperBound - span.lowerBound)))"
    }
    return """
      <h1>Replay</h1>
      <p class="muted">\(span ?? "no samples")</p>
      <p class="lead">\(outcome)</p>
      \(notices)<div class="head">
      \(PageTable.facts(sources, caption: "What was replayed"))</div>

      """
  }

  /// The result of the replay in one sentence.
  private var outcome: Markup {
    guard result.span != nil else { return "No samples to evaluate." }
    let fired = tallies.filter { $0.firings.count > 0 }
    let count = result.targets.reduce(0) { $0 + $1.fired }
    guard count > 0 else {
      guard result.isJudged else { return "No snapshots to evaluate." }
      return """
        <span class="state is-calm">Nothing fired</span>, \(Quantity.count(tallies.count, "check")) \
        in total.
        """
    }
    let total = fired.reduce(Duration.zero) { $0 + $1.firings.total }
    let open = fired.count { $0.firings.since != nil }
    let still: Markup = open > 0 ? "; \(open) still firing" : ""
    let untold = fired.reduce(0) { $0 + $1.firings.untold }
    let quiet: Markup = untold > 0 ? " (\(untold) in maintenance)" : ""
    return """
      <span class="state is-firing">\(fired.count) of \(Quantity.count(tallies.count, "check"))</span> \
      fired: \(Quantity.count(count, "alert"))\(quiet), firing for \(Quantity.text(total)) in total\(still).
      """
  }

  private var sources: [(name: String, words: Markup)] {
    let samples = result.targets.reduce(0) { $0 + $1.samples }
    let unreachable = samples - result.targets.reduce(0) { $0 + $1.snapshots }
    let without: Markup = unreachable > 0 ? ", \(unreachable) without a snapshot" : ""
    let version: Markup = facts.configurationVersion.map { " (version \($0))" } ?? ""
    var rows: [(name: String, words: Markup)] = [
      (facts.files.count == 1 ? "recording" : "recordings", "\(listed(facts.files))"),
      (result.targets.count == 1 ? "target" : "targets", targets),
      ("samples", "\(samples)\(without)"),
      ("configuration", "\(facts.configuration)\(version)"),
    ]
    if facts.from != nil || facts.to != nil {
      let from = facts.from.map { "from \(PageWords.exact($0))" }
      let to = facts.to.map { "to \(PageWords.exact($0))" }
      rows.append(("requested", "\([from, to].compactMap(\.self).joined(separator: " "))"))
    }
    return rows
  }

  private var targets: Markup {
    guard !result.targets.isEmpty else { return "none" }
    return "\(listed(result.targets.map(\.name), most: 10), limit: 1_000)"
  }

  // MARK: - Warnings

  private var notices: Markup {
    let skipped = facts.skipped
    let lines = PageNotice(
      isBad: true,
      lead: skipped.total > 0 ? "\(Quantity.count(skipped.total, "line")) skipped: no samples" : "",
      lines: skipped.first.map { "\($0.sentence)" }, count: skipped.total)
    let overlap = PageNotice(lead: skipped.overlapSentence.map { "\($0)" } ?? "", lines: [])
    let warnings = result.targets.flatMap { target in
      ReplayWarning.all(of: target).map { warning -> Markup in
        result.targets.count > 1
          ? "<bdi>\(target.name)</bdi>: \(warning.sentence)" : "\(warning.sentence)"
      }
    }
    return lines.markup + overlap.markup + PageNotice(lines: warnings).markup
  }
}
