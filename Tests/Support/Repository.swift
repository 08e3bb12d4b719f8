package import Foundation

/// The repository that this test was built from.
package enum Repository {
  package static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The documents whose links are checked, as sorted paths in the repository.
  package static func documents() -> [String] {
    let docs = FileManager.default.enumerator(atPath: root.appending(path: "docs").path)
    let paths = (docs?.compactMap { $0 as? String } ?? []).map { "docs/\($0)" } + ["README.md"]
    return paths.filter { path in
      path.hasSuffix(".md")
        && FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }.sorted()
  }

  /// The files of a folder whose names end in `ending`, as sorted paths in the repository.
  package static func files(in folder: String, ending: String) -> [String] {
    let path = root.appending(path: folder).path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasSuffix(ending) }.sorted().map { "\(folder)/\($0)" }
  }

  /// The text of one of the repository's files.
  package static func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}
