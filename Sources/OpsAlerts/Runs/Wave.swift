internal import AlertEngine

/// The targets of a run that are judged, saved and told of together.
///
/// There is one wave as a rule. Where some targets have news and others have to be asked again, the
/// first do not wait for the others: those make a second wave.
struct Wave: Sendable {
  private(set) var answers: [TargetAnswer] = []
  var reports: [TargetReport] = []
  var warnings = Complaints()
  var errors = Complaints()
  /// For a wave that another one follows, whether that one has come; `nil` for the last.
  private(set) var isOvertaken: (@Sendable () -> Bool)?
  /// The ways to the receivers that the wave before left unfinished.
  var passes: [DeliveryPass] = []

  var isLast: Bool { isOvertaken == nil }

  /// Takes up what was fetched.
  mutating func add(_ answers: FetchedAnswers) {
    self.answers += answers.answers
    isOvertaken = answers.isOvertaken
  }

  /// The next wave, once this one is told of.
  func next() -> Wave {
    var next = Wave()
    next.passes = passes
    return next
  }
}

/// A part of what a fetch brings.
struct FetchedAnswers: Sendable {
  let answers: [TargetAnswer]
  /// Whether the rest has come meanwhile; `nil` where this is the rest.
  let isOvertaken: (@Sendable () -> Bool)?
}
