internal import AlertEngine
internal import Files
internal import Foundation
internal import Text

/// Finds the files that a configuration includes: below its folder, links included.
struct ConfigurationIncludes {
  /// The configuration.
  let path: String

  /// The most names that a pattern may lead to, links included.
  private static let mostNames = 10_000

  private var folder: URL { URL(fileURLWithPath: path).deletingLastPathComponent() }

  /// Reads the files that match a pattern, in the order of their names.
  ///
  /// - Parameters:
  ///   - pattern: relative to the folder of the configuration; a `*` matches no `/`, and no `.` at the
  ///     start of a name.
  ///   - limit: the most bytes of all of them.
  /// - Returns: at least one.
  /// - Throws: why there is none, or why one cannot be read.
  func read(_ pattern: String, limit: Int) throws(IncludeFailure) -> [IncludedFile] {
    let parts = pattern.split(separator: "/").map(String.init).filter { $0 != "." }
    guard !parts.contains("**") else {
      throw IncludeFailure(
        "** is not supported; write a pattern for each depth, such as \"*/*.json\"")
    }
    var count = 0
    let names = try matches(of: parts[...], in: "", &count)
    guard !names.isEmpty else {
      throw IncludeFailure("no file in \(folder.path.quotedPath) matches \(pattern.quoted)")
    }
    let base = (path as NSString).deletingLastPathComponent
    var files: [IncludedFile] = []
    var rest = limit
    for name in names {
      let file = base.isEmpty ? name : base == "/" ? "/\(name)" : "\(base)/\(name)"
      let real = URL(fileURLWithPath: file).resolvingSymlinksInPath().path
      guard real != URL(fileURLWithPath: path).resolvingSymlinksInPath().path else {
        throw IncludeFailure(
          "\(pattern.quoted) matches the configuration itself; put other files into a folder")
      }
      let root = folder.resolvingSymlinksInPath().path
      guard real.hasPrefix(root == "/" ? root : root + "/") else {
        throw IncludeFailure(
          "\(file.quotedPath) is a link to a file outside of the configuration's folder")
      }
      do throws(InputFile.Failure) {
        files.append(IncludedFile(path: file, bytes: try InputFile.read(file, limit: rest)))
        rest -= files.last?.bytes.count ?? 0
      } catch {
        throw IncludeFailure("\(file.quotedPath) \(error.words)")
      }
    }
    return files
  }

  /// The paths of files that match these names, relative to the folder.
  ///
  /// A folder that cannot be listed is no empty one: that would end the alerts of its rules.
  private func matches(
    of patterns: ArraySlice<String>, in parent: String, _ count: inout Int
  ) throws(IncludeFailure) -> [String] {
    guard let first = patterns.first else { return [] }
    let place = folder.appendingPathComponent(parent).path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder),
      isFolder.boolValue
    else { return [] }
    guard let listed = try? FileManager.default.contentsOfDirectory(atPath: place) else {
      throw IncludeFailure("the folder \(place.quotedPath) cannot be listed")
    }
    let pattern = NamePattern(first)
    let names = listed.filter { name in
      pattern.matches(name) && (!name.hasPrefix(".") || first.hasPrefix("."))
    }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let paths = names.map { parent.isEmpty ? $0 : "\(parent)/\($0)" }
    count += names.count
    guard count <= Self.mostNames else {
      throw IncludeFailure("matches more than 10,000 files and folders; links may form a loop")
    }
    guard patterns.count > 1 else { return paths }
    var found: [String] = []
    for path in paths { found += try matches(of: patterns.dropFirst(), in: path, &count) }
    return found
  }
}

extension InputFile.Failure {
  /// Why an included file cannot be read, after its path.
  fileprivate var words: String {
    switch self {
    case .notFound: "does not exist"
    case .isFolder: "is a folder"
    case .isNoFile: "is a pipe or a device"
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .tooLarge:
      "is too large: a configuration has at most \(ConfigurationFile.mostBytes >> 20) MiB with all "
        + "that it includes"
    case .empty: "is empty"
    }
  }
}
