internal import Foundation

/// The way of a path, link by link, as the system goes it.
///
/// It goes on where nothing is there yet, as if the missing folders were made: `new/../file` leads to
/// `file`.
struct PathWalk {
  /// As many links in a row as Linux follows.
  private static let mostLinks = 40

  /// From the root, or from the current folder.
  private let isAbsolute: Bool
  /// The names on the way to where it leads, none of them a link; `..` only where a relative way
  /// begins.
  private let names: [String]
  /// The number of an open file of this process, where the path names one: `/dev/stdout`.
  let descriptor: Int32?

  /// Goes the way of a path.
  ///
  /// - Throws: a `FileFailure` where links lead in a circle.
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
      guard let target = Self.link(at: Self.joined(names, isAbsolute: isAbsolute)) else { continue }
      links += 1
      guard links <= Self.mostLinks else { throw FileFailure(code: ELOOP, cannot: "follow", path) }
      names.removeLast()
      ahead += Self.parts(of: target).reversed()
      if Self.isAbsolute(target) { (isAbsolute, names) = (true, []) }
    }
    (self.isAbsolute, self.names, self.descriptor) = (isAbsolute, names, descriptor)
  }

  /// Where the path leads.
  var place: String { Self.joined(names, isAbsolute: isAbsolute) }

  /// The deepest folder or file on the way that is there, and the names behind it.
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

  /// By bytes: a `/` under a combining mark is one as well.
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

  private static func link(at path: String) -> String? {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink(path, &target, target.count)
    guard count > 0 else { return nil }
    return String(decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Whether a folder from the root on has this process's open files by their numbers.
  private static func areOpenFiles(_ names: [String]) -> Bool {
    guard names.last == "fd" else { return false }
    // What /dev/fd and /proc/self lead to, unless they are no links.
    guard names.first == "proc" else { return names == ["dev", "fd"] }
    guard names.count > 2, names[1] == link(at: "/proc/self") else { return false }
    return names.count == 3 || names.count == 5 && names[2] == "task"
  }
}
