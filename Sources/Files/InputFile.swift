internal import Foundation
internal import Text

/// An ordinary file that people wrote.
package enum InputFile {
  /// Why a file cannot be taken.
  package enum Failure: Error, Hashable {
    case notFound, isFolder, tooLarge
    /// A pipe, a socket or a device, which might never end.
    case isNoFile
    case unreadable(reason: String)
    /// Nothing stands in it, or blanks alone.
    case empty
  }

  /// Reads a file whole.
  ///
  /// Never waits: what is no ordinary file (a pipe, a device) is refused.
  ///
  /// - Parameters:
  ///   - path: the file, relative to the current directory.
  ///   - limit: the most bytes that it may have.
  /// - Returns: its bytes, not all of them blanks.
  /// - Throws: a `Failure`.
  package static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
    guard !path.utf8.contains(0) else { throw .unreadable(reason: "a NUL in its name") }
    let type: FileDescriptor.Kind.FileType
    let bytes: [UInt8]?
    do throws(FileFailure) {
      // Opening a pipe must not wait for somebody who writes to it.
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
  /// A path as it is where that is safe to print, else quoted.
  package var quotedPath: String { isPrintable && !isEmpty ? self : quoted }
}
