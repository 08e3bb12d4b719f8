package import AlertEngine
package import Text

/// Everything that a state file holds.
package struct RunState: Hashable, Sendable {
  /// The format that this version writes; an older one is migrated, a newer one refused.
  package static let format = 2

  /// What runs remember of each target, by its name.
  package var targets: [String: TargetState]
  /// What receivers are still owed and what they know.
  package var outbox: Outbox
  package var savedAt: Instant?

  package init(
    targets: [String: TargetState] = [:], outbox: Outbox = Outbox(), savedAt: Instant? = nil
  ) {
    self.targets = targets
    self.outbox = outbox
    self.savedAt = savedAt
  }
}
