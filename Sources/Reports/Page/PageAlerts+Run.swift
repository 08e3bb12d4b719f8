internal import AlertEngine
internal import Text

extension PageAlerts {
  /// The checks of one evaluation, worst first.
  init(_ report: RunReport) {
    let time = Self.time(of: report)
    var left = PageDetail.mostPictures
    let targets = ReportDigest(report).ordered.enumerated().map { target, digest in
      var drawn: [AlertSection] = []
      var undrawn: [ReportEntry] = []
      for (index, entry) in digest.entries.enumerated() {
        guard case .check(let check, let changed) = entry.content, left > 0 else {
          undrawn.append(entry)
          continue
        }
        left -= 1
        let alert = PageAlert(check, changed, id: "t\(target + 1)a\(index + 1)", time)
        drawn.append(
          AlertSection(alert, check, entry.state, changed: changed, seenAt: report.generatedAt))
      }
      return Target(
        name: digest.target.name, drawn: drawn,
        undrawn: Self.table(of: undrawn, seenAt: report.generatedAt), undrawnCount: undrawn.count)
    }
    self.init(
      noun: "check", heading: "Checks", title: "Recent samples", columns: ["state"],
      targets: targets, time: time,
      detail: PageDetail(pictures: PageDetail.mostPictures - left))
  }

  /// From the first recent number, or else from the first bad sample.
  private static func time(of report: RunReport) -> TimeScale {
    let now = report.generatedAt
    let first =
      report.checks.compactMap(\.recent.entries.first?.at).min()
      ?? report.checks.compactMap(\.phase.breach?.activeAt).min()
    return TimeScale(from: min(first ?? now, now), to: now, hasRoom: true)
  }

  /// How many checks without a picture are listed.
  private static let mostListed = 200

  private static func table(of entries: [ReportEntry], seenAt now: Instant) -> PageTable? {
    guard !entries.isEmpty else { return nil }
    let rows = entries.prefix(mostListed).map { entry -> [Markup] in
      let row = TextRow(entry, seenAt: now)
      return ["<bdi>\(row.name)</bdi>", .badge(entry.state), "\(row.value)"]
    }
    return PageTable(
      caption: "\(Quantity.count(entries.count, "check")) without a picture",
      columns: ["check", "state", "value"].map { .init(title: $0) }, rows: rows)
  }
}

extension AlertSection {
  fileprivate init(
    _ alert: PageAlert, _ check: Check, _ state: ReportState, changed: Transition?,
    seenAt now: Instant
  ) {
    let wording = CheckWording(check, seenAt: now)
    self.init(
      alert: alert, subject: check.subject, state: (state.kind, state.rawValue),
      summary: wording.message, cells: [.badge(state)],
      facts: Self.facts(of: wording, changed), below: Self.values(of: check, alert))
  }

  private static func facts(
    of wording: CheckWording, _ changed: Transition?
  ) -> [(name: String, words: Markup)] {
    let isOn = wording.check.phase.kind != .inactive
    let facts: [(String, String?)] = [
      ("value", wording.valueAndLimit.value),
      ("limit", wording.limitAlone.isEmpty ? nil : wording.limitAlone),
      ("ended", changed.flatMap { $0.isEnd ? $0.endWords(seenAt: wording.now) : nil }),
      ("severity", isOn ? wording.severity : nil),
      ("since", wording.since.map { String($0.trimmingPrefix("since ")) }),
      ("fires", wording.fires.map { String($0.trimmingPrefix("fires ")) }),
      ("fired", wording.fired.map { String($0.trimmingPrefix("fired ")) }),
      ("peak", wording.peak.map { String($0.trimmingPrefix("peak ")) }),
      ("recovery", wording.recovery), ("doubt", wording.doubt),
    ]
    let notices: [(String, String?)] = wording.notices.map { ("notifications", $0) }
    return (notices + facts).compactMap { name, words in words.map { (name, "\($0)") } }
  }

  /// The last values one by one.
  private static func values(of check: Check, _ alert: PageAlert) -> Markup {
    let recent = check.recent.entries
    guard recent.contains(where: { $0.value != nil }) else { return "" }
    let rows = recent.reversed().map { entry -> [Markup] in
      let number = entry.value.map {
        Quantity.text($0, alert.unit, apartFrom: alert.threshold)
      }
      return ["\(PageWords.exact(entry.at))", "\(number ?? "none")"]
    }
    return PageTable(
      caption: "The last values of \(alert.name, limit: 120)", isCaptionHidden: true,
      columns: [.init(title: "time"), .init(title: "value", isNumber: true)], rows: rows
    ).folded("value", of: rows.count)
  }
}

extension Markup {
  fileprivate static func badge(_ state: ReportState) -> Markup {
    badge(state.kind, state.rawValue)
  }
}

extension ReportState {
  /// Its class in the style sheet.
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

  /// The times without a number, and those without a sample.
  private static func sight(of check: Check, _ time: TimeScale) -> [SightBand] {
    var sketch = BandSketch<AlertPicture.Sight>()
    var last: Instant?
    for entry in check.recent.entries {
      if let last, entry.at - last > check.subject.maxGap { sketch.append(.gap, from: last) }
      sketch.append(entry.isEvidence ? .seen : .unknown, from: entry.at)
      last = entry.at
    }
    // More is known about this sample.
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
