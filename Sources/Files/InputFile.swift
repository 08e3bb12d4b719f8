internal import Foundation
internal import Text

/// A regular file that is read whole.
package enum InputFile {
  /// Why a file cannot be read.
  package enum Failure: Error, Hashable {
    case notFound, isFolder, tooLarge
    /// A pipe, a socket or a device, which might never end.
    case isNoFile
    case unreadable(reason: String)
    /// Empty, or only white space.
    case empty
  }

  /// Reads a file whole.
  ///
  /// Never blocks: a pipe or a device is refused.
  ///
  /// - Parameters:
  ///   - path: the file, relative to the current directory.
  ///   - limit: the largest size in bytes.
  /// - Returns: its bytes, not all of them white space.
  /// - Throws: a `Failure`.
  package static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
    guard !path.utf8.contains(0) else { throw .unreadable(reason: "its name contains a NUL") }
    let bytes: [UInt8]?
    do throws(FileFailure) {
      bytes = try FileDescriptor(regular: path, to: "read").readAll(limit: limit)
    } catch {
      switch error.code {
      case EISDIR: throw .isFolder
      case ESPIPE: throw .isNoFile
      default: throw error.isNotFound ? .notFound : .unreadable(reason: error.reason)
      }
    }
    guard let bytes else { throw .tooLarge }
    guard !isBlank(bytes) else { throw .empty }
    return bytes
  }

  package static func isBlank(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
  }
}

extension String {
  /// The path if it is safe to print, else quoted.
  package var quotedPath: String { isPrintable && !isEmpty ? self : quoted }
}
