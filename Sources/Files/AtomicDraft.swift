internal import Foundation
internal import Text

/// A file that is written piece by piece and replaces another one once it is complete.
///
/// An unpublished draft changes nothing and leaves nothing behind.
package final class AtomicDraft {
  private let path: String
  /// What it replaces; `nil` for a pipe, a device or an open file, which is written directly.
  private let goal: Goal?
  private let file: FileDescriptor
  private var isPublished = false

  /// The file that a draft replaces.
  private struct Goal {
    let folder: String
    let target: String
    /// The name of the draft before it is published.
    private(set) var temporary: String
    /// Whether it has that name from the start; a nameless one leaves nothing behind if the process is
    /// killed, except for the moment in which it takes the old file's place.
    private(set) var isNamed = true

    init(_ target: String, temporaryName: String?) {
      self.target = target
      folder = AtomicFile.split(target).folder
      // Short, since the target's name may have the full length; random, since two machines may share
      // the folder and a process id.
      temporary = folder + "/" + (temporaryName ?? ".ops-\(UInt64.random(in: 0 ... .max)).tmp")
    }

    /// Leaves the draft without a name until it is complete.
    ///
    /// The name is then the same in every run, so that the next one replaces what a killed one left.
    mutating func becomeNameless() {
      isNamed = false
      temporary = folder + "/" + AtomicDraft.passingName(of: AtomicFile.split(target).name)
    }
  }

  /// Starts a draft.
  ///
  /// - Parameters:
  ///   - path: the file; symbolic links are followed and kept.
  ///   - temporaryName: as in `AtomicFile.replace`.
  ///   - permissions: of the new file; by default those of the old one.
  /// - Throws: a `FileFailure` if nothing can be written there.
  package init(
    of path: String, temporaryName: String? = nil, permissions: UInt32? = nil
  ) throws(FileFailure) {
    self.path = path
    var goal: Goal
    var old: stat?
    switch try OutputPlace(path) {
    case .descriptor(let number) where temporaryName == nil:
      self.goal = nil
      file = try FileDescriptor(copyOf: number, path, to: "write")
      return
    case .stream:
      self.goal = nil
      file = try Self.openStream(path, to: "write")
      return
    case .descriptor:
      // A file with a fixed temporary name is under a lock and is always replaced.
      goal = Goal(try AtomicFile.resolved(path), temporaryName: temporaryName)
    case .file(let target, let status):
      goal = Goal(target, temporaryName: temporaryName)
      old = permissions == nil ? status : nil
    case .nothing(let target):
      goal = Goal(target, temporaryName: temporaryName)
    }
    // At no moment is the new file readable by more users than the old one.
    let begin = old.map { UInt32($0.st_mode) & 0o600 } ?? permissions ?? 0o644
    if temporaryName == nil,
      let file = FileDescriptor(namelessIn: goal.folder, begin, shownAs: path)
    {
      goal.becomeNameless()
      self.file = file
    } else {
      unlink(goal.temporary)
      file = try FileDescriptor(
        goal.temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, permissions: begin, to: "write",
        shownAs: path)
    }
    self.goal = goal
    AtomicFile.keepOwner(of: goal.target, in: goal.folder, on: file)
    if let old { file.take(permissionsOf: old) }
  }

  /// The name under which a complete draft is renamed to this one.
  static func passingName(of name: String) -> String {
    var hash = FNV1a()
    hash.combine(name)
    return ".ops-\(hash.hex).tmp"
  }

  deinit {
    if let goal, goal.isNamed, !isPublished { unlink(goal.temporary) }
  }

  /// Opens a pipe or a device for writing.
  ///
  /// - Throws: a `FileFailure`; also for a pipe without a reader.
  static func openStream(
    _ path: String, to verb: String
  ) throws(FileFailure) -> FileDescriptor {
    do throws(FileFailure) {
      // Opening a pipe must not wait for a reader; writing may.
      let file = try FileDescriptor(path, O_WRONLY | O_NONBLOCK, to: verb)
      _ = fcntl(file.number, F_SETFL, O_WRONLY)
      return file
    } catch {
      // For a pipe, this means that it has no reader.
      var status = stat()
      guard error.code == ENXIO, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else {
        throw error
      }
      throw FileFailure(code: EPIPE, cannot: error.verb, path)
    }
  }

  /// Appends a piece.
  package func write(_ bytes: [UInt8]) throws(FileFailure) {
    try file.writeAll(bytes)
  }

  /// Makes the draft a new file.
  ///
  /// - Throws: a `FileFailure`; `EEXIST` if anything has that name, which then stays as it is.
  package func publishNew() throws(FileFailure) {
    guard let goal else { throw FileFailure(code: EEXIST, cannot: "create", path) }
    guard goal.isNamed else { return try file.link(to: goal.target) }
    guard Foundation.link(goal.temporary, goal.target) == 0 else {
      throw FileFailure(cannot: "create", path)
    }
  }

  /// Replaces the file by the draft.
  ///
  /// - Parameter flush: flushes the draft before it is renamed, and then its folder; without it the
  ///   system decides when they reach the disk.
  /// - Throws: a `FileFailure`; the old file is unchanged, unless only the flush of its folder
  ///   failed.
  package func publish(flush: FileDescriptor.Flush? = nil) throws(FileFailure) {
    guard let goal else { return }
    try flush?(file)
    if !goal.isNamed { try link(to: goal.temporary) }
    if rename(goal.temporary, goal.target) != 0 {
      let code = errno
      // Another process that replaces the same file took the name: its draft is the newer one.
      let isOvertaken = !goal.isNamed && code == ENOENT && access(goal.folder, F_OK) == 0
      guard isOvertaken else {
        if !goal.isNamed { unlink(goal.temporary) }
        throw FileFailure(code: code, cannot: "replace", path)
      }
    }
    isPublished = true
    if let flush {
      try flush(FileDescriptor(goal.folder, O_RDONLY | O_DIRECTORY, to: "flush"))
    }
  }

  /// Gives a nameless draft a name, and takes it from what a killed process left.
  private func link(to name: String) throws(FileFailure) {
    for attempt in 0... {
      do throws(FileFailure) {
        return try file.link(to: name)
      } catch {
        guard error.code == EEXIST, attempt < 100 else { throw error }
        unlink(name)
      }
    }
  }
}
