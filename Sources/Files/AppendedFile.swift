internal import Foundation

/// Appends to a file that other processes may append to as well.
package enum AppendedFile {
  /// The end of a file before an append.
  package struct End: Sendable {
    /// In bytes; 0 for anything but a regular file.
    package let size: Int
    /// Whether the file is empty or ends with a newline.
    package let isAtLineBegin: Bool
  }

  /// Appends to a file in one write.
  ///
  /// - Parameters:
  ///   - path: the file; it is created if needed, its folder is not. Root leaves a new file to the
  ///     owner of its folder.
  ///   - verb: the operation, for the error.
  ///   - permissions: of a new file.
  ///   - flush: if it is a regular file, flushes it and, if it is new, its folder, so that the bytes
  ///     survive a crash of the machine once this returns.
  ///   - bytes: what to append, given the end of the file.
  /// - Throws: a `FileFailure` if not everything could be written.
  package static func append(
    to path: String, as verb: String = "append to", permissions: UInt32 = 0o644,
    flush: FileDescriptor.Flush? = nil, _ bytes: (End) -> [UInt8]
  ) throws(FileFailure) {
    let file: FileDescriptor
    var newIn: String?
    if AtomicFile.isStream(path) {
      file = try AtomicDraft.openStream(path, to: verb)
    } else {
      let isNew = access(path, F_OK) != 0
      file = try FileDescriptor(
        path, O_RDWR | O_CREAT | O_APPEND, permissions: permissions, to: verb)
      if isNew {
        let folder = AtomicFile.split(try AtomicFile.resolved(path)).folder
        AtomicFile.keepOwner(of: folder, in: folder, on: file)
        newIn = folder
      }
    }
    let kind = try file.kind()
    let size = kind.size
    var last: UInt8 = 0x0A
    if size > 0 { _ = pread(file.number, &last, 1, off_t(size - 1)) }
    try file.writeAll(bytes(End(size: size, isAtLineBegin: last == 0x0A)))
    guard let flush, kind.type == .regular else { return }
    try flush(file)
    if let newIn { try flush(FileDescriptor(newIn, O_RDONLY | O_DIRECTORY, to: "flush")) }
  }
}
