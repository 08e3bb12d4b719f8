internal import AlertEngine
internal import Text

/// Everything that a state file holds.
struct RunState: Hashable, Sendable {
  /// The format that this version writes; an older one is migrated, a newer one refused.
  static let format = 3

  /// The components of the configuration's path, relative to the folder of this state; empty if it
  /// is not known.
  var configuration: [String]
  /// What runs remember of each target, by its name.
  var targets: [String: TargetState]
  /// The notifications still to be delivered, and what receivers already know.
  var outbox: Outbox
  /// In the order in which they were added.
  var silences: [Silence] = []
  var savedAt: Instant?
  /// The receivers that the last run skipped.
  var skippedReceivers: [String]
  /// When `--quiet` last printed each trouble that persists, by its hash; see `QuietLog`.
  var told: [String: Instant]

  init(
    targets: [String: TargetState] = [:], outbox: Outbox = Outbox(), savedAt: Instant? = nil,
    configuration: [String] = [], skippedReceivers: [String] = [], told: [String: Instant] = [:]
  ) {
    self.targets = targets
    self.outbox = outbox
    self.savedAt = savedAt
    self.configuration = configuration
    self.skippedReceivers = skippedReceivers
    self.told = told
  }

  /// Adopts what people changed in a copy of this state while a run changed this one.
  ///
  /// Those are the silences, which no run changes, and acknowledgements; an alert that has ended or
  /// fired anew here is not acknowledged.
  mutating func takeOverChanges(from copy: RunState) {
    silences = copy.silences
    let others = copy.targets.open
    for (fingerprint, place) in targets.open {
      guard let episode = place.phase.episode, let other = others[fingerprint]?.phase.episode,
        other.firedAt == episode.firedAt, let theirs = other.acknowledgement
      else { continue }
      if let ours = episode.acknowledgement, ours.at > theirs.at { continue }
      targets[place.target]?.alerts[place.key]?.phase.acknowledge(theirs)
    }
  }
}
