internal import AlertEngine
internal import Text

/// The results of a replay for one alert, in a few lines.
struct AlertBlock {
  let tally: AlertTally
  let target: TargetRecord
  /// What applies to all alerts of the target is not repeated for each.
  let shared: SharedDoubt

  init(_ tally: AlertTally, of target: TargetRecord, beside shared: SharedDoubt) {
    self.tally = tally
    self.target = target
    self.shared = shared
  }

  var rank: AlertTally.Rank { tally.rank }

  var name: String { tally.key.text }

  private var words: TallyWording { TallyWording(tally, time: \.dayAndTime) }

  /// How often somebody would have been notified: `2 alerts`.
  var word: String {
    switch (rank, tally.pages) {
    case (.unreachable, _): "not evaluated"
    case (_, 0): "no alert"
    case (_, let count): Quantity.count(count, "alert")
    }
  }

  private var color: TerminalStyle.Color {
    switch rank {
    case .fired: .red
    case .near: .yellow
    case .unreachable: .magenta
    case .quiet: .green
    }
  }

  /// A line of columns, and the details below it.
  func lines(wordWidth: Int, nameWidth: Int, _ style: TerminalStyle) -> [String] {
    var line = style.paint(word.padded(to: wordWidth), color) + "  "
    line += style.bold(name.padded(to: nameWidth)) + "  " + limit
    var details = details
    let room = ReplayTextReport.columns - wordWidth - nameWidth - limit.count - 7
    // A healthy alert takes one line.
    if rank == .quiet, details.count == 1, details[0].count <= room {
      line += "   " + details.removeFirst()
    }
    return [line] + details.flatMap { ReplayTextReport.wrapped($0, indent: wordWidth + 2) }
  }

  /// `> 5 % for 10 m, recovers at ≤ 3 %`.
  private var limit: String {
    guard let rule = tally.subject.rule else {
      return "no snapshot for \(Quantity.text(tally.subject.duration))"
    }
    let wording = RuleWording(rule)
    let hold = rule.duration == .zero ? " immediately" : " for \(Quantity.text(rule.duration))"
    guard rank == .fired, let recovery = wording.recovery else { return wording.limit + hold }
    return "\(wording.limit)\(hold), \(recovery)"
  }

  private var details: [String] {
    [
      firing, words.maintenance.map { "in maintenance \($0)" }, detection, nearMiss, worst, doubt,
      gaps,
    ].compactMap(\.self)
  }

  private var firing: String? {
    let firings = tally.firings
    guard firings.count > 0 else { return nil }
    if let since = firings.since, since == target.latest {
      return "firing since \(since.dayAndTime), the last sample"
    }
    var text = "fired for \(Quantity.text(firings.total))"
    if target.elapsed > .zero {
      text += ", \(ReplayWording.share(firings.total / target.elapsed)) of the time"
    }
    if firings.count > 1 { text += ", longest \(Quantity.text(firings.longest))" }
    if let since = firings.since { text += "; still firing since \(since.dayAndTime)" }
    return text
  }

  private var detection: String? {
    guard tally.firings.longestDetection > .zero else { return nil }
    return words.detection.map { "time to detect \($0)" }
  }

  private var nearMiss: String? {
    words.nearMiss.map { (rank == .fired ? "did not fire on " : "closest call ") + $0 }
  }

  /// The worst good value of an alert that was never bad.
  private var worst: String? {
    guard rank == .quiet, tally.subject.rule != nil else { return nil }
    return words.worstGood.map { "worst \($0)" }
  }

  private var doubt: String? {
    shared.coversDoubt(of: tally) && rank != .unreachable ? nil : SharedDoubt.doubt(of: words)
  }

  private var gaps: String? { shared.coversGaps ? nil : words.gaps }
}

/// Missing evidence that is the same for all rules of a target.
struct SharedDoubt {
  private enum Reach {
    case none, metrics, all
  }

  /// The alerts that the lines cover, as far as time without evidence is concerned.
  private let doubted: Reach
  let coversGaps: Bool
  let lines: [String]

  init(of tallies: [AlertTally]) {
    let rules = tallies.filter { $0.subject.rule != nil }
    guard let first = rules.first, tallies.count > 1 else {
      (doubted, coversGaps, lines) = (.none, false, [])
      return
    }
    func isLikeFirst(_ tally: AlertTally) -> Bool {
      tally.unknown == first.unknown && tally.samples == first.samples
    }
    let isShared = rules.count > 1 && rules.allSatisfy(isLikeFirst)
    doubted = !isShared ? .none : tallies.allSatisfy(isLikeFirst) ? .all : .metrics
    coversGaps = tallies.allSatisfy {
      $0.gaps == first.gaps && $0.subject.maxGap == first.subject.maxGap
    }
    let subject = doubted == .all ? "all rules" : "all rules except \(EndpointSettings.ruleName)"
    let words = TallyWording(first, time: \.dayAndTime)
    let lines = [
      isShared ? Self.doubt(of: words).map { "\(subject): \($0)" } : nil,
      coversGaps ? words.gaps.map { "all rules: \($0)" } : nil,
    ]
    self.lines = lines.compactMap(\.self)
  }

  /// Whether the lines cover an alert's time without evidence.
  func coversDoubt(of tally: AlertTally) -> Bool {
    switch doubted {
    case .none: false
    case .metrics: tally.subject.rule != nil
    case .all: true
    }
  }

  static func doubt(of words: TallyWording) -> String? {
    words.unknown.map { "without evidence for \($0)" }
  }
}
