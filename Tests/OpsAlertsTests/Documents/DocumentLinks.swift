internal import Foundation

/// The relative links of a Markdown document and the headings that links can point to.
struct DocumentLinks {
  /// Relative links as written: `configuration.md#rules`, `#words`.
  let targets: [String]
  /// The anchors that GitHub gives to the headings.
  let anchors: Set<String>

  init(markdown: String) {
    var targets: [String] = []
    var anchors: Set<String> = []
    var isCode = false
    // A literal is compiled each time that it is evaluated.
    let code = /`[^`]*`/
    let link = /\]\(([^)\s]+)[^)]*\)/
    let title = /#{1,6} +(.*)/
    let scheme = /^[a-z]+:/
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.drop(while: { $0 == " " }).hasPrefix("```") {
        isCode.toggle()
      } else if !isCode {
        if line.utf8.contains(UInt8(ascii: "[")) {
          targets += line.replacing(code, with: "").matches(of: link).map { String($0.1) }
        }
        if line.hasPrefix("#"), let heading = line.wholeMatch(of: title) {
          anchors.insert(Self.anchor(String(heading.1), besides: anchors))
        }
      }
    }
    self.targets = targets.filter { $0.firstMatch(of: scheme) == nil }
    self.anchors = anchors
  }

  /// Letters, digits, `-` and `_` stay, spaces become `-`; a repeated heading is numbered.
  private static func anchor(_ heading: String, besides taken: Set<String>) -> String {
    let plain = heading.replacing(/\]\([^)]*\)/, with: "").lowercased()
    let anchor = String(
      plain.compactMap {
        $0 == " " ? "-" : $0.isLetter || $0.isNumber || "-_".contains($0) ? $0 : nil
      })
    guard taken.contains(anchor) else { return anchor }
    return (1...).lazy.map { "\(anchor)-\($0)" }.first { !taken.contains($0) } ?? anchor
  }

  /// The links of one document that lead nowhere.
  ///
  /// - Parameters:
  ///   - path: the document's place, relative to `root`.
  ///   - root: the folder that relative links may not leave.
  /// - Throws: when the document cannot be read.
  /// - Returns: the links as written.
  static func broken(in path: String, under root: URL) throws -> [String] {
    let document = root.appending(path: path)
    var anchors: [String: Set<String>] = [:]
    return try DocumentLinks(markdown: String(contentsOf: document, encoding: .utf8)).targets
      .filter { target in
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let file =
          parts[0].isEmpty
          ? document : document.deletingLastPathComponent().appending(path: parts[0]).standardized
        guard !target.hasPrefix("/"), file.path.hasPrefix(root.standardized.path + "/"),
          FileManager.default.fileExists(atPath: file.path)
        else { return true }
        guard parts.count == 2 else { return false }
        let known = try anchors[file.path] ?? Self.anchors(in: file)
        anchors[file.path] = known
        return !known.contains(String(parts[1]))
      }
  }

  private static func anchors(in file: URL) throws -> Set<String> {
    DocumentLinks(markdown: try String(contentsOf: file, encoding: .utf8)).anchors
  }
}
