internal import AlertEngine
internal import Text

/// Everything that a state file holds.
struct RunState: Hashable, Sendable {
  /// The format that this version writes; an older one is migrated, a newer one refused.
  static let format = 3

  /// What runs remember of each target, by its name.
  var targets: [String: TargetState]
  /// The notifications still to be delivered, and what receivers already know.
  var outbox: Outbox
  var savedAt: Instant?

  init(
    targets: [String: TargetState] = [:], outbox: Outbox = Outbox(), savedAt: Instant? = nil
  ) {
    self.targets = targets
    self.outbox = outbox
    self.savedAt = savedAt
  }
}
