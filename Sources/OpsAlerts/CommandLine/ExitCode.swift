/// The exit code of a run.
package enum ExitCode: Int32, CaseIterable, Sendable {
  /// Evaluated, nothing at or above `--fail-on`.
  case success = 0
  /// Alerts at or above `--fail-on`.
  case alerts = 1
  /// A usage or configuration error: nothing was fetched, written or sent.
  case usage = 2
  /// A chosen target returned no snapshot.
  case noEvidence = 3
  /// The state file could not be read, locked or written, or this machine lacks what a run needs.
  case state = 4
  /// A notification could not be delivered, and waiting will not help.
  case delivery = 5

  /// If several apply, a run exits with the first of these.
  static let byPriority: [ExitCode] = [
    .usage, .state, .alerts, .noEvidence, .delivery, .success,
  ]

  /// The code of a run to which all of `codes` apply; success if there is none.
  static func highestPriority(of codes: some Sequence<ExitCode>) -> ExitCode {
    let codes = Set(codes)
    return byPriority.first(where: codes.contains) ?? .success
  }

  /// The code's line in `evaluate --help` and in the reference.
  var meaning: String {
    switch self {
    case .success: "evaluated, nothing at or above --fail-on"
    case .alerts: "alerts at or above --fail-on"
    case .usage: "usage or configuration error: nothing was fetched, written or sent"
    case .noEvidence: "no evidence: a chosen target returned no snapshot"
    case .state:
      "the state file, or another requested file, could not be read, locked or written; or this "
        + "machine lacks what a run needs"
    case .delivery:
      "a receiver is broken or refused a notification, or one was deferred a second time"
    }
  }
}
