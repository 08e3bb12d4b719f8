internal import Foundation

/// A configuration, as its state file knows it.
struct StateOwner {
  /// The path of the configuration as it was given.
  let configuration: String
  /// The folder that relative paths start from.
  var folder = FileManager.default.currentDirectoryPath

  /// The state file without `--state`: named after the configuration's path, so that configurations
  /// never share alerts.
  var standardPath: String {
    let (whole, base) = (Self.names(configuration, in: folder), Self.names(folder))
    let isBelow = whole.starts(with: base)
    let names = isBelow ? Array(whole.dropFirst(base.count)) : Self.names(configuration)
    guard names != Self.names(EvaluateOptions().config) else { return formerPath }
    return Self.path(named: names.map { $0 == ".." ? "up" : $0 })
  }

  /// The same in versions that wrote format 2 and before, which named it after the file alone.
  var formerPath: String { Self.path(named: Self.names(configuration).suffix(1)) }

  /// The configuration's path relative to the folder of a state file; links are not resolved.
  ///
  /// - Parameter state: the path of the state file.
  /// - Returns: the components of that path; none for a configuration that is read from a pipe,
  ///   which has no lasting name.
  func names(from state: String) -> [String] {
    let names = Self.names(configuration, in: folder)
    guard !["dev", "proc"].contains(names.first) else { return [] }
    let base = Self.names(state, in: folder).dropLast()
    let shared = zip(names, base).prefix { $0 == $1 }.count
    return base.dropFirst(shared).map { _ in ".." } + names.dropFirst(shared)
  }

  private static func path(named names: [String]) -> String {
    let name = names.last ?? ""
    let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
    let all = names.dropLast() + [String(stem.isEmpty ? name[...] : stem)]
    return "artifacts/ops/\(all.joined(separator: "-"))-state.json"
  }

  /// The components of a path without `.`, and with `..` only at its beginning.
  static func names(_ path: String, in folder: String? = nil) -> [String] {
    let whole = path.utf8.first == UInt8(ascii: "/") ? path : (folder.map { $0 + "/" } ?? "") + path
    var names: [String] = []
    for name in whole.split(separator: "/") where name != "." {
      if name == "..", let last = names.last, last != ".." {
        names.removeLast()
      } else if name != ".." || folder == nil {
        names.append(String(name))
      }
    }
    return names
  }
}
