/// A diagnostic of a sample, in words.
package struct WatchNotice: Hashable, Sendable {
  package enum Level: Hashable, Sendable {
    case note, warning, error

    /// What its line begins with.
    package var prefix: String {
      switch self {
      case .note: ""
      case .warning: "warning: "
      case .error: "error: "
      }
    }

    /// Whether a small screen shows it as well.
    var isProblem: Bool {
      switch self {
      case .note: false
      case .warning, .error: true
      }
    }
  }

  var level: Level
  /// In one line, with the level's prefix.
  var text: String

  package init(_ level: Level, _ text: String) {
    self.level = level
    self.text = text
  }
}
