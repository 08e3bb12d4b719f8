/// One set of rules, judged sample by sample over a whole recording.
///
/// A replay has one lane for the rules as they are configured, or several that share them, and one
/// for each variant; lanes know nothing of one another and may run side by side.
package struct ReplayLane: Sendable {
  /// So many alerts of a target are tallied one by one, and so many of them drawn.
  package static let mostTallies = 5_000
  package static let mostPictures = 100

  private let evaluator: Evaluator
  /// What is told begins here.
  private let begin: Instant?
  private let isDrawn: Bool
  /// Whether `endpoint_down` is told as well.
  private let tellsEndpoint: Bool
  private var targets: [Target] = []
  private var indices: [String: Int] = [:]

  private struct Target: Sendable {
    var state = TargetState()
    var record: TargetRecord?
    var tallies: [AlertTally] = []
    var places: [AlertKey: Int] = [:]
    var untallied: Set<Fingerprint> = []
  }

  /// Begins a lane.
  ///
  /// - Parameters:
  ///   - evaluator: the rules.
  ///   - begin: what was before is judged, and neither counted nor told.
  ///   - isDrawn: keeps what a page draws.
  ///   - tellsEndpoint: whether `endpoint_down` counts; of several lanes it is to count in one.
  package init(_ evaluator: Evaluator, from begin: Instant?, isDrawn: Bool, tellsEndpoint: Bool) {
    self.evaluator = evaluator
    self.begin = begin
    self.isDrawn = isDrawn
    self.tellsEndpoint = tellsEndpoint
  }
}
