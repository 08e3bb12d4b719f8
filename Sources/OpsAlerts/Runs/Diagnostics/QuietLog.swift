internal import AlertEngine
internal import Reports
internal import Synchronization
internal import Text

/// What `--quiet` prints: what is new since the last run, and what has persisted for another
/// reminder interval.
///
/// Each trouble (an error, a warning, an unhealthy check) has a hash. The state keeps the time at
/// which each was last printed, for as long as it persists.
final class QuietLog: Sendable {
  fileprivate struct Contents {
    /// When each trouble was last printed; `nil` before the state is known.
    var before: [String: Instant]?
    var now = Instant(milliseconds: 0)
    /// Zero for no reminders.
    var interval = Duration.zero
    /// What came before the state was known.
    var waiting: [Diagnostic] = []
    var lasting: [String: Instant] = [:]
    var checks: Set<String> = []
    var hasNews = false
    /// Whether the sample has ended: what it printed is not printed again.
    var isOver = false
  }

  private let contents = Mutex(Contents())
  private let report: @Sendable (Diagnostic) -> Void

  /// - Parameter report: prints a diagnostic.
  init(report: @escaping @Sendable (Diagnostic) -> Void) {
    self.report = report
  }

  /// Whether the report is worth printing.
  var hasNews: Bool { contents.withLock(\.hasNews) }

  /// Begins a sample, and prints what waited for it.
  ///
  /// - Parameters:
  ///   - before: what the state keeps.
  ///   - now: the time of the sample.
  ///   - interval: how long a trouble persists until it is printed again; zero: never again.
  func begin(after before: [String: Instant], at now: Instant, every interval: Duration) {
    let waiting = contents.withLock { contents in
      contents.before = before
      contents.now = now
      contents.interval = interval
      contents.lasting = [:]
      contents.checks = []
      contents.isOver = false
      defer { contents.waiting = [] }
      return contents.waiting
    }
    for diagnostic in waiting { take(diagnostic) }
  }

  /// Prints what waits for a state that will not be read.
  func giveUp() {
    let waiting = contents.withLock { contents in
      defer { contents.waiting = [] }
      if contents.before == nil { contents.hasNews = true }
      return contents.waiting
    }
    for diagnostic in waiting { report(diagnostic) }
  }

  /// Prints a diagnostic if it is news.
  func take(_ diagnostic: Diagnostic) {
    let isShown = contents.withLock { contents in
      guard diagnostic.level != .note else { return true }
      guard contents.before != nil else {
        contents.waiting.append(diagnostic)
        return false
      }
      return contents.note(Self.hash(["diagnostic", diagnostic.topic.sentence]))
    }
    if isShown { report(diagnostic) }
  }

  /// Takes the checks and transitions of a sample.
  func take(_ targets: [TargetReport]) {
    contents.withLock { contents in
      for target in targets {
        if !target.evaluation.transitions.isEmpty { contents.hasNews = true }
        for check in target.evaluation.checks {
          guard let trouble = check.trouble else { continue }
          let hash = Self.hash(["check", target.name, check.key.text, trouble])
          contents.checks.insert(hash)
          _ = contents.note(hash)
        }
      }
    }
  }

  /// Ends a sample.
  ///
  /// - Returns: what the state keeps. The report shows all checks at once, so all count as printed.
  func end() -> [String: Instant] {
    contents.withLock { contents in
      contents.isOver = true
      if contents.hasNews {
        for hash in contents.checks { contents.lasting[hash] = contents.now }
      }
      return contents.lasting
    }
  }

  private static func hash(_ fields: [String]) -> String {
    var digest = FNV1a()
    for field in fields { digest.combine(field: field) }
    return digest.hex
  }
}

extension QuietLog.Contents {
  /// Records a trouble; returns whether to print it.
  fileprivate mutating func note(_ hash: String) -> Bool {
    guard lasting[hash] == nil else { return !isOver && lasting[hash] == now }
    let last = before?[hash]
    // A time ahead of the clock is meaningless: the clock was set back.
    let isDue = last.map { $0 > now || interval > .zero && now - $0 >= interval } ?? true
    lasting[hash] = isDue ? now : last
    if isDue { hasNews = true }
    return isDue
  }
}

extension Check {
  /// What makes a check worth a line under `--quiet`; `nil` if it is healthy or will be soon.
  fileprivate var trouble: String? {
    switch status {
    case .fail, .warn: "firing"
    case .unknown: reason.flatMap { $0.isRoutine ? nil : $0.code }
    case .pass, .pending: nil
    }
  }
}
