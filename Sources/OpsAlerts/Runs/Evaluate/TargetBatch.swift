internal import AlertEngine
internal import Reports

/// Targets of a run that are evaluated, saved and delivered together.
///
/// Usually there is one batch. If some targets have news while others must be asked again, the first
/// do not wait: the others form a second batch.
struct TargetBatch {
  private(set) var answers: [TargetAnswer] = []
  var reports: [TargetReport] = []
  /// What people acknowledged at services.
  var acknowledgements: [HistoryEntry] = []
  var warnings = TargetFailures()
  var errors = TargetFailures()
  private(set) var isLast = false
  /// For a first batch, whether the second is ready.
  private(set) var isOvertaken: (@Sendable () -> Bool)?
  /// The delivery passes that the batch before left unfinished.
  private(set) var passes: [DeliveryPass] = []
  /// Whether a first batch has been delivered.
  private(set) var isSecond = false

  /// Adds what was fetched.
  mutating func take(_ part: FetchedAnswers) {
    answers += part.answers
    isOvertaken = part.isOvertaken
    isLast = part.isOvertaken == nil
  }

  /// Starts the next batch, once this one is delivered.
  mutating func end(leaving passes: [DeliveryPass]) {
    self = TargetBatch()
    self.passes = passes
    isSecond = true
  }
}

/// Some of the results of a fetch.
struct FetchedAnswers: Sendable {
  let answers: [TargetAnswer]
  /// Whether the rest is ready; `nil` for the rest itself.
  let isOvertaken: (@Sendable () -> Bool)?

  /// The end of a cancelled fetch.
  static let nothingMore = FetchedAnswers(answers: [], isOvertaken: nil)
}
