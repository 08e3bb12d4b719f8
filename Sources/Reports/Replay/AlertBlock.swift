internal import AlertEngine
internal import JSON
internal import Text

/// What a replay found of one alert, in a few lines.
struct AlertBlock {
  enum Rank {
    /// It fired.
    case fired
    /// It was bad for a while, and not for long enough.
    case near
    /// There never was evidence.
    case unreachable
    case quiet
  }

  let tally: AlertTally
  let target: TargetRecord
  /// What holds for all alerts of the target is not told of each.
  let shared: SharedDoubt

  init(_ tally: AlertTally, of target: TargetRecord, beside shared: SharedDoubt) {
    self.tally = tally
    self.target = target
    self.shared = shared
  }

  var rank: Rank {
    if tally.firings.count > 0 { return .fired }
    if tally.nearMiss != nil { return .near }
    return tally.bad + tally.good == 0 ? .unreachable : .quiet
  }

  var name: String { ReportEntry.name(of: tally.key) }

  private var unit: MetricUnit? { tally.subject.rule?.unit }

  /// How often it fired: `2 alerts`.
  var word: String {
    switch (rank, tally.firings.count) {
    case (.unreachable, _): "not judged"
    case (_, 0): "no alert"
    case (_, 1): "1 alert"
    case (_, let count): "\(count) alerts"
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

  /// A line of columns, and what there is to say below it.
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

  /// `> 5 % for 10 m, good again ≤ 3 %`.
  private var limit: String {
    guard let rule = tally.subject.rule else {
      return "no snapshot for \(Quantity.text(tally.subject.duration))"
    }
    let wording = RuleWording(rule)
    let hold = rule.duration == .zero ? " at once" : " for \(Quantity.text(rule.duration))"
    guard rank == .fired, let recovery = wording.recovery else { return wording.limit + hold }
    return "\(wording.limit)\(hold), \(recovery)"
  }

  private var details: [String] {
    [firing, detection, nearMiss, worst, doubt, gaps].compactMap(\.self)
  }

  private var firing: String? {
    let firings = tally.firings
    guard firings.count > 0 else { return nil }
    let share =
      target.elapsed > .zero ? ReplayWording.share(firings.total / target.elapsed) : nil
    if let since = firings.since, since == target.latest {
      return "fires since \(since.dayAndTime), the last sample"
    }
    var text = "fired for \(Quantity.text(firings.total))"
    if let share { text += ", \(share) of the time" }
    if firings.count > 1 { text += ", longest \(Quantity.text(firings.longest))" }
    if let since = firings.since { text += "; still fires at the end, since \(since.dayAndTime)" }
    return text
  }

  private var detection: String? {
    guard let mean = tally.firings.meanDetection, tally.firings.longestDetection > .zero else {
      return nil
    }
    let longest = tally.firings.longestDetection
    guard tally.firings.detected > 1, longest != mean else {
      return "fired \(Quantity.text(mean)) after the first bad sample"
    }
    return "fired \(Quantity.text(mean)) after the first bad sample on average, "
      + "\(Quantity.text(longest)) at most"
  }

  private var nearMiss: String? {
    guard let miss = tally.nearMiss else { return nil }
    let begin = rank == .fired ? "did not fire" : "came nearest"
    let words = ReplayWording.nearMiss(
      span: miss.span, count: miss.count, of: tally.subject.duration)
    let peak = miss.peak.map { ", peak \(Quantity.text($0.value, unit))" } ?? ""
    return "\(begin) on \(miss.first.dayAndTime): \(words)\(peak)"
  }

  /// How near it came that never was bad.
  private var worst: String? {
    guard rank == .quiet, let worst = tally.worstGood, let rule = tally.subject.rule else {
      return nil
    }
    let text = Quantity.text(.number(worst.value), unit, apartFrom: rule.condition.threshold)
    return "worst \(text) on \(worst.at.dayAndTime)"
  }

  private var doubt: String? {
    shared.tellsDoubt(of: tally) && rank != .unreachable ? nil : SharedDoubt.doubt(of: tally)
  }

  private var gaps: String? {
    shared.tellsGaps ? nil : SharedDoubt.gaps(of: tally)
  }
}

/// What was not seen, where all rules of a target lack the same.
struct SharedDoubt {
  private enum Reach {
    case nobody, metrics, all
  }

  /// Of whom it is told at once how long they were without evidence.
  private let doubted: Reach
  let tellsGaps: Bool
  let lines: [String]

  init(of tallies: [AlertTally]) {
    let rules = tallies.filter { $0.subject.rule != nil }
    guard let first = rules.first, tallies.count > 1 else {
      (doubted, tellsGaps, lines) = (.nobody, false, [])
      return
    }
    func isLikeFirst(_ tally: AlertTally) -> Bool {
      tally.unknown == first.unknown && tally.samples == first.samples
    }
    let isShared = rules.count > 1 && rules.allSatisfy(isLikeFirst)
    doubted = !isShared ? .nobody : tallies.allSatisfy(isLikeFirst) ? .all : .metrics
    tellsGaps = tallies.allSatisfy {
      $0.gaps == first.gaps && $0.subject.maxGap == first.subject.maxGap
    }
    let subject = doubted == .all ? "all rules" : "all rules but \(EndpointSettings.ruleName)"
    let lines = [
      isShared ? Self.doubt(of: first).map { "\(subject): \($0)" } : nil,
      tellsGaps ? Self.gaps(of: first).map { "all rules: \($0)" } : nil,
    ]
    self.lines = lines.compactMap(\.self)
  }

  /// Whether the lines tell how long an alert was without evidence.
  func tellsDoubt(of tally: AlertTally) -> Bool {
    switch doubted {
    case .nobody: false
    case .metrics: tally.subject.rule != nil
    case .all: true
    }
  }

  /// `without evidence for 4 % of the time (12 low volume, 3 unreachable of 287 samples)`.
  static func doubt(of tally: AlertTally) -> String? {
    guard !tally.unknown.isEmpty else { return nil }
    let reasons = tally.unknown.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
      "\($0.value) \($0.key.replacingBytes("_", with: " "))"
    }
    return "without evidence for \(ReplayWording.share(tally.unknownShare)) of the time "
      + "(\(reasons.joined(separator: ", ")) of \(tally.samples) samples)"
  }

  /// `2 gaps longer than 1 h, longest 3 h 10 m from 2026-09-02 02:00 on`.
  static func gaps(of tally: AlertTally) -> String? {
    let gaps = tally.gaps
    guard gaps.count > 0 else { return nil }
    let count = gaps.count == 1 ? "1 gap" : "\(gaps.count) gaps"
    let from = gaps.longestAt.map { " from \($0.dayAndTime) on" } ?? ""
    return "\(count) longer than \(Quantity.text(tally.subject.maxGap)), "
      + "longest \(Quantity.text(gaps.longest))\(from)"
  }
}
