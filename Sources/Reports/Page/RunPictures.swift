internal import AlertEngine
internal import Text

/// What is drawn of one evaluation, in the order of the page.
struct RunPictures {
  private struct Entry {
    let alert: PageAlert
    let check: Check
    let state: ReportState
    let changed: Transition?
  }

  private struct Target {
    let digest: TargetDigest
    let drawn: [Entry]
    let undrawn: [ReportEntry]
  }

  private let now: Instant
  private let targets: [Target]
  private let time: TimeScale
  private let detail: PageDetail

  init(_ report: RunReport) {
    let now = report.generatedAt
    self.now = now
    var left = PageDetail.mostPictures
    let ordered = ReportDigest(report).ordered
    let time = Self.time(of: report)
    self.time = time
    targets = ordered.enumerated().map { target, digest in
      var drawn: [Entry] = []
      var undrawn: [ReportEntry] = []
      for (index, entry) in digest.entries.enumerated() {
        guard case .check(let check, let changed) = entry.content, left > 0 else {
          undrawn.append(entry)
          continue
        }
        left -= 1
        let alert = PageAlert(check, changed, id: "t\(target + 1)a\(index + 1)", time)
        drawn.append(Entry(alert: alert, check: check, state: entry.state, changed: changed))
      }
      return Target(digest: digest, drawn: drawn, undrawn: undrawn)
    }
    detail = PageDetail(pictures: PageDetail.mostPictures - left)
  }

  /// From the first number that is remembered; without any from the first bad sample.
  private static func time(of report: RunReport) -> TimeScale {
    let now = report.generatedAt
    let first =
      report.checks.compactMap(\.recent.entries.first?.at).min()
      ?? report.checks.compactMap(\.phase.breach?.activeAt).min()
    return TimeScale(from: min(first ?? now, now), to: now, hasRoom: true)
  }

  /// What the bands mean, and all checks over one time.
  var overview: Markup {
    let tables = targets.filter { !$0.drawn.isEmpty }.map { target in
      let name = target.digest.target.name
      let table = TimelineTable(
        caption: "All checks of \(name) over time", titles: ["state"],
        rows: target.drawn.map { entry in
          .init(
            alert: entry.alert, summary: CheckWording(entry.check, seenAt: now).message,
            cells: [Self.badge(entry.state)])
        }, time: time, detail: detail)
      let heading: Markup = targets.count > 1 ? "<h3><bdi>\(name, limit: 120)</bdi></h3>\n" : ""
      return heading + table.markup
    }
    return tables.isEmpty ? "" : "<h2>The last samples</h2>\n\(tables)\(PageFrame.legend)"
  }

  /// The pictures, one below the other.
  var sections: Markup {
    Markup(
      targets.map { target in
        let title = targets.count > 1 ? target.digest.target.name : "Checks"
        guard !target.drawn.isEmpty || !target.undrawn.isEmpty else { return "" }
        let heading: Markup = "<h2><bdi>\(title, limit: 120)</bdi></h2>\n"
        return heading + Markup(target.drawn.map(section)) + undrawn(target.undrawn)
      })
  }

  private static func badge(_ state: ReportState) -> Markup {
    "<span class=\"state is-\(state.kind)\">\(state.rawValue)</span>"
  }

  private func section(_ entry: Entry) -> Markup {
    let wording = CheckWording(entry.check, seenAt: now)
    return AlertSection(
      alert: entry.alert, subject: entry.check.subject,
      state: (entry.state.kind, entry.state.rawValue), summary: wording.message,
      facts: facts(of: entry, wording), below: values(of: entry)
    ).markup(time, detail)
  }

  private func facts(of entry: Entry, _ wording: CheckWording) -> [(name: String, words: Markup)] {
    let end = entry.changed.flatMap { change -> String? in
      switch change.event {
      case .resolved, .cancelled: change.endWords(seenAt: now)
      case .pending, .firing: nil
      }
    }
    let isOn = entry.check.phase.kind != .inactive
    let facts: [(String, String?)] = [
      ("value", wording.valueAndLimit.value),
      ("limit", wording.limitAlone.isEmpty ? nil : wording.limitAlone),
      ("ended", end), ("severity", isOn ? wording.severity : nil),
      ("since", wording.since.map { String($0.trimmingPrefix("since ")) }),
      ("fires", wording.fires.map { String($0.trimmingPrefix("fires ")) }),
      ("fired", wording.fired.map { String($0.trimmingPrefix("fired ")) }),
      ("peak", wording.peak.map { String($0.trimmingPrefix("peak ")) }),
      ("recovery", wording.recovery), ("doubt", wording.doubt),
    ]
    return facts.compactMap { name, words in words.map { (name, "\($0)") } }
  }

  /// The last values one by one.
  private func values(of entry: Entry) -> Markup {
    let recent = entry.check.recent.entries
    guard recent.contains(where: { $0.value != nil }) else { return "" }
    let rule = entry.check.subject.rule
    let rows = recent.reversed().map { value -> [Markup] in
      let number = value.value.map {
        Quantity.text($0, rule?.unit, apartFrom: entry.alert.threshold)
      }
      return ["\(PageWords.exact(value.at))", "\(number ?? "none")"]
    }
    let table = PageTable(
      caption: "The last values of \(entry.alert.name, limit: 120)", isCaptionHidden: true,
      columns: [.init(title: "time"), .init(title: "value", isNumber: true)], rows: rows)
    return """
      <details><summary>\(PageWords.count(rows.count, "value"))</summary>
      \(table.markup)</details>

      """
  }

  /// So many checks without a picture are listed.
  private static let mostUndrawn = 200

  private func undrawn(_ entries: [ReportEntry]) -> Markup {
    guard !entries.isEmpty else { return "" }
    let rows = entries.prefix(Self.mostUndrawn).map { entry -> [Markup] in
      switch entry.content {
      case .ended(let transition):
        return [
          "<bdi>\(ReportEntry.name(of: transition.key))</bdi>", Self.badge(entry.state),
          "\(transition.endWords(seenAt: now))",
        ]
      case .check(let check, _):
        let wording = CheckWording(check, seenAt: now)
        return [
          "<bdi>\(wording.name)</bdi>", Self.badge(entry.state), "\(wording.valueAgainstLimit)",
        ]
      }
    }
    let more = entries.count - rows.count
    let rest: Markup =
      more > 0 ? "<p class=\"small muted\">and \(PageWords.count(more, "check")) more</p>\n" : ""
    let table = PageTable(
      caption: "\(PageWords.count(entries.count, "check")) without a picture",
      columns: ["check", "state", "value"].map { .init(title: $0) }, rows: rows)
    return table.markup + rest
  }
}

extension ReportState {
  /// In the page's style.
  var kind: String {
    switch self {
    case .firing: "firing"
    case .recovering: "recovering"
    case .pending: "pending"
    case .unknown, .cancelled: "unknown"
    case .resolved, .ok: "calm"
    }
  }
}

extension PageAlert {
  /// A check with its last values, and its phases as far as it knows them.
  init(_ check: Check, _ changed: Transition?, id: String, _ time: TimeScale) {
    let points = check.recent.entries.compactMap { entry in
      entry.value.map { SeriesSketch.Point(at: entry.at, value: $0) }
    }
    self.init(
      id: id, subject: check.subject, instance: check.instance, points: points,
      phases: Self.phases(of: check.phase, changed, time), sight: Self.sight(of: check, time))
  }

  private static func phases(
    of phase: Phase, _ changed: Transition?, _ time: TimeScale
  ) -> [PhaseBand] {
    var marks: [(AlertPicture.PhaseBand, Instant)] = [(.inactive, time.from)]
    if let episode = phase.episode ?? changed?.episode {
      marks += [(.pending, episode.breach.activeAt), (.firing, episode.firedAt)]
    }
    switch phase {
    case .inactive:
      if let changed, changed.episode != nil { marks.append((.inactive, changed.at)) }
    case .pending(let breach): marks.append((.pending, breach.activeAt))
    case .firing: break
    case .recovering(_, let evidence): marks.append((.recovering, evidence.first))
    }
    var sketch = BandSketch<AlertPicture.PhaseBand>()
    for (kind, at) in marks { sketch.append(kind, from: min(max(at, time.from), time.now)) }
    sketch.extend(to: time.to)
    return sketch.bands
  }

  /// What had no number, and what was not looked at.
  private static func sight(of check: Check, _ time: TimeScale) -> [SightBand] {
    var sketch = BandSketch<AlertPicture.Sight>()
    let hasNumbers = check.recent.entries.contains { $0.value != nil }
    var last: Instant?
    for entry in check.recent.entries {
      if let last, entry.at - last > check.subject.maxGap { sketch.append(.gap, from: last) }
      sketch.append(entry.value == nil && hasNumbers ? .unknown : .seen, from: entry.at)
      last = entry.at
    }
    // What this sample said is known better.
    switch check.observation {
    case .unknown: sketch.append(.unknown, from: last ?? time.now)
    case .bad(.missing), .bad(.wrongType), .good(.missing), .good(.wrongType):
      sketch.append(.missing, from: last ?? time.now)
    case .bad, .good: break
    }
    sketch.extend(to: time.to)
    return sketch.bands
  }
}
