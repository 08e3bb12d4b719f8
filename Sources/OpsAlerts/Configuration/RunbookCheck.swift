internal import AlertEngine
internal import Files
internal import Foundation
internal import Text

/// Checks that runbooks in the repository exist.
enum RunbookCheck {
  /// Looks up every runbook that is not a link.
  ///
  /// - Parameters:
  ///   - configuration: the rules with the runbooks.
  ///   - path: the file of the configuration; the repository is the nearest folder above it that
  ///     has a `.git`, else the current directory.
  /// - Returns: a warning for each rule whose runbook is missing.
  static func lints(of configuration: Configuration, file path: String) -> [Lint] {
    let named =
      configuration.rules.map { (Lint.Item.rule($0.name), $0.text.runbook) }
      + [(.endpoint, configuration.endpoint.runbook)]
    var root: String?
    var found: [String: Bool] = [:]
    return named.compactMap { item, runbook -> Lint? in
      guard let runbook, !runbook.hasPrefix("https://") else { return nil }
      let folder = root ?? repository(of: path)
      root = folder
      let file = String(runbook.prefix { $0 != "#" })
      let isThere = found[file] ?? isFile("\(folder)/\(file)")
      found[file] = isThere
      guard !isThere else { return nil }
      return Lint(
        .missingRunbook, item, key: "runbook",
        "runbook \(printable(file)) does not exist in \(folder.quotedPath)",
        remedy: "write it or correct the path")
    }
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
