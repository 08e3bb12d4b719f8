internal import Foundation

/// A file that is written piece by piece and takes another one's place when it is complete.
///
/// A draft that is not published leaves the other one as it was, and nothing behind.
package final class AtomicDraft {
  private let path: String
  /// What it becomes; `nil` for a pipe, a device or an open file, which is written at once.
  private let goal: Goal?
  private let file: FileDescriptor
  private var isPublished = false

  /// The place that a draft takes.
  private struct Goal {
    let folder: String
    let target: String
    /// What the draft is called before it is published.
    let temporary: String
    /// Whether it has that name from the begin; one without any leaves nothing behind a process
    /// that is killed before it is published.
    var isNamed = true

    init(_ target: String, temporaryName: String?) {
      self.target = target
      folder = AtomicFile.split(target).folder
      // Short, since the target's name may have all the bytes that a name may have; and by chance,
      // since processes of two machines may share the folder and a number.
      temporary = folder + "/" + (temporaryName ?? ".ops-\(UInt64.random(in: 0 ... .max)).tmp")
    }
  }

  /// Begins a draft.
  ///
  /// - Parameters:
  ///   - path: the file; symbolic links are followed, so that they stay.
  ///   - temporaryName: as of `AtomicFile.replace`.
  ///   - permissions: those of the new file; without them it gets those of the old one.
  /// - Throws: a `FileFailure` where nothing can be written there.
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
    case .stream(let isPipe):
      self.goal = nil
      file = try Self.openStream(path, isPipe: isPipe)
      return
    case .descriptor:
      // What has a fixed name is under a lock and replaced, however its path is written.
      goal = Goal(try AtomicFile.resolved(path), temporaryName: temporaryName)
    case .file(let target, let status):
      goal = Goal(target, temporaryName: temporaryName)
      old = permissions == nil ? status : nil
    case .nothing(let target):
      goal = Goal(target, temporaryName: temporaryName)
    }
    // Nobody else sees what the old one hid from them, at no moment.
    let begin = old.map { UInt32($0.st_mode) & 0o600 } ?? permissions ?? 0o644
    if temporaryName == nil, let file = FileDescriptor(namelessIn: goal.folder, begin) {
      goal.isNamed = false
      self.file = file
    } else {
      file = try Self.create(goal.temporary, permissions: begin, for: path)
    }
    self.goal = goal
    AtomicFile.keepOwner(of: goal.target, in: goal.folder, on: file)
    if let old { file.take(permissionsOf: old) }
  }

  deinit {
    if let goal, goal.isNamed, !isPublished { unlink(goal.temporary) }
  }

  private static func openStream(_ path: String, isPipe: Bool) throws(FileFailure) -> FileDescriptor
  {
    do throws(FileFailure) {
      // Without waiting for somebody who reads a pipe; once it is open, writes may wait.
      let file = try FileDescriptor(path, O_WRONLY | O_NONBLOCK, to: "write")
      _ = fcntl(file.number, F_SETFL, O_WRONLY)
      return file
    } catch {
      // Of a pipe, "no such device" means that nobody is at its other end.
      guard isPipe, error.code == ENXIO else { throw error }
      throw FileFailure(code: EPIPE, cannot: error.verb, path)
    }
  }

  private static func create(
    _ temporary: String, permissions: UInt32, for path: String
  ) throws(FileFailure) -> FileDescriptor {
    unlink(temporary)
    do throws(FileFailure) {
      return try FileDescriptor(
        temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, permissions: permissions, to: "write")
    } catch {
      throw FileFailure(code: error.code, cannot: error.verb, path)
    }
  }

  /// Appends a piece.
  package func write(_ bytes: [UInt8]) throws(FileFailure) {
    do throws(FileFailure) {
      try file.writeAll(bytes)
    } catch {
      throw FileFailure(code: error.code, cannot: error.verb, path)
    }
  }

  /// Puts the draft in the other file's place.
  ///
  /// - Parameter flush: flushes the draft before it is renamed, and then its folder; without it the
  ///   system decides when they reach the disk.
  /// - Throws: a `FileFailure`; the old file is then as it was, unless only the flush of its folder
  ///   failed.
  package func publish(flush: FileDescriptor.Flush? = nil) throws(FileFailure) {
    guard let goal else { return }
    do throws(FileFailure) {
      try flush?(file)
      if !goal.isNamed { try file.link(to: goal.temporary) }
      guard rename(goal.temporary, goal.target) == 0 else {
        let code = errno
        if !goal.isNamed { unlink(goal.temporary) }
        throw FileFailure(code: code, cannot: "replace", path)
      }
    } catch {
      throw FileFailure(code: error.code, cannot: error.verb, path)
    }
    isPublished = true
    if let flush {
      try flush(FileDescriptor(goal.folder, O_RDONLY | O_DIRECTORY, to: "flush"))
    }
  }
}
