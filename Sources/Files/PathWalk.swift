internal import Foundation

/// Resolves a path link by link, as the system does.
///
/// Missing folders are treated as if they existed: `new/../file` resolves to `file`.
struct PathWalk {
  /// The limit of Linux.
  private static let mostLinks = 40

  /// From the root, or from the current folder.
  private let isAbsolute: Bool
  /// The resolved names, none of them a link; `..` only at the start of a relative path.
  private let names: [String]
  /// The descriptor of this process that the path names, as `/dev/stdout` does.
  let descriptor: Int32?

  /// - Throws: a `FileFailure` for a loop of links.
  init(_ path: String) throws(FileFailure) {
    var isAbsolute = Self.isAbsolute(path)
    var names: [String] = []
    var ahead = Array(Self.parts(of: path).reversed())
    var links = 0
    var descriptor: Int32?
    while let name = ahead.popLast() {
      guard name != ".." else {
        Self.goUp(&names, isAbsolute: isAbsolute)
        continue
      }
      if ahead.isEmpty, descriptor == nil, isAbsolute, Self.areOpenFiles(names) {
        descriptor = Int32(name)
      }
      names.append(name)
      guard let target = try Self.link(at: Self.joined(names, isAbsolute: isAbsolute)) else {
        continue
      }
      links += 1
      guard links <= Self.mostLinks else { throw FileFailure(code: ELOOP, cannot: "follow", path) }
      names.removeLast()
      ahead += Self.parts(of: target).reversed()
      if Self.isAbsolute(target) { (isAbsolute, names) = (true, []) }
    }
    (self.isAbsolute, self.names, self.descriptor) = (isAbsolute, names, descriptor)
  }

  /// The resolved path.
  var place: String { Self.joined(names, isAbsolute: isAbsolute) }

  /// The deepest part of the path that exists, and the names below it.
  var deepest: (status: stat, missing: ArraySlice<String>)? {
    for count in stride(from: names.count, through: 0, by: -1) {
      var status = stat()
      guard stat(Self.joined(names[..<count], isAbsolute: isAbsolute), &status) == 0 else {
        continue
      }
      return (status, names[count...])
    }
    return nil
  }

  private static func joined(_ names: some Sequence<String>, isAbsolute: Bool) -> String {
    let path = names.joined(separator: "/")
    return isAbsolute ? "/" + path : path.isEmpty ? "." : path
  }

  private static func isAbsolute(_ path: String) -> Bool { path.utf8.first == UInt8(ascii: "/") }

  /// By bytes: a `/` followed by a combining mark is a separator, too.
  private static func parts(of path: String) -> [String] {
    path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
      .filter { $0 != "." }
  }

  private static func goUp(_ names: inout [String], isAbsolute: Bool) {
    if let last = names.last, last != ".." {
      names.removeLast()
    } else if !isAbsolute {
      names.append("..")
    }
  }

  /// - Throws: a `FileFailure` if the target's name is not UTF-8, so that no text can be its path.
  private static func link(at path: String) throws(FileFailure) -> String? {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink(path, &target, target.count)
    guard count > 0 else { return nil }
    let bytes = target[..<count].map(UInt8.init(bitPattern:))
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FileFailure(code: EILSEQ, cannot: "follow", path)
    }
    return text
  }

  /// Whether an absolute folder contains this process's open files by number.
  private static func areOpenFiles(_ names: [String]) -> Bool {
    guard names.last == "fd" else { return false }
    // Links are resolved already: /dev/fd is only left if it is not one.
    guard names.first == "proc" else { return names == ["dev", "fd"] }
    guard names.count > 2, names[1] == (try? link(at: "/proc/self")) else { return false }
    return names.count == 3 || names.count == 5 && names[2] == "task"
  }
}
