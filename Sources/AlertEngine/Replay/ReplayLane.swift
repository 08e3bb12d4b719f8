package import Text

/// One set of rules, evaluated over a whole recording sample by sample.
///
/// A replay has a lane for the configured rules, or several that share them, and one for each
/// variant. Lanes are independent of each other and may run in parallel.
package struct ReplayLane: Sendable {
  /// How many alerts of a target are tallied one by one; the others are only counted.
  static let mostTallies = 5_000
  /// How many of the tallied alerts are drawn.
  static let mostPictures = 100

  private let evaluator: Evaluator
  private let begin: Instant?
  private let isDrawn: Bool
  private let mostEpisodes: Int
  private let windows: MaintenanceCalendar?
  private var targets: [ReplayedTarget] = []
  private var indices: [String: Int] = [:]

  /// Starts a lane.
  ///
  /// - Parameters:
  ///   - evaluator: the rules.
  ///   - begin: earlier samples are evaluated, but neither counted nor reported.
  ///   - isDrawn: whether to keep what charts need.
  ///   - mostEpisodes: how many episodes of each alert to keep.
  ///   - windows: the maintenance windows; `nil` without any.
  package init(
    _ evaluator: Evaluator, from begin: Instant? = nil, isDrawn: Bool = false,
    keeping mostEpisodes: Int = AlertTally.mostEpisodes, windows: MaintenanceCalendar? = nil
  ) {
    self.evaluator = evaluator
    self.begin = begin
    self.isDrawn = isDrawn
    self.mostEpisodes = mostEpisodes
    self.windows = windows
  }

  /// Evaluates samples in the order of the recording.
  ///
  /// - Parameters:
  ///   - samples: some of them, following those of the previous call.
  ///   - report: takes each transition with the index of its sample.
  package mutating func judge(
    _ samples: [RecordedSample], _ report: (Int, ReplayTransition) -> Void
  ) {
    for (index, sample) in samples.enumerated() {
      judge(sample) { report(index, $0) }
    }
  }

  private mutating func judge(_ sample: RecordedSample, _ report: (ReplayTransition) -> Void) {
    let place = place(of: sample.target)
    let evaluation = targets[place].evaluate(sample, by: evaluator)
    if let begin, sample.observedAt < begin { return }
    targets[place].take(evaluation, of: sample, report)
  }

  private mutating func place(of target: String) -> Int {
    if targets.count == 1, targets[0].name == target { return 0 }
    if let known = indices[target] { return known }
    let pictures = isDrawn ? max(0, Self.mostPictures - targets.map(\.pictures).reduce(0, +)) : 0
    targets.append(
      ReplayedTarget(
        name: target, mostPictures: pictures, mostEpisodes: mostEpisodes, windows: windows))
    indices[target] = targets.count - 1
    return targets.count - 1
  }

  /// The results at the end of the replay.
  ///
  /// - Returns: a record for each reported target, in the order of their first samples.
  package func finish() -> [TargetRecord] {
    let order = Dictionary(
      uniqueKeysWithValues: evaluator.rules.enumerated().map { ($1.rule.name, $0) })
    return targets.compactMap { $0.finish(inOrder: order) }
  }
}

extension [Rule] {
  /// The rules in order, divided into parts of similar size, one for each lane.
  package func parts(_ count: Int) -> [[Rule]] {
    (0..<count).map { part in
      Array(self[(self.count * part / count)..<(self.count * (part + 1) / count)])
    }
  }
}
