package import AlertEngine

/// Everything that a state file holds.
package struct RunState: Hashable, Sendable {
  /// The format that this version writes; an older one is migrated, a newer one refused.
  package static let format = 1

  /// What runs remember of each target, by its name.
  package var targets: [String: TargetState]
  package var savedAt: Instant?

  package init(targets: [String: TargetState] = [:], savedAt: Instant? = nil) {
    self.targets = targets
    self.savedAt = savedAt
  }
}
