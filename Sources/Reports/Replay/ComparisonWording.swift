internal import AlertEngine
internal import Text

/// The comparison of two configurations in phrases that the text and Markdown share.
struct ComparisonWording {
  let comparison: ReplayComparison
  /// How long the recording is.
  let span: Duration

  /// `3 lost, 1 new, 2 changed, 1 unchanged`.
  var counts: String {
    let changed =
      comparison.differences.count - comparison.count(.lost) - comparison.count(.new)
    let parts = [
      (comparison.count(.lost), "lost"), (comparison.count(.new), "new"), (changed, "changed"),
      (comparison.unchanged, "unchanged"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return parts.isEmpty ? "none on either side" : parts.joined(separator: ", ")
  }

  /// `5 alerts before, 2 after`.
  var totals: String {
    "\(Quantity.count(comparison.before.pages, "alert")) before, \(comparison.after.pages) after"
  }

  /// What the comparison leaves out; `nil` if there is nothing.
  var omission: String? {
    let count = comparison.uncompared
    return count > 0
      ? "\(Quantity.count(count, "alert")) after the first "
        + "\(ReplayComparison.mostEpisodes) of a rule or instance not compared" : nil
  }

  /// What the notifications leave out.
  static let limits =
    "Counted when an alert fires and when it resolves; reminders, digests, silences, "
    + "acknowledgements and depends_on are not."

  // MARK: - Rules

  struct RuleRow {
    var name: String
    /// `> 5 % for 10 m`; `nil` for a side that does not have the rule.
    var before: String?
    var after: String?
    var pages: (before: Int, after: Int)
  }

  /// The rules that one side does not have, or in other words, or with other alerts.
  var rules: [RuleRow] {
    let names = [comparison.after, comparison.before].flatMap { side in
      side.records.flatMap { $0.tallies.map(\.key.rule) } + side.configuration.rules.map(\.name)
    }
    var seen: Set<String> = []
    let order = comparison.after.configuration.rules + comparison.before.configuration.rules
    let sorted = order.map(\.name).filter { seen.insert($0).inserted }
    let others = Set(names).subtracting(sorted).sorted()
    return (sorted + others).compactMap { name in
      let row = RuleRow(
        name: name, before: Self.words(for: name, comparison.before),
        after: Self.words(for: name, comparison.after),
        pages: (comparison.before.pages(of: name), comparison.after.pages(of: name)))
      let isAffected = comparison.differences.contains { $0.key.rule == name }
      return isAffected || row.before != row.after || row.pages.before != row.pages.after
        ? row : nil
    }
  }

  private static func words(for name: String, _ side: ReplayComparison.Side) -> String? {
    guard let rule = side.configuration.rules.first(where: { $0.name == name }) else {
      guard name == EndpointSettings.ruleName else { return nil }
      return "no snapshot for \(Quantity.text(side.configuration.endpoint.duration))"
    }
    return RuleWording(rule).sentence
  }

  // MARK: - Receivers

  struct ReceiverRow {
    var name: String
    /// `19`; `nil` for a side that does not have the receiver.
    var before: String?
    var after: String?
  }

  /// The receivers of both sides with their notifications a week, or in all if the recording is too
  /// short for a rate.
  var receivers: [ReceiverRow] {
    let (old, new) = (comparison.before.loads, comparison.after.loads)
    let names =
      new.map(\.name) + old.map(\.name).filter { name in !new.contains { $0.name == name } }
    return names.map { name in
      ReceiverRow(
        name: name, before: old.first { $0.name == name }.map(rate),
        after: new.first { $0.name == name }.map(rate))
    }
  }

  /// `notifications a week`.
  var receiverTitle: String {
    VariantWording.perWeek(0, over: span) == nil ? "notifications" : "notifications a week"
  }

  private func rate(_ load: ReceiverLoad) -> String {
    VariantWording.perWeek(load.notifications, over: span).map(ReplayWording.tenths)
      ?? "\(load.notifications)"
  }
}

/// One difference in phrases.
struct DifferenceWording {
  let difference: ReplayComparison.Difference

  /// `lost`, `later, shorter`.
  var kinds: String { difference.kinds.map(\.rawValue).joined(separator: ", ") }

  /// `error_rate`, after the target if there are several.
  func name(amongTargets isNamed: Bool) -> String {
    let target = isNamed ? printable(difference.target, limit: 60) + " " : ""
    return target + difference.key.text
  }

  /// `for 1 h 20 m, still firing`, `for 30 m in 2 alerts`.
  func lasting(_ episodes: [AlertTally.FiredEpisode]) -> String {
    var text = "for \(Quantity.text(difference.total(episodes)))"
    if episodes.count > 1 { text += " in \(episodes.count) alerts" }
    return episodes.last?.resolvedAt == nil ? text + ", still firing" : text
  }

  /// `5.99 %`, the worst number of a single alert.
  func peak(_ episodes: [AlertTally.FiredEpisode]) -> String? {
    guard episodes.count == 1 else { return nil }
    return episodes[0].peak.map { Quantity.text($0.value, difference.subject.rule?.unit) }
  }

  /// `10 m later, 10 m shorter`; empty for what fires on one side only.
  var extent: String {
    guard let old = difference.before.first, let new = difference.after.first else { return "" }
    let (before, after) = (difference.total(difference.before), difference.total(difference.after))
    return difference.kinds.map { kind in
      switch kind {
      case .lost, .new: ""
      case .earlier: "\(Quantity.text(old.begin - new.begin)) earlier"
      case .later: "\(Quantity.text(new.begin - old.begin)) later"
      case .longer: "\(Quantity.text(after - before)) longer"
      case .shorter: "\(Quantity.text(before - after)) shorter"
      }
    }.joined(separator: ", ")
  }
}
