internal import Foundation

/// What an output path refers to.
enum OutputPlace {
  /// An open file of this process, such as `/dev/stdout`. It is written to even if it is a regular
  /// file, since others may have written there.
  case descriptor(Int32)
  /// A pipe or a device, which is written to.
  case stream
  /// A regular file, which may be replaced, by its resolved path.
  case file(String, stat)
  /// Nothing yet, by its resolved path.
  case nothing(String)

  /// Resolves a path.
  ///
  /// - Throws: a `FileFailure` if it can be neither written nor replaced.
  init(_ path: String) throws(FileFailure) {
    let walk: PathWalk
    do throws(FileFailure) {
      walk = try PathWalk(path)
    } catch {
      throw FileFailure(code: error.code, cannot: "write", path)
    }
    var status = stat()
    guard !path.isEmpty, stat(path, &status) == 0 else {
      let code = path.isEmpty ? ENOENT : errno
      guard code == ENOENT, !path.isEmpty, walk.descriptor == nil else {
        throw FileFailure(code: code, cannot: "write", path)
      }
      self = .nothing(walk.place)
      return
    }
    if let number = walk.descriptor {
      self = .descriptor(number)
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFIFO, S_IFCHR: self = .stream
    case S_IFREG:
      // A removed file that another process still has open has no path.
      var found = stat()
      for _ in 0..<100 {
        guard stat(walk.place, &found) == 0 else { break }
        if found.isSame(as: status) {
          self = .file(walk.place, status)
          return
        }
        // Another process may have replaced it in between.
        guard stat(path, &status) == 0 else { break }
      }
      throw FileFailure(code: ENOENT, cannot: "write", path)
    case S_IFDIR: throw FileFailure(code: EISDIR, cannot: "write", path)
    default: throw FileFailure(code: ENOTBLK, cannot: "write", path)
    }
  }
}

extension stat {
  func isSame(as other: stat) -> Bool { st_dev == other.st_dev && st_ino == other.st_ino }
}
