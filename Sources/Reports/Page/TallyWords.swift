internal import AlertEngine
internal import JSON
internal import Text

/// What a replay found of one alert, in words.
struct TallyWords {
  let tally: AlertTally

  init(_ tally: AlertTally) {
    self.tally = tally
  }

  private var unit: MetricUnit? { tally.subject.rule?.unit }
  private var threshold: Double? {
    guard case .number(let number)? = tally.subject.rule?.condition.threshold else { return nil }
    return number
  }

  /// How it went, in a word, with the style's name for it.
  var state: (kind: String, words: String) {
    if tally.firings.since != nil { return ("firing", "fires at the end") }
    if tally.firings.count > 0 { return ("firing", "fired \(times(tally.firings.count))") }
    if tally.nearMiss != nil { return ("pending", "pending, never fired") }
    if tally.samples > 0, tally.bad + tally.good == 0 { return ("unknown", "never judged") }
    return ("calm", "never fired")
  }

  /// The same for those who cannot see the picture.
  var summary: String {
    var parts = [state.words]
    if tally.firings.count > 0 {
      parts.append("firing for \(Quantity.text(tally.firings.total)) altogether")
    }
    if tally.unknownTime > .zero { parts.append("\(share(tally.unknownShare)) unknown") }
    if tally.gaps.count > 0 { parts.append(PageWords.count(tally.gaps.count, "gap")) }
    return parts.joined(separator: ", ")
  }

  var facts: [(name: String, words: Markup)] {
    [
      ("fired", fired), ("firing", firing), ("time to detect", detection),
      ("near miss", nearMiss), ("worst good", worstGood), ("samples", samples),
      ("unknown", unknown), ("gaps", gaps),
    ].compactMap { name, words in words.map { (name, $0) } }
  }

  private var fired: Markup? {
    guard tally.firings.count > 0 else { return "never" }
    let since = tally.firings.since.map { ", still fires (since \(PageWords.exact($0)))" } ?? ""
    return "\(times(tally.firings.count))\(since)"
  }

  private var firing: Markup? {
    guard tally.firings.count > 0 else { return nil }
    let longest = tally.firings.count > 1 ? ", longest \(Quantity.text(tally.firings.longest))" : ""
    return "\(Quantity.text(tally.firings.total)) in all\(longest)"
  }

  private var detection: Markup? {
    guard let mean = tally.firings.meanDetection else { return nil }
    guard tally.firings.detected > 1 else { return "\(Quantity.text(mean))" }
    return """
      \(Quantity.text(mean)) on average, longest \(Quantity.text(tally.firings.longestDetection))
      """
  }

  private var nearMiss: Markup? {
    guard let miss = tally.nearMiss else { return nil }
    let peak = miss.peak.map { ", peak \(number($0.value))" } ?? ""
    let needed =
      tally.subject.duration > .zero ? " of \(Quantity.text(tally.subject.duration))" : ""
    guard miss.count > 1 else {
      return "1 bad sample\(peak) at \(PageWords.exact(miss.first))"
    }
    return """
      bad for \(Quantity.text(miss.span))\(needed) (\(miss.count) samples\(peak)) \
      from \(PageWords.exact(miss.first))
      """
  }

  private var worstGood: Markup? {
    tally.worstGood.map { "\(number($0.value)) at \(PageWords.exact($0.at))" }
  }

  private var samples: Markup? {
    let unknown = tally.samples - tally.bad - tally.good
    let parts = [(tally.bad, "bad"), (tally.good, "good"), (unknown, "unknown")]
      .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return parts.isEmpty ? "none" : "\(parts.joined(separator: ", "))"
  }

  private var unknown: Markup? {
    guard !tally.unknown.isEmpty else { return nil }
    let reasons = tally.unknown.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key.replacing("_", with: " ")) \($0.value)\u{a0}×" }
    return "\(share(tally.unknownShare)) of the time: \(reasons.joined(separator: ", "))"
  }

  private var gaps: Markup? {
    guard tally.gaps.count > 0 else { return nil }
    let from = tally.gaps.longestAt.map { " from \(PageWords.exact($0))" } ?? ""
    let longest = "\(Quantity.text(tally.gaps.longest))\(from)"
    guard tally.gaps.count > 1 else { return "1: \(longest)" }
    return "\(tally.gaps.count), \(Quantity.text(tally.gaps.total)) in all, longest \(longest)"
  }

  private func number(_ value: Double) -> String {
    Quantity.text(value, unit, apartFrom: threshold)
  }

  private func share(_ share: Double) -> String { ReplayWording.share(share) }

  private func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

  /// The episodes as a table that is folded where it is long; nothing where there is none.
  func episodes(most: Int) -> Markup {
    guard !tally.episodes.isEmpty else { return "" }
    let shown = tally.episodes.prefix(most)
    let rows = shown.map { episode -> [Markup] in
      let end = episode.resolvedAt
      let cause = episode.cause.map { ", \($0.words)" } ?? ""
      let lasted = end.map { Quantity.text($0 - episode.firedAt) } ?? "still firing"
      return [
        "\(end.map { PageWords.span(episode.firedAt, $0) } ?? PageWords.exact(episode.firedAt))",
        "\(lasted)\(cause)",
        "\(Quantity.text(episode.firedAt - episode.activeAt))",
        episode.peak.map { "\(number($0.value)) at \(PageWords.exact($0.at))" } ?? "none",
      ]
    }
    let more = tally.firings.count - shown.count
    let rest: Markup = more > 0 ? "<p class=\"small muted\">and \(more) more</p>\n" : ""
    let table = PageTable(
      caption: "When \(PageWords.name(tally.key), limit: 120) fired", isCaptionHidden: true,
      columns: [
        .init(title: "fired"), .init(title: "lasted"), .init(title: "detected after"),
        .init(title: "peak"),
      ], rows: rows
    ).markup
    return """
      <details\(shown.count <= 5 ? Self.open : "")><summary>\
      \(PageWords.count(tally.firings.count, "episode"))</summary>
      \(table)\(rest)</details>

      """
  }

  private static let open: Markup = " open"
}
