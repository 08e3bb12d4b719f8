internal import Foundation
internal import Text

/// A failed operation on a file.
package struct FileFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package var code: Int32
  /// The operation as a verb: `write`.
  var verb: String
  var path: String

  package init(code: Int32 = errno, cannot verb: String, _ path: String) {
    self.code = code
    self.verb = verb
    self.path = path
  }

  /// The file or its folder does not exist.
  package var isNotFound: Bool { code == ENOENT || code == ENOTDIR }

  /// The disk is full or failing, whoever may use it.
  package var isOfDisk: Bool { [ENOSPC, EDQUOT, EIO].contains(code) }

  package var description: String { "cannot \(verb) \(printable(path, limit: 4_096)): \(reason)" }

  /// The cause, and what to do if that is clear.
  package var reason: String {
    switch code {
    case ENOSPC, EDQUOT: "the disk is full"
    case EACCES, EPERM: "permission denied"
    case EROFS: "the file system is read-only"
    case ENOENT: "no such file or folder"
    case ENOTDIR: "part of the path is not a folder"
    case EISDIR: "it is a folder"
    case EPIPE: "it has no reader"
    case EBADF: "it is not open for writing"
    // The system never reports this code for a write.
    case ENOTBLK: "it is a socket or a disk; name a file, a pipe or a terminal"
    case ESPIPE: "it is a pipe or a device"
    case EMLINK: "it is not a regular file, or has a hard link"
    case ELOOP: "it is a symbolic link, or the links form a loop"
    case ENAMETOOLONG: "the name is too long"
    case ENODATA: "it is a FIFO without a writer"
    case ETIMEDOUT: "its writer did not finish in time"
    case EILSEQ: "its name, or that of a link's target, is not UTF-8"
    case EFBIG: "the file would exceed the size limit of this process"
    default: String(cString: strerror(code))
    }
  }
}
