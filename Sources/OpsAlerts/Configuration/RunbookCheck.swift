internal import AlertEngine
internal import Foundation
internal import Text

/// Checks that runbooks in the repository exist.
enum RunbookCheck {
  /// A runbook that does not exist.
  struct Missing: Hashable, Sendable, CustomStringConvertible {
    /// As in the configuration, without a `#section`.
    var runbook: String
    /// The folder in which it was looked up.
    var root: String
    /// The rules that name it, in the order of the configuration.
    var rules: [String]

    var description: String {
      "runbook \(runbook) of \(listed(rules)) does not exist in \(root); write it or correct the path"
    }
  }

  /// Looks up every runbook that is not a link.
  ///
  /// - Parameters:
  ///   - configuration: the rules with the runbooks.
  ///   - path: the file of the configuration; the repository is the nearest folder above it that
  ///     has a `.git`, else the current directory.
  /// - Returns: the missing ones, sorted by path.
  static func missing(in configuration: Configuration, file path: String) -> [Missing] {
    var rules: [String: [String]] = [:]
    let named =
      configuration.rules.map { ($0.name, $0.text.runbook) }
      + [(EndpointSettings.ruleName, configuration.endpoint.runbook)]
    for (rule, runbook) in named {
      guard let runbook, !runbook.hasPrefix("https://") else { continue }
      rules[String(runbook.prefix { $0 != "#" }), default: []].append(rule)
    }
    let root = repository(of: path)
    return rules.keys.sorted().filter { !isFile("\(root)/\($0)") }
      .map { Missing(runbook: $0, root: root, rules: rules[$0, default: []]) }
  }

  private static func isFile(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
      && !isDirectory.boolValue
  }

  private static func repository(of path: String) -> String {
    let file = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    var folder = file.deletingLastPathComponent()
    while true {
      if FileManager.default.fileExists(atPath: folder.appendingPathComponent(".git").path) {
        return folder.path
      }
      guard folder.path != "/" else { return FileManager.default.currentDirectoryPath }
      folder.deleteLastPathComponent()
    }
  }
}
