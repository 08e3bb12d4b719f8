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
  ///   - path: the file; it is created if needed, its folder is not.
  ///   - bytes: what to append, given the end of the file.
  /// - Throws: a `FileFailure` if not everything could be written.
  package static func append(
    to path: String, _ bytes: (End) -> [UInt8]
  ) throws(FileFailure) {
    // Opening a pipe must not wait for a reader; writing may.
    let file = try FileDescriptor(
      path, O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK, permissions: 0o644, to: "append to")
    _ = fcntl(file.number, F_SETFL, O_APPEND)
    let size = try file.kind().size
    var last: UInt8 = 0x0A
    if size > 0 { _ = pread(file.number, &last, 1, off_t(size - 1)) }
    try file.writeAll(bytes(End(size: size, isAtLineBegin: last == 0x0A)))
  }
}
