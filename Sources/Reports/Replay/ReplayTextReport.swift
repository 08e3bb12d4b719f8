package import AlertEngine
internal import Text

/// A replay as text: the transitions of what fired, as they happen, then a summary of each rule.
package struct ReplayTextReport: ReplayReport {
  /// The largest numbers of alerts shown for a target: of those that fired, and of the others.
  static let mostFired = 50
  static let mostQuiet = 20
  static let columns = 80

  private let style: TerminalStyle
  private var nameWidth: Int
  private var targetWidth = 0
  /// The target of all transitions so far; empty once there are several.
  private var onlyTarget: String?
  private var hasTransitions = false
  private let isVerbose: Bool
  /// The number of pending alerts that ended without firing and are not listed.
  private var unlisted = 0

  /// Begins a report.
  ///
  /// - Parameters:
  ///   - rules: the names of the rules, for columns of a fixed width.
  ///   - targets: the names of the targets, if known.
  ///   - isVerbose: whether to list the transitions to and from pending as well.
  ///   - isColored: whether it is for a terminal with colours.
  package init(
    rules: [String], targets: [String] = [], isVerbose: Bool = false, isColored: Bool
  ) {
    self.isVerbose = isVerbose
    style = TerminalStyle(isOn: isColored)
    let names = rules + [EndpointSettings.ruleName]
    nameWidth = min(28, names.map(\.count).max() ?? 0)
    if targets.count > 1 {
      onlyTarget = ""
      targetWidth = min(24, targets.map { printable($0).count }.max() ?? 0)
    }
  }

  package mutating func head() -> [UInt8] { [] }

  package mutating func transitions(_ transitions: [ReplayTransition]) -> [UInt8] {
    for target in Set(transitions.map(\.target)) {
      targetWidth = min(24, max(targetWidth, printable(target).count))
      if onlyTarget == nil { onlyTarget = target }
      if onlyTarget != target { onlyTarget = "" }
    }
    var text = ""
    for transition in transitions {
      guard isVerbose || transition.transition.concernsFiring else {
        if transition.transition.event == .cancelled { unlisted += 1 }
        continue
      }
      hasTransitions = true
      text += line(of: transition) + "\n"
    }
    return Array(inert(text).utf8)
  }

  private func line(of transition: ReplayTransition) -> String {
    let line = ReplayTransitionLine(transition)
    var text = "\(line.time)  \(style.paint(line.word.padded(to: 9), line.color))  "
    if onlyTarget == "" {
      text += printable(transition.target, limit: 60).padded(to: targetWidth) + "  "
    }
    text += style.bold(line.name.padded(to: nameWidth)) + "  " + line.story
    return text.trimmingTrailingSpaces()
  }

  package mutating func tail(_ result: ReplayResult, skipped: SkippedLines) -> [UInt8] {
    var blocks: [[String]] = []
    if unlisted > 0 {
      let words = "pending without firing: \(Quantity.times(unlisted)) (--verbose lists each)"
      blocks.append([words])
    }
    for target in result.targets {
      let heading = result.targets.count > 1 ? [style.bold(printable(target.name))] : []
      blocks.append(heading + alerts(of: target))
    }
    let tables = VariantTable.tables(of: result)
    blocks += tables.map { $0.lines(style) }
    if let last = blocks.indices.last { blocks[last] += VariantTable.legend(of: tables) }
    if !result.notes.isEmpty {
      blocks.append(result.notes.flatMap { Self.wrapped(printable($0, limit: 400), indent: 0) })
    }
    blocks.append(Self.lines(of: skipped))
    blocks.append(ReplaySummary(result).lines)
    let text = blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n")
    return Array(inert((hasTransitions ? "\n" : "") + text + "\n").utf8)
  }

  private static func lines(of skipped: SkippedLines) -> [String] {
    let overlap = skipped.overlapSentence.map { wrapped($0, indent: 0) } ?? []
    guard skipped.total > 0 else { return overlap }
    let shown = skipped.first.prefix(5)
    let more = skipped.total - shown.count
    return ["\(Quantity.count(skipped.total, "line")) skipped:"]
      + shown.map { "  " + $0.sentence } + (more > 0 ? ["  and \(more) more"] : []) + overlap
  }

  /// A text in lines of 80 columns, broken at blanks.
  static func wrapped(_ text: String, indent: Int) -> [String] {
    text.wrapped(to: columns - indent).map { String(repeating: " ", count: indent) + $0 }
  }
}

// MARK: - The alerts of a target

extension ReplayTextReport {
  /// Alerts that fired come first, then close calls, then the rest, each in the order of the rules.
  private func alerts(of target: TargetRecord) -> [String] {
    let shared = SharedDoubt(of: target.tallies)
    let blocks = target.tallies.map { AlertBlock($0, of: target, beside: shared) }
    let fired = blocks.filter { $0.rank == .fired }
    let near = blocks.filter { $0.rank == .near }
    let rest =
      near + blocks.filter { $0.rank == .unreachable } + blocks.filter { $0.rank == .quiet }
    let shown = Array(fired.prefix(Self.mostFired)) + rest.prefix(Self.mostQuiet)
    let wordWidth = shown.map(\.word.count).max() ?? 0
    let nameWidth = min(34, shown.map(\.name.count).max() ?? 0)
    var lines = shown.flatMap { $0.lines(wordWidth: wordWidth, nameWidth: nameWidth, style) }
    let hiddenFired = max(0, fired.count - Self.mostFired)
    let hidden = max(0, rest.count - Self.mostQuiet)
    if hiddenFired > 0 {
      lines.append("and \(hiddenFired) more that fired (the JSON report lists all)")
    }
    if hidden > 0 {
      lines.append("and \(hidden) more that never fired (the JSON report lists all)")
    }
    if target.untallied > 0 {
      lines.append(
        "and \(Quantity.count(target.untallied, "sample")) of further alerts, which are not counted"
      )
    }
    return lines + shared.lines.flatMap { Self.wrapped($0, indent: 0) }
  }
}

extension Transition {
  /// Whether an alert starts or stops firing.
  fileprivate var concernsFiring: Bool {
    switch event {
    case .firing, .resolved: true
    case .pending, .cancelled: false
    }
  }
}
