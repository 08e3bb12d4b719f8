package import Files
internal import Text

/// Why a state file cannot be used: exit code 4.
package enum StateFailure: Error, Hashable, Sendable, CustomStringConvertible {
  case file(FileFailure)
  /// Another run held the lock for all of the time that this one waited.
  case locked(path: String, holder: Int?, waited: Duration)
  /// What is there is no state file; it is left as it is.
  case corrupt(path: String, reason: String)
  case newerFormat(path: String, found: Int)
  /// The state is larger than one that a run would read again; the old one stays.
  case tooLarge(path: String, megabytes: Int)
  /// Somebody removed the lock's file, so that another run may have written in between.
  case lockLost(path: String)

  package var description: String {
    switch self {
    case .file(let error):
      return "\(error); name a state file that this user may read and write with --state PATH, "
        + "or evaluate without memory with --no-state"
    case .locked(let path, let holder, let waited):
      let run = holder.map { "another run (process \($0))" } ?? "another run"
      let milliseconds = waited.wholeMilliseconds
      let time = milliseconds < 1_000 ? "\(milliseconds) ms" : "\(milliseconds / 1_000) s"
      return "\(run) held the lock on \(path.quotedPath) for \(time): "
        + "wait for it, or give it longer with --lock-timeout"
    case .corrupt(let path, let reason):
      return
        "\(path.quotedPath) is no state file that this version can read (\(reason)); it was left as it "
        + "is: restore it from a backup, or start over with --reset-state, which moves it aside"
    case .newerFormat(let path, let found):
      return "\(path.quotedPath) has format \(found), written by a newer version (this one knows "
        + "\(RunState.format)); update this tool, or start over with --reset-state, which moves "
        + "the file aside"
    case .tooLarge(let path, let megabytes):
      return
        "the state would take \(megabytes) MiB, more than a run reads again; \(path.quotedPath) was left "
        + "as it is: evaluate fewer rules, or fewer instances of a path with *"
    case .lockLost(let path):
      return
        "the lock on \(path.quotedPath) was removed while this run held it, so that another run may have "
        + "written the state; it was left as it is: run again, and leave \((path + ".lock").quotedPath) alone"
    }
  }
}
