package import AlertEngine
internal import JSON
internal import Text

/// A suggested threshold and duration, as text or as Markdown.
package struct SuggestionReport: ReplayReport {
  private let isMarkdown: Bool
  private let style: TerminalStyle

  package init(isMarkdown: Bool, isColored: Bool) {
    self.isMarkdown = isMarkdown
    style = TerminalStyle(isOn: isColored)
  }

  package func head() -> [UInt8] { [] }

  package func transitions(_ transitions: [ReplayTransition]) -> [UInt8] { [] }

  package func tail(_ result: ReplayResult, skipped: SkippedLines) -> [UInt8] {
    guard let suggestion = result.suggestion else { return [] }
    let search = suggestion.search
    let rule = search.rule
    let code: (String) -> String = { isMarkdown ? MarkdownText.code($0) : $0 }
    let title =
      "suggest: "
      + code(
        "\(RuleWording(rule).measurement) \(rule.condition.comparison.sign) "
          + VariantWording.title(of: search.key) + (rule.burnRate.map { " × \($0.budget)" } ?? "")
          + " (\(printable(rule.name)))")
    let parts =
      "chosen on \(Self.span(search.span.lowerBound, search.split)), at most "
      + "\(Quantity.count(search.most.chosenOn, "alert")); checked on "
      + "\(Self.span(search.split, search.span.upperBound)), at most "
      + Quantity.count(search.most.checkedOn, "alert")
    let notes =
      ([parts] + result.notes.map { code(printable($0, limit: 400)) } + verdict(suggestion))
    let table = Self.table(suggestion)
    let lines = Self.lines(suggestion)
    let text =
      isMarkdown
      ? (["### \(title)\n", table.markdown] + notes.map { $0 + "\n" }
        + (lines.isEmpty ? [] : ["```json\n\(lines.joined(separator: "\n"))\n```\n"]))
        .joined(separator: "\n")
      : [
        ReplayTextReport.wrapped(title, indent: 0).map(style.bold) + table.text(style),
        notes.flatMap { ReplayTextReport.wrapped($0, indent: 0) } + lines.map { "  " + $0 },
        ReplaySummary(result).recording,
      ].map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    return Array(inert(text).utf8)
  }

  private static func span(_ begin: Instant, _ end: Instant) -> String {
    "\(begin.dayAndTime) to \(end.dayAndTime) \(end.zoneLabel)"
  }

  private static func table(_ suggestion: Suggestion) -> ReportTable {
    var table = ReportTable(
      titles: [
        "", "duration", VariantWording.title(of: suggestion.search.key), "alerts chosen on",
        "checked on", "firing",
      ],
      numbers: 1..<6)
    let proposed = suggestion.proposed
    func add(_ word: String, _ choice: Suggestion.Choice) {
      let rule = choice.rule
      table.rows.append([
        word, Quantity.exact(rule.duration),
        rule.burnRate.map { Quantity.text($0.rate, nil) }
          ?? Quantity.text(rule.condition.threshold, rule.unit),
        "\(choice.chosenOn)", "\(choice.checkedOn)", Quantity.text(choice.firing),
      ])
    }
    if let configured = suggestion.configured { add("now", configured) }
    for choice in suggestion.choices { add(choice == proposed ? "suggested" : "", choice) }
    return table
  }

  /// What the evidence says, for and against.
  private func verdict(_ suggestion: Suggestion) -> [String] {
    let rate = "\(Quantity.decimal(suggestion.search.alertsPerWeek, 3)) a week"
    guard let choice = suggestion.proposed else {
      return [
        "No \(VariantWording.title(of: suggestion.search.key)) stays within \(rate) in the first two "
          + "thirds: alerts that none prevents, such as those of a missing metric, are more."
      ]
    }
    var sentences: [String] = []
    if choice.chosenOn == 0 {
      sentences.append(
        "Nothing would have fired in the first two thirds, so nothing shows that it would notice an "
          + "incident.")
    }
    sentences.append(
      choice.checkedOn > suggestion.search.most.checkedOn
        ? "In the last third it does not hold: \(Quantity.count(choice.checkedOn, "alert")), more than "
          + "\(rate)."
        : choice.checkedOn == 0
          ? "Nothing would have fired in the last third: it is quiet, but not tested."
          : "In the last third it stays within \(rate).")
    return [sentences.joined(separator: " "), "To use it, change these keys of the rule:"]
  }

  /// The lines for the rule.
  private static func lines(_ suggestion: Suggestion) -> [String] {
    guard let rule = suggestion.proposed?.rule, let value = suggestion.search.value(of: rule)
    else { return [] }
    let recovery = rule.condition.recoveryThreshold
    let isScaled = recovery != suggestion.search.rule.condition.recoveryThreshold
    return [
      "\(suggestion.search.key.quoted): \(value.plain),",
      recovery.flatMap { isScaled ? "\"recovery_threshold\": \($0.plain)," : nil },
      "\"duration_minutes\": \(rule.duration.inMinutes.plain),",
    ].compactMap(\.self)
  }
}

extension ReplayJSONReport {
  static func suggestion(_ suggestion: Suggestion) -> JSONText {
    let most = suggestion.search.most
    func choice(_ choice: Suggestion.Choice) -> JSONText {
      .line([
        "threshold": .number(choice.rule.condition.threshold.number),
        "burn_rate": choice.rule.burnRate.map { .number($0.rate) } ?? .omitted,
        "recovery_threshold": choice.rule.condition.recoveryThreshold.map { .number($0) }
          ?? .omitted,
        "duration_minutes": .minutes(choice.rule.duration),
        "chosen_on": .integer(choice.chosenOn), "checked_on": .integer(choice.checkedOn),
        "firing_minutes": .minutes(choice.firing),
      ])
    }
    return [
      "rule": .string(suggestion.search.rule.name),
      "alerts_per_week": .number(suggestion.search.alertsPerWeek),
      "split_at": .instant(suggestion.search.split),
      "most": .line([
        "chosen_on": .integer(most.chosenOn), "checked_on": .integer(most.checkedOn),
      ]),
      "configured": .optional(suggestion.configured, choice),
      "choices": .array(suggestion.choices, choice),
      "suggested": .optional(suggestion.proposed, choice),
      "holds": .bool(suggestion.proposed.map { $0.checkedOn <= most.checkedOn } ?? false),
    ]
  }
}
