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
    let type: FileDescriptor.Kind.FileType
    let bytes: [UInt8]?
    do throws(FileFailure) {
      // Opening a pipe must not wait for a writer.
      let file = try FileDescriptor(path, O_RDONLY | O_NONBLOCK, to: "read")
      type = try file.kind().type
      bytes = type == .regular ? try file.readAll(limit: limit) : []
    } catch {
      throw error.isNotFound ? .notFound : .unreadable(reason: error.reason)
    }
    switch type {
    case .regular: break
    case .folder: throw .isFolder
    case .other: throw .isNoFile
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
