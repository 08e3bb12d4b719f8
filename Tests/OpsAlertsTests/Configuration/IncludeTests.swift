@testable import AlertEngine
internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Included files and defaults")
struct IncludeTests {
  static let rule = #"{"name": "NAME", "metric_path": "a", "comparison": "gt", "threshold": 1}"#

  private static func file(of names: String...) -> String {
    let rules = names.map { rule.replacing("NAME", with: $0) }.joined(separator: ", ")
    return "{\"rules\": [\(rules)]}"
  }

  /// Loads `c.json` of a folder with these files.
  private static func load(_ files: [String: String]) throws -> Configuration {
    let folder = try Folder()
    for (name, text) in files {
      let file = URL(fileURLWithPath: folder.file(name))
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    do {
      return try ConfigurationFile.load(path: folder.file("c.json"))
    } catch {
      throw Refusal(text: "\(error)".replacing(folder.file(""), with: ""))
    }
  }

  private struct Refusal: Error {
    let text: String
  }

  private static let defaults = #""defaults": {"duration_minutes": "5m"}"#

  @Test("Rules and receivers of the files follow those of the configuration, sorted by name")
  func joinsFiles() throws {
    let receiver =
      #"{"receivers": [{"name": "hook", "type": "webhook", "url_env": "HOOK_URL"}]}"#
    let configuration = try Self.load([
      "c.json": """
      {"include": ["rules/*.json", "./rules/b.json", "chat.json"], \(Self.defaults),
       "rules": [\(Self.rule.replacing("NAME", with: "own"))]}
      """,
      "rules/b.json": Self.file(of: "b1", "b2"), "rules/a.json": Self.file(of: "a1"),
      "rules/.hidden.json": "not read", "rules/notes.txt": "not read", "chat.json": receiver,
    ])
    #expect(configuration.rules.map(\.name) == ["own", "a1", "b1", "b2"])
    #expect(configuration.rules.map(\.duration) == Array(repeating: .minutes(5), count: 4))
    #expect(configuration.receivers.map(\.name) == ["hook"])
  }

  @Test("A rule keeps its own keys, and gets only defaults that it may have")
  func appliesDefaults() throws {
    let configuration = try Self.load([
      "c.json": """
      {"defaults": {"duration_minutes": 5, "window_minutes": "1h", "short_window_minutes": "5m",
                    "objective": 0.99, "burn_rate": 3, "depends_on": ["ratio"], "severity": "info"},
       "rules": [
         {"name": "ratio", "metric_path": "a", "measure": "ratio", "denominator_path": "b",
          "comparison": "gt", "burn_rate": 2, "duration_minutes": 1},
         {"name": "growth", "metric_path": "a", "measure": "increase", "comparison": "gt",
          "threshold": 1, "severity": "error", "window_minutes": 30},
         {"name": "burn", "metric_path": "a", "measure": "ratio", "denominator_path": "b",
          "comparison": "gt", "severity": "info"},
         {"name": "value", "metric_path": "a", "comparison": "gt", "threshold": 1}]}
      """
    ])
    let rules = configuration.rules
    #expect(rules.map(\.duration) == [1, 5, 5, 5].map { .minutes($0) })
    #expect(rules.map(\.measurement.window) == [.minutes(60), .minutes(30), .minutes(60), nil])
    #expect(rules.map(\.measurement.shortWindow) == [.minutes(5), nil, .minutes(5), nil])
    #expect(rules.map(\.severity) == [.info, .error, .info, .info])
    #expect(rules.map(\.condition.threshold.number) == [0.02, 1, 0.03, 1])
    #expect(rules.map { $0.dependsOn.map(\.rule) } == [[], ["ratio"], ["ratio"], ["ratio"]])
  }

  static let refusals: [(title: String, files: [String: String], refusal: String)] = [
    (
      "a pattern that matches nothing", ["c.json": #"{"include": ["rules/*.json"]}"#],
      "c.json:1:14: include[0]: no file in FOLDER matches \"rules/*.json\""
    ),
    (
      "a mistake in an included file",
      [
        "c.json": #"{"include": ["a.json", "b.json"], \#(defaults)}"#,
        "a.json": file(of: "one"), "b.json": "{\"rules\": [\n" + rule + "]}",
      ], "b.json:2:10: rules[0].name: expected"
    ),
    (
      "the same name in two files",
      [
        "c.json": #"{"include": ["*/r.json"], \#(defaults)}"#, "a/r.json": file(of: "x", "y"),
        "b/r.json": file(of: "y"),
      ], "b/r.json:1:21: rules[0].name: \"y\" is already the name of rules[1] of \"a/r.json\""
    ),
    (
      "an included file that includes others",
      [
        "c.json": #"{"include": ["a.json"]}"#, "a.json": #"{"include": ["b.json"], "rules": []}"#,
      ], "a.json:1:2: include: unknown key; an included file has $schema, rules, receivers"
    ),
    (
      "an included file that is no JSON",
      ["c.json": #"{"include": ["a.json"]}"#, "a.json": "{\n\"rules\" [] }"],
      "a.json:2:9: this is not JSON"
    ),
    (
      "the configuration itself", ["c.json": #"{"include": ["*.json"]}"#],
      "c.json:1:14: include[0]: \"*.json\" matches the configuration itself"
    ),
    (
      "a folder", ["c.json": #"{"include": ["rules"]}"#, "rules/a.json": file(of: "a")],
      "c.json:1:14: include[0]: rules is a folder"
    ),
    (
      "files without a rule",
      [
        "c.json": #"{"include": ["a.json"]}"#,
        "a.json": #"{"receivers": [{"name": "h", "type": "webhook", "url_env": "H_URL"}]}"#,
      ], "c.json:1:13: include: there are no rules"
    ),
    (
      "a unit as a default", ["c.json": #"{"defaults": {"unit": "ratio"}, "include": ["a.json"]}"#],
      "c.json:1:15: defaults.unit: unknown key"
    ),
    (
      "a default that is wrong in a rule",
      [
        "c.json": #"{"defaults": {"short_window_minutes": 90}, "include": ["a.json"]}"#,
        "a.json": file(of: "a").replacing(
          "1}",
          with:
            #"1, "duration_minutes": 0, "measure": "ratio", "denominator_path": "b", "window_minutes": 60}"#
        ),
      ],
      "c.json:1:39: defaults.short_window_minutes: expected less than window_minutes, 60, found 90 "
        + "(applied to rules[0])"
    ),
    (
      "a pattern for all depths",
      ["c.json": #"{"include": ["**/a.json"]}"#, "x/a.json": file(of: "a")],
      "c.json:1:14: include[0]: ** is not supported"
    ),
    (
      "files that are too large together",
      [
        "c.json": #"{"include": ["*/a.json"]}"#,
        "x/a.json": file(of: "a") + String(repeating: " ", count: 9 << 20),
        "y/a.json": file(of: "b") + String(repeating: " ", count: 9 << 20),
      ], "y/a.json is too large"
    ),
    (
      "a default that a rule makes invalid",
      [
        "c.json": #"{"defaults": {"targets": ["x"]}, "include": ["a.json"]}"#,
        "a.json": file(of: "a").replacing("1}", with: #"1, "duration_minutes": 0}"#),
      ], "a.json:1:12: rules[0].targets: there is no target \"x\""
    ),
  ]

  @Test("A mistake is reported with its file, line and column", arguments: refusals.indices)
  func refuses(index: Int) throws {
    let row = Self.refusals[index]
    var files = row.files
    if index == 1 { files["b.json"] = files["b.json"]?.replacing("NAME", with: "1x") }
    let refusal = try #require(throws: Refusal.self, "\(row.title)") {
      _ = try Self.load(files)
    }
    let text = refusal.text.replacing("/tmp/", with: "")
    let parts = row.refusal.split(separator: "FOLDER")
    #expect(parts.allSatisfy { text.contains($0) }, "\(row.title): \(text)")
  }

  @Test("Links that form loops end in a mistake")
  func endsLoops() throws {
    let folder = try Folder()
    for name in ["a", "b", "c", "d"] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.file(name), withDestinationPath: ".")
    }
    let stars = String(repeating: "*/", count: 20)
    try "{\"include\": [\"\(stars)x.json\"]}".write(
      toFile: folder.file("c.json"), atomically: true, encoding: .utf8)
    let failure = try #require(throws: ConfigurationFileFailure.self) {
      _ = try ConfigurationFile.load(path: folder.file("c.json"))
    }
    #expect("\(failure)".contains("links may form a loop"))
  }

  @Test("A link that leads out of the folder is refused")
  func staysInside() throws {
    let (inside, outside) = (try Folder(), try Folder())
    try Self.file(of: "a").write(
      toFile: outside.file("a.json"), atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(
      atPath: inside.file("a.json"), withDestinationPath: outside.file("a.json"))
    try #"{"include": ["a.json"]}"#.write(
      toFile: inside.file("c.json"), atomically: true, encoding: .utf8)
    let failure = try #require(throws: ConfigurationFileFailure.self) {
      _ = try ConfigurationFile.load(path: inside.file("c.json"))
    }
    #expect("\(failure)".contains("a link to a file outside of the configuration's folder"))
  }
}
