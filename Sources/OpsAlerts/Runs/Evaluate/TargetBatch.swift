internal import AlertEngine
internal import Reports

/// The targets of a run that are judged, saved and told of together.
///
/// There is one batch as a rule. Where some targets have news and others have to be asked again, the
/// first do not wait for the others: those make a second batch.
struct TargetBatch {
  private(set) var answers: [TargetAnswer] = []
  var reports: [TargetReport] = []
  var warnings = TargetFailures()
  var errors = TargetFailures()
  private(set) var isLast = false
  /// For a batch that another one follows, whether that one has come.
  private(set) var isOvertaken: (@Sendable () -> Bool)?
  /// The ways to the receivers that the batch before left unfinished.
  private(set) var passes: [DeliveryPass] = []
  /// Whether a first batch was told of; what follows is the second.
  private(set) var isTold = false

  /// Takes up what was fetched.
  mutating func take(_ part: FetchedAnswers) {
    answers += part.answers
    isOvertaken = part.isOvertaken
    isLast = part.isOvertaken == nil
  }

  /// Makes room for the next batch, once this one is told of.
  mutating func end(leaving passes: [DeliveryPass]) {
    self = TargetBatch()
    self.passes = passes
    isTold = true
  }
}

/// A part of what a fetch brings.
struct FetchedAnswers: Sendable {
  let answers: [TargetAnswer]
  /// Whether the rest has come meanwhile; `nil` where this is the rest.
  let isOvertaken: (@Sendable () -> Bool)?

  /// The end of a fetch that was cancelled.
  static let nothingMore = FetchedAnswers(answers: [], isOvertaken: nil)
}
