internal import AlertEngine
internal import Text

/// One alert in a rule test as rows of characters under a time axis.
///
/// A column is one sample, or several if there are more than fit. Then it shows the worst, except the
/// column of the difference, which shows just that sample.
struct RuleTestPicture {
  /// The number of columns that fit a terminal of 80, next to the names of the rows and an indent.
  static let width = 64

  /// What the alert is about: its rule in words.
  let title: String
  /// A name, and a character for each column.
  let rows: [(name: String, text: String)]
  /// Further notes, a sentence each.
  let notes: [String]

  init(_ timeline: RuleTestTimeline, of test: RuleTest, difference: Int?) {
    let drawing = Drawing(timeline, of: test, difference: difference)
    (title, rows, notes) = (drawing.title, drawing.rows, drawing.notes)
  }
}

extension RuleTestPicture {
  /// The meaning of the characters that occur in some pictures.
  static func legend(of pictures: [RuleTestPicture]) -> [String] {
    let rows = pictures.flatMap(\.rows).filter { !["", "time"].contains($0.name) }
    let text = Set(rows.map(\.text).joined())
    let phases: [(Character, String)] = [
      (Phase.Kind.inactive.letter, "inactive"), (Phase.Kind.pending.letter, "pending"),
      (Phase.Kind.firing.letter, "firing"),
      (Phase.Kind.recovering.letter, "recovering (still firing)"),
    ]
    let values: [(Character, String)] = [
      ("■", "bad"), ("□", "good"), ("_", "missing"), ("x", "wrong type"), ("!", "endpoint down"),
      ("?", "no evidence"),
    ]
    let lines = [phases, values].map { entries in
      entries.filter { text.contains($0.0) }.map { "\($0.0) \($0.1)" }.joined(separator: "   ")
    }
    return lines.filter { !$0.isEmpty }
  }
}

/// Draws the rows; unlike the picture, it holds every sample.
private struct Drawing {
  private let timeline: RuleTestTimeline
  private let times: SampleTimes
  /// The sample at which the alert first differs.
  private let difference: Int?
  /// The samples of a column.
  private let perColumn: Int
  private let hasTransitions: Bool

  init(_ timeline: RuleTestTimeline, of test: RuleTest, difference: Int?) {
    self.timeline = timeline
    self.difference = difference
    times = test.times
    hasTransitions = test.transitions != nil && test.scope.contains(timeline.key.rule)
    perColumn = (test.times.count + RuleTestPicture.width - 1) / RuleTestPicture.width
  }

  private var columns: Int { (times.count + perColumn - 1) / perColumn }

  var title: String {
    let name = timeline.key.text
    guard let subject = timeline.subject else { return name }
    switch subject.origin {
    case .rule(let rule): return "\(name): \(RuleWording(rule).sentence)"
    case .endpoint(let endpoint):
      return "\(name): no snapshot for \(Quantity.text(endpoint.duration))"
    }
  }

  var rows: [(name: String, text: String)] {
    var rows = [("time", axis), ("value", values)]
    if timeline.expected.contains(where: { $0 != nil }) {
      rows.append(("expected", phases(timeline.expected)))
    }
    rows.append(("actual", phases(timeline.moments.map { $0.phase })))
    if let difference { rows.append(("", mark(at: difference))) }
    return rows
  }

  var notes: [String] {
    var notes: [String] = []
    if perColumn > 1 {
      notes.append("each column is \(perColumn) samples; the worst is shown")
    }
    if hasTransitions {
      let shown = timeline.transitions.prefix(8).map { happened in
        "\(times[happened.sample].notation) \(happened.event.rawValue)"
      }
      let more = timeline.transitions.count > 8 ? ", …" : ""
      notes.append(
        "transitions: " + (shown.isEmpty ? "none" : shown.joined(separator: ", ") + more))
    }
    return notes
  }

  /// The time of every tenth column; if samples are irregular, of every column that has room.
  private var axis: String {
    var axis = ""
    for column in stride(from: 0, to: columns, by: times.isRegular ? 10 : 1) {
      let label = times[column * perColumn].notation
      let isFitting = column + label.count <= RuleTestPicture.width
      guard column == 0 || axis.count < column && isFitting else { continue }
      axis += String(repeating: " ", count: column - axis.count) + label
    }
    return axis
  }

  private func mark(at sample: Int) -> String {
    let column = sample / perColumn
    let time = times[sample].notation
    guard column + 2 + time.count > RuleTestPicture.width else {
      return String(repeating: " ", count: column) + "^ " + time
    }
    return String(repeating: " ", count: max(0, column - time.count - 1)) + time + " ^"
  }

  private func phases(_ phases: [Phase.Kind?]) -> String {
    let ranks: [Phase.Kind?] = [nil, .inactive, .pending, .recovering, .firing]
    return String(
      shown { samples in
        let worst = samples.map { ranks.firstIndex(of: phases[$0]) ?? 0 }.max() ?? 0
        return ranks[worst]?.letter ?? " "
      })
  }

  /// A character for each column.
  private func shown(_ character: (Range<Int>) -> Character) -> [Character] {
    (0..<columns).map { column in
      let samples = column * perColumn..<min((column + 1) * perColumn, times.count)
      guard let difference, samples.contains(difference) else { return character(samples) }
      return character(difference..<difference + 1)
    }
  }
}

// The row of values.
extension Drawing {
  fileprivate var values: String {
    let condition = timeline.subject?.rule?.condition
    let observations = timeline.moments.map(\.observation)
    let blocks = Sparkline.marks(observations.map { $0?.number }, condition)
    let marks = zip(observations, blocks).map { observation, block in
      observation?.number == nil ? Self.mark(for: observation) : block
    }
    let isLowBad = condition.map { $0.comparison == .lt || $0.comparison == .lte } ?? false
    return String(
      shown { samples in
        let worst = samples.max { one, other in
          let (one, other) = (marks[one].rank(isLowBad), marks[other].rank(isLowBad))
          return one < other
        }
        return worst.map { marks[$0].character } ?? " "
      })
  }

  /// The character for an observation without a number.
  private static func mark(for observation: Observation?) -> Sparkline.Mark {
    switch observation {
    case nil: Sparkline.Mark(character: " ", isBad: false)
    case .good(.present): Sparkline.Mark(character: "▁", isBad: false)
    case .bad(.sample):
      Sparkline.Mark(character: "■", isBad: true)
    case .good(.sample): Sparkline.Mark(character: "□", isBad: false)
    case .bad(.missing), .good(.missing), .unknown(.missing), .unknown(.gone):
      Sparkline.Mark(character: "_", isBad: false)
    case .bad(.unreachable), .good(.unreachable), .unknown(.unreachable),
      .unknown(.notAttempted):
      Sparkline.Mark(character: "!", isBad: true)
    case .bad(.wrongType), .good(.wrongType), .unknown(.wrongType):
      Sparkline.Mark(character: "x", isBad: false)
    case .bad, .good, .unknown: Sparkline.Mark(character: "?", isBad: false)
    }
  }
}

extension Sparkline.Mark {
  /// The higher, the more important.
  fileprivate func rank(_ isLowBad: Bool) -> Int {
    let level = Sparkline.blocks.firstIndex(of: character).map { isLowBad ? 8 - $0 : $0 + 1 }
    guard let level else { return character == "!" ? 30 : character == " " ? -1 : 10 }
    return isBad ? 20 + level : level
  }
}

extension Phase.Kind {
  fileprivate var letter: Character {
    switch self {
    case .inactive: "·"
    case .pending: "p"
    case .firing: "F"
    case .recovering: "r"
    }
  }
}
