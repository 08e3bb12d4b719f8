internal import Reports

/// The diagnostics of a watch, each reported once for as long as it lasts.
struct DiagnosticLog {
  /// Those of the last sample.
  private(set) var current: [Diagnostic] = []
  /// Those of the sample under way.
  private(set) var arriving: [Diagnostic] = []
  /// Further diagnostics of one sample are dropped.
  private static let most = 200

  mutating func add(_ diagnostic: Diagnostic) {
    if arriving.count < Self.most { arriving.append(diagnostic) }
  }

  /// The last note of the sample under way.
  var underWay: String? {
    arriving.last { $0.level == .note }?.lines.joined(separator: " ")
  }

  /// What a screen shows.
  var notices: [WatchNotice] {
    current.map { WatchNotice($0.level, $0.lines.joined(separator: " ")) }
  }

  /// Ends a sample.
  ///
  /// - Returns: what is new since the sample before, and which problems are over.
  mutating func finishSample() -> (new: [Diagnostic], over: [Diagnostic]) {
    var topics: Set<Diagnostic> = []
    let now = arriving.filter { !$0.isInJournal && topics.insert($0.topic).inserted }
    let before = Set(current.map(\.topic))
    let over = current.filter { $0.level != .note && !topics.contains($0.topic) }
    current = now
    arriving = []
    return (now.filter { !before.contains($0.topic) }, over)
  }
}

extension Diagnostic {
  /// Whether a `NO EVIDENCE` line of the journal says the same.
  fileprivate var isInJournal: Bool {
    switch self {
    case .error(.target(.one)): true
    case .error, .warning, .note: false
    }
  }
}
