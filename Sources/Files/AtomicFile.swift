internal import Foundation

/// Replaces files atomically: a reader sees either the old or the new one.
package enum AtomicFile {
  /// Replaces a file.
  ///
  /// - Parameters:
  ///   - path: the file; symbolic links are followed and kept.
  ///   - bytes: the new content.
  ///   - temporaryName: the name of the temporary file in the same folder. A fixed name leaves at most
  ///     one file behind a killed process; use it only under a lock.
  ///   - permissions: of the new file; by default those of the old one.
  ///   - flush: as in `AtomicDraft.publish`; with it, the file survives a crash of the machine once
  ///     this returns.
  /// - Throws: a `FileFailure`; the old file is unchanged, unless only the flush of its folder failed.
  package static func replace(
    _ path: String, with bytes: [UInt8], temporaryName: String? = nil, permissions: UInt32? = nil,
    flush: FileDescriptor.Flush? = nil
  ) throws(FileFailure) {
    let draft = try AtomicDraft(
      of: path, temporaryName: temporaryName, permissions: permissions)
    try draft.write(bytes)
    try draft.publish(flush: flush)
  }

  /// Whether the path is a pipe or a device, such as `/dev/null`.
  package static func isStream(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return [S_IFIFO, S_IFCHR].contains(status.st_mode & S_IFMT)
  }

  /// Creates a folder and its parents if needed.
  package static func makeFolder(_ path: String) throws(FileFailure) {
    guard !path.isEmpty, mkdir(path, 0o755) != 0, errno != EEXIST else { return }
    let failure = FileFailure(cannot: "create the folder", path)
    let parent = split(path).folder
    guard failure.code == ENOENT, parent != path else { throw failure }
    try makeFolder(parent)
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw FileFailure(cannot: "create the folder", path)
    }
  }

  /// The folder of a path (`.` if it has none) and the name in it.
  package static func split(_ path: String) -> (folder: String, name: String) {
    // By bytes: a `/` with a combining mark is a separator too.
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.utf8.index(after: slash)...]))
  }

  /// An identity that paths to the same file share, even before it or its folders exist.
  package static func identity(of path: String) -> String {
    var status = stat()
    if stat(path, &status) == 0 { return identity(of: status) }
    guard let (status, missing) = try? PathWalk(path).deepest else { return path }
    return ([identity(of: status)] + missing).joined(separator: "/")
  }

  /// The identity of an input file; `-` is standard input.
  ///
  /// - Parameters:
  ///   - path: the file, or `-`.
  ///   - standardInput: the descriptor of `-`.
  /// - Returns: `nil` if standard input is not a regular file, so that nothing can overwrite it.
  package static func identity(
    ofInput path: String, standardInput: Int32 = STDIN_FILENO
  ) -> String? {
    guard path == "-" else { return identity(of: path) }
    var status = stat()
    guard fstat(standardInput, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return identity(of: status)
  }

  private static func identity(of status: stat) -> String { "\(status.st_dev):\(status.st_ino)" }

  /// Keeps the owner when root writes, so that the scheduled user can still write the file.
  package static func keepOwner(of path: String, in folder: String, on file: FileDescriptor) {
    guard geteuid() == 0 else { return }
    var status = stat()
    guard lstat(path, &status) == 0 || stat(folder, &status) == 0 else { return }
    if status.st_uid != 0 { _ = fchown(file.number, status.st_uid, status.st_gid) }
  }

  /// The path with symbolic links resolved; the file need not exist.
  package static func resolved(_ path: String) throws(FileFailure) -> String {
    try PathWalk(path).place
  }
}
