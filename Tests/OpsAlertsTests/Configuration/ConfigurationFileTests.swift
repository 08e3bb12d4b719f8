@testable import AlertEngine
internal import Foundation
@testable import OpsAlerts
internal import Testing
@testable import Text

/// A folder for one test.
private final class Scratch {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "configuration-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.resolvingSymlinksInPath().path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws -> String {
    let url = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: false, encoding: .utf8)
    return url.path
  }
}

private func configuration(_ runbooks: [(rule: String, runbook: String)]) -> String {
  let rules = runbooks.map {
    """
    {"name": "\($0.rule)", "metric_path": "a", "comparison": "gt", "threshold": 1,
     "duration_minutes": 0, "runbook": "\($0.runbook)"}
    """
  }
  return #"{"rules": [\#(rules.joined(separator: ","))], "endpoint": {"runbook": "docs/b.md"}}"#
}

@Suite("Loading the configuration")
struct ConfigurationFileTests {
  private func refusal(of path: String) -> ConfigurationFileFailure? {
    do {
      _ = try ConfigurationFile.load(path: path)
      return nil
    } catch {
      return error
    }
  }

  @Test("A file is loaded")
  func loads() throws {
    let scratch = try Scratch()
    let path = try scratch.write(configuration([("r", "docs/a.md")]), to: "c.json")
    #expect(try ConfigurationFile.load(path: path).rules.map(\.name) == ["r"])
  }

  @Test("A missing file, a folder and an unreadable file are distinguished")
  func tellsApart() throws {
    let scratch = try Scratch()
    let missing = scratch.path + "/none.json"
    #expect(refusal(of: missing) == .notFound(path: missing, folder: Self.folder))
    #expect(refusal(of: scratch.path) == .isFolder(path: scratch.path))
    #expect(refusal(of: "/dev/zero") == .isNoFile(path: "/dev/zero"))
    #expect(refusal(of: "") == .notFound(path: "", folder: Self.folder))
    let file = try scratch.write("{}", to: "a")
    #expect(refusal(of: file + "/b") == .notFound(path: file + "/b", folder: Self.folder))
    let loop = scratch.path + "/loop"
    try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: loop)
    guard case .unreadable = refusal(of: loop) else {
      Issue.record("a link to itself is readable")
      return
    }
  }

  @Test("A pipe without a writer is refused at once")
  func neverWaits() throws {
    let scratch = try Scratch()
    let pipe = scratch.path + "/pipe"
    try #require(mkfifo(pipe, 0o600) == 0)
    #expect(refusal(of: pipe) == .isNoFile(path: pipe))
  }

  @Test("A file of white space is empty", arguments: ["", " \n\t\r\n"])
  func refusesEmpty(text: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(text, to: "c.json")
    #expect(refusal(of: path) == .empty(path: path))
  }

  @Test("16 MiB are read, but not one byte more")
  func bounds() throws {
    let scratch = try Scratch()
    let text = configuration([("r", "docs/a.md")])
    let padding = String(repeating: " ", count: ConfigurationFile.mostBytes - text.utf8.count)
    let full = try scratch.write(text + padding, to: "full.json")
    #expect(refusal(of: full) == nil)
    let over = try scratch.write(text + padding + " ", to: "over.json")
    #expect(refusal(of: over) == .tooLarge(path: over))
  }

  @Test("Every mistake is a line that starts with the file")
  func namesTheFile() throws {
    let scratch = try Scratch()
    let path = try scratch.write("{\n\"rule\": [],\n\"rules\": []}", to: "c.json")
    #expect(
      refusal(of: path)?.description == """
        the configuration has 2 mistakes:
        \(path):2:1: rule: unknown key; did you mean "rules"?
        \(path):3:10: rules: expected a list of 1 to 20000 objects, found an empty list
        """)
  }

  @Test("Every refusal says what to do, on one printable line")
  func saysWhatToDo() {
    let path = "a\u{1B}[2J.json"
    let refusals: [ConfigurationFileFailure] = [
      .notFound(path: path, folder: "/w"), .isFolder(path: path), .isNoFile(path: path),
      .unreadable(path: path, reason: "permission denied"), .tooLarge(path: path),
      .empty(path: path),
    ]
    for refusal in refusals {
      #expect(refusal.description.isPrintable)
      #expect(refusal.description.contains(#""a\u{1b}[2J.json""#))
    }
    #expect(
      ConfigurationFileFailure.notFound(path: ConfigurationFile.defaultPath, folder: "/w")
        .description
        == "no configuration at config/ops_alert_thresholds.json, relative to /w; "
        + "name one with --config PATH, or write one with 'ops-alert-eval init'")
  }

  private static let folder = FileManager.default.currentDirectoryPath
}

@Suite("Checking runbooks")
struct RunbookCheckTests {
  @Test("A runbook missing from the repository is reported once, with the rules that name it")
  func findsMissing() throws {
    let scratch = try Scratch()
    _ = try scratch.write("", to: ".git/HEAD")
    _ = try scratch.write("# A", to: "docs/a.md")
    _ = try scratch.write("# In a folder", to: "docs/folder/x.md")
    let path = try scratch.write(
      configuration([
        ("found", "docs/a.md#section"), ("link", "https://wiki.example/docs/b.md"),
        ("first", "docs/b.md"), ("second", "docs/b.md#x"), ("folder", "docs/folder"),
      ]), to: "config/deep/c.json")
    let missing = RunbookCheck.lints(of: try ConfigurationFile.load(path: path), file: path)
    #expect(missing.map(\.item.name) == ["first", "second", "folder", "endpoint_down"])
    #expect(
      missing.first?.reason == "runbook docs/b.md does not exist in \(scratch.path)")
  }

  @Test("Outside a repository, runbooks are looked up in the current directory")
  func fallsBack() throws {
    let scratch = try Scratch()
    let path = try scratch.write(configuration([("r", "docs/none.md")]), to: "c.json")
    let missing = RunbookCheck.lints(of: try ConfigurationFile.load(path: path), file: path)
    let folder = FileManager.default.currentDirectoryPath
    #expect(missing.allSatisfy { $0.reason.hasSuffix("does not exist in \(folder)") })
    #expect(!missing.isEmpty)
  }
}
