internal import Foundation
internal import TestSupport
internal import Testing

/// Files that version 846a5cf read and wrote, in `Tests/Fixtures/kept`.
///
/// Those that a person wrote are the configurations, the snapshots, the rule tests and `cut.jsonl`;
/// the others were written by the tests themselves, which had that version's executable run in place
/// of this build's:
///
///     git worktree add ../kept 846a5cf && make -C ../kept release
///     KEEP_FILES_OF=$PWD/../kept swift test --filter EndToEndTests.Kept
///
/// Some tests read what others keep: the second such run has it all.
/// A file that a later version writes proves nothing: let a change of a kept file be a decision.
enum KeptFiles {
  static let root = Repository.root

  /// The repository of the version whose files are being kept; nil where they are compared.
  static let source: URL? = ProcessInfo.processInfo.environment["KEEP_FILES_OF"].map {
    URL(filePath: $0)
  }

  static let executable =
    source?.appending(path: ".build/release/ops-alert-eval").path ?? builtExecutable

  private static func url(of name: String) -> URL {
    root.appending(path: "Tests/Fixtures/kept/\(name)")
  }

  /// The text of a kept file.
  static func text(_ name: String) throws -> String {
    try String(contentsOf: url(of: name), encoding: .utf8)
  }

  /// The names of the files in a folder, sorted.
  static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url(of: folder).path).sorted()
  }

  /// A file of the repository that is tested, or of the one whose files are being kept.
  static func repositoryText(_ path: String) throws -> String {
    try String(contentsOf: (source ?? root).appending(path: path), encoding: .utf8)
  }

  /// Expects a text to say what the kept file of that name says; writes it where files are being kept.
  static func expect(
    _ text: String, as name: String, _ comparison: Comparison = Comparison(),
    reading: (String) throws -> JSONValue = { try JSONValue($0) }
  ) throws {
    guard source == nil else {
      return try text.write(to: url(of: name), atomically: true, encoding: .utf8)
    }
    let kept = try reading(Self.text(name))
    let differences = comparison.differences(of: try reading(text), from: kept)
    #expect(differences.isEmpty, "\(name)\n\(differences.joined(separator: "\n"))")
  }

  /// The same for a document that nothing reads again: it is kept on one line, without what is not
  /// compared.
  static func expectShort(
    _ value: JSONValue, as name: String, _ comparison: Comparison = Comparison()
  ) throws {
    try expect(comparison.shortened(value).written(), as: name, comparison)
  }

  /// Expects every kept line among these.
  ///
  /// - Parameters:
  ///   - lines: what there is now.
  ///   - name: the file with the kept lines.
  ///   - isWeaker: the kept lines that may go, since they only demanded something.
  /// - Throws: an error if the file cannot be read.
  static func expectLines(
    _ lines: [String], as name: String, but isWeaker: Set<String> = []
  ) throws {
    let lines = Set(lines)
    guard source == nil else {
      let text = lines.sorted().map { $0 + "\n" }.joined()
      return try text.write(to: url(of: name), atomically: true, encoding: .utf8)
    }
    let kept = Set(try text(name).split(separator: "\n").map(String.init))
    #expect(!kept.isEmpty)
    let gone = kept.subtracting(lines).subtracting(isWeaker).sorted()
    #expect(gone.isEmpty, "gone since \(name) was kept")
    // An object that is new as a whole may demand what it likes.
    let demands = lines.subtracting(kept).filter { line in
      guard line.hasSuffix(" required"), let end = line.lastIndex(of: ".") else { return false }
      return kept.contains { $0.hasPrefix(line[...end]) }
    }.sorted()
    #expect(demands.isEmpty, "required since \(name) was kept")
  }
}

extension Workplace {
  /// Copies a kept file here.
  func copy(_ kept: String, to name: String) throws {
    try write(try KeptFiles.text(kept), to: name)
  }

  /// Runs this build's executable, or the one whose files are being kept.
  func runKept(_ arguments: [String], variables: [String: String] = [:]) async throws -> Ended {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let needed = ["PATH": path, "HOME": temporary, "TMPDIR": temporary]
    let run = try ProgramRun(
      [KeptFiles.executable] + arguments, in: self.path,
      variables: needed.merging(variables) { $1 })
    return await run.end()
  }
}
