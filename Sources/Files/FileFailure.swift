internal import Foundation
internal import Text

/// Why the system refused something about a file.
package struct FileFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package var code: Int32
  /// What was tried, as a verb: `write`.
  package var verb: String
  package var path: String

  package init(code: Int32 = errno, cannot verb: String, _ path: String) {
    self.code = code
    self.verb = verb
    self.path = path
  }

  /// Nothing is there, or not even the folder.
  package var isNotFound: Bool { code == ENOENT || code == ENOTDIR }

  package var description: String { "cannot \(verb) \(printable(path, limit: 4_096)): \(reason)" }

  /// The cause and, where one is plain, what to do.
  package var reason: String {
    switch code {
    case ENOSPC, EDQUOT: "the disk is full"
    case EACCES, EPERM: "permission denied"
    case EROFS: "the file system is read-only"
    case ENOENT: "no such file or folder"
    case ENOTDIR: "a part of the path is not a folder"
    case EISDIR: "it is a folder"
    case EPIPE: "nobody reads it"
    case EBADF: "it is not open for writing"
    // The system itself never says this of a file that is written.
    case ENOTBLK: "it is a socket or a disk; name a file, a pipe or a terminal"
    case ESPIPE: "it is a pipe or a device"
    case EMLINK: "it is no ordinary file, or has a second name"
    case ELOOP: "it is a symbolic link, or links lead in a circle"
    case ENAMETOOLONG: "the name is too long"
    case EFBIG: "the file would be larger than this process may write"
    default: String(cString: strerror(code))
    }
  }
}
