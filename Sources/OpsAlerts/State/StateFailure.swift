internal import Files
internal import Text

/// Why a state file cannot be used: exit code 4.
enum StateFailure: Error, Hashable, Sendable, CustomStringConvertible {
  case file(FileFailure)
  /// Another run held the lock for as long as this one waited.
  case locked(path: String, holder: Int?, waited: Duration)
  /// The file is not a state file; it is not changed.
  case corrupt(path: String, reason: String)
  case newerFormat(path: String, found: Int)
  /// The file holds the alerts of another configuration.
  case foreign(path: String, owner: String, configuration: String)
  /// The state is larger than a run can read; the old one stays.
  case tooLarge(path: String, megabytes: Int)
  /// A secret is also a word of the state's format.
  case commonSecret(path: String)
  /// The lock's file was removed, so another run may have written in between.
  case lockLost(path: String)

  var description: String {
    switch self {
    case .file(let error):
      let place = error.isOfDisk ? "on another disk" : "that this user may read and write"
      return "\(error); name a state file \(place) with --state PATH, "
        + "or run without one with --no-state"
    case .locked(let path, let holder, let waited):
      let run = holder.map { "another run (process \($0))" } ?? "another run"
      let milliseconds = waited.wholeMilliseconds
      let time = milliseconds < 1_000 ? "\(milliseconds) ms" : "\(milliseconds / 1_000) s"
      return "\(run) held the lock on \(path.quotedPath) for \(time): "
        + "wait until it ends, or wait longer for the lock with --lock-timeout"
    case .corrupt(let path, let reason):
      return
        "\(path.quotedPath) is not a state file that this version can read (\(reason)); it was "
        + "not changed: restore a backup, or start over with --reset-state, which moves it aside"
    case .newerFormat(let path, let found):
      return "\(path.quotedPath) has format \(found), written by a newer version (this one knows "
        + "\(RunState.format)); update this tool, or start over with --reset-state, which moves "
        + "the file aside"
    case .foreign(let path, let owner, let configuration):
      return "\(path.quotedPath) belongs to the configuration \(owner.quotedPath), not to "
        + "\(configuration.quotedPath): choose another file with --state PATH, or take this one over "
        + "with --adopt-state, which ends alerts of rules that this configuration does not have"
    case .tooLarge(let path, let megabytes):
      return "the state would take \(megabytes) MiB, more than a run can read; \(path.quotedPath) "
        + "was not changed: evaluate fewer rules, or fewer instances of a path with *"
    case .commonSecret(let path):
      return
        "a secret of this run is also a word of the state's format; \(path.quotedPath) was not "
        + "changed: use a secret that nobody can guess"
    case .lockLost(let path):
      return
        "the lock on \(path.quotedPath) was removed while this run held it, so another run may "
        + "have written the state; it was not changed: run again, and do not remove "
        + (path + ".lock").quotedPath
    }
  }
}
