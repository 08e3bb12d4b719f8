internal import Foundation

/// A file that is replaced whole: a reader at any moment sees the old or the new one.
package enum AtomicFile {
  /// Replaces a file.
  ///
  /// - Parameters:
  ///   - path: the file; symbolic links are followed, so that they stay.
  ///   - bytes: all that it is to hold.
  ///   - temporaryName: the name of the file that is written first, in the same folder. A fixed
  ///     name leaves one file at most behind a killed process; use it under a lock only.
  ///   - permissions: those of the new file; without them it gets those of the old one.
  ///   - flush: as of `AtomicDraft.publish`; with it the file survives a crash of the machine once this
  ///     returns.
  /// - Throws: a `FileFailure`; the old file is then as it was, unless only the flush of its folder
  ///   failed.
  package static func replace(
    _ path: String, with bytes: [UInt8], temporaryName: String? = nil, permissions: UInt32? = nil,
    flush: FileDescriptor.Flush? = nil
  ) throws(FileFailure) {
    let draft = try AtomicDraft(
      of: path, temporaryName: temporaryName, permissions: permissions)
    try draft.write(bytes)
    try draft.publish(flush: flush)
  }

  /// A pipe or a device, such as `/dev/null`: there is nothing to replace.
  package static func isStream(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return [S_IFIFO, S_IFCHR].contains(status.st_mode & S_IFMT)
  }

  /// Makes a folder and those above it where they are not there.
  package static func makeFolder(_ path: String) throws(FileFailure) {
    guard !path.isEmpty, mkdir(path, 0o755) != 0 else { return }
    switch errno {
    case EEXIST: return
    case ENOENT:
      let (parent, _) = split(path)
      guard parent != path else { throw FileFailure(cannot: "make the folder", path) }
      try makeFolder(parent)
      guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
        throw FileFailure(cannot: "make the folder", path)
      }
    default: throw FileFailure(cannot: "make the folder", path)
    }
  }

  /// The folder of a path, `.` where it names none, and the name in it.
  package static func split(_ path: String) -> (folder: String, name: String) {
    // By bytes: a `/` under a combining mark is one as well.
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.utf8.index(after: slash)...]))
  }

  /// What two paths share that lead to one file, whatever their spelling, also once the folders on
  /// their ways are made.
  package static func identity(of path: String) -> String {
    var status = stat()
    if stat(path, &status) == 0 { return identity(of: status) }
    guard let (status, missing) = try? PathWalk(path).deepest else { return path }
    return ([identity(of: status)] + missing).joined(separator: "/")
  }

  /// The identity of a file that is read, where `-` is standard input.
  ///
  /// - Parameters:
  ///   - path: the file, or `-`.
  ///   - standardInput: what `-` reads from.
  /// - Returns: `nil` where standard input is no ordinary file, so that nothing can overwrite it.
  package static func identity(
    ofInput path: String, standardInput: Int32 = STDIN_FILENO
  ) -> String? {
    guard path == "-" else { return identity(of: path) }
    var status = stat()
    guard fstat(standardInput, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return identity(of: status)
  }

  private static func identity(of status: stat) -> String { "\(status.st_dev):\(status.st_ino)" }

  /// A hand check as root must not take the files from the user that the schedule runs as.
  package static func keepOwner(of path: String, in folder: String, on file: FileDescriptor) {
    guard geteuid() == 0 else { return }
    var status = stat()
    guard lstat(path, &status) == 0 || stat(folder, &status) == 0 else { return }
    if status.st_uid != 0 { _ = fchown(file.number, status.st_uid, status.st_gid) }
  }

  /// The file that a path leads to by symbolic links, also where it is not there yet.
  package static func resolved(_ path: String) throws(FileFailure) -> String {
    try PathWalk(path).place
  }
}
