package import Text

/// One set of rules, judged sample by sample over a whole recording.
///
/// A replay has a lane for the rules as they are configured, or several that share them, and one
/// for each variant. Lanes know nothing of one another and may run side by side.
package struct ReplayLane: Sendable {
  /// How many alerts of a target are tallied one by one; the rest is only counted.
  static let mostTallies = 5_000
  /// How many of them are drawn.
  static let mostPictures = 100

  private let evaluator: Evaluator
  private let begin: Instant?
  private let isDrawn: Bool
  private var targets: [ReplayedTarget] = []
  private var indices: [String: Int] = [:]

  /// Begins a lane.
  ///
  /// - Parameters:
  ///   - evaluator: the rules.
  ///   - begin: earlier samples are evaluated, but neither counted nor reported.
  ///   - isDrawn: whether what a page draws is kept.
  package init(_ evaluator: Evaluator, from begin: Instant? = nil, isDrawn: Bool = false) {
    self.evaluator = evaluator
    self.begin = begin
    self.isDrawn = isDrawn
  }

  /// Judges samples in the order in which they were recorded.
  ///
  /// - Parameters:
  ///   - samples: some of them, after all that came before.
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
    targets.append(ReplayedTarget(name: target, mostPictures: pictures))
    indices[target] = targets.count - 1
    return targets.count - 1
  }

  /// The results at the end of the replay.
  ///
  /// - Returns: a record of each reported target, in the order of their first samples.
  package func finish() -> [TargetRecord] {
    let order = Dictionary(
      uniqueKeysWithValues: evaluator.rules.enumerated().map { ($1.rule.name, $0) })
    return targets.compactMap { $0.finish(inOrder: order) }
  }
}

extension [Rule] {
  /// The rules in their order, in so many parts of much the same size, for as many lanes.
  package func parts(_ count: Int) -> [[Rule]] {
    (0..<count).map { part in
      Array(self[(self.count * part / count)..<(self.count * (part + 1) / count)])
    }
  }
}
