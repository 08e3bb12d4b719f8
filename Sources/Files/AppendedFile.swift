internal import Foundation

/// A file that others write to as well, and that only grows here.
package enum AppendedFile {
  /// How a file ends before something is added to it.
  package struct End: Sendable {
    /// In bytes; 0 for what is no regular file.
    package let size: Int
    /// Whether the last line has its end, or there is no line.
    package let isAtLineBegin: Bool
  }

  /// Adds to the end of a file in one write.
  ///
  /// - Parameters:
  ///   - path: the file; it is made where it is not there, its folder is not.
  ///   - bytes: what to add, once it is known how the file ends.
  /// - Throws: a `FileFailure` when not all could be written.
  package static func append(
    to path: String, _ bytes: (End) -> [UInt8]
  ) throws(FileFailure) {
    // Without waiting for somebody who reads a pipe; once it is open, writes may wait.
    let file = try FileDescriptor(
      path, O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK, permissions: 0o644, to: "append to")
    _ = fcntl(file.number, F_SETFL, O_APPEND)
    let size = try file.kind().size
    var last: UInt8 = 0x0A
    if size > 0 { _ = pread(file.number, &last, 1, off_t(size - 1)) }
    try file.writeAll(bytes(End(size: size, isAtLineBegin: last == 0x0A)))
  }
}
