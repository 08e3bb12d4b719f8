internal import Foundation
internal import TestSupport
internal import Testing

@Suite("What scripts use of version 846a5cf", .promptly, .inTurn)
struct KeptInterfaceTests {
  private static let commands = [
    "evaluate", "watch", "replay", "test", "check", "status", "notify-test", "demo",
  ]

  @Test("Every option, value, default, variable and exit code of a command is still there")
  func options() async throws {
    let place = try Workplace()
    var lines = HelpOutline(try await place.runKept(["--help"]).output).lines
    for command in Self.commands {
      let help = try await place.runKept([command, "--help"])
      #expect(help.code == 0, "\(command)")
      lines += HelpOutline(help.output).lines.map { "\(command) \($0)" }
    }
    try KeptFiles.expectLines(lines, as: "options.txt")
  }

  @Test(
    "Every key, type and word of a schema is still there, and no further key is required",
    arguments: ["ops_alert_thresholds.schema.json", "ops_alert_thresholds.tests.schema.json"])
  func schema(file: String) throws {
    let schema = try JSONValue(KeptFiles.repositoryText("config/\(file)"))
    try KeptFiles.expectLines(
      SchemaOutline(schema).lines, as: file.replacing(".json", with: ".txt"),
      // Included files and defaults may have them.
      but: [
        ".rules required", ".rules[].comparison required", ".rules[].duration_minutes required",
      ])
  }

  @Test("Every variable, secret, input and output of the workflow is still there")
  func workflow() throws {
    let text = try KeptFiles.repositoryText(".github/workflows/ops-alerts.yml")
    let names =
      text.matches(of: /\b(?:vars|secrets|inputs|steps\.\w+\.outputs)\.[\w-]+/)
      .map { String($0.output) }
    let outputs = text.matches(of: /echo "(\w+=)[^\n]*GITHUB_OUTPUT/).map {
      "output \($0.output.1)"
    }
    let variables = text.matches(of: /\n +([A-Z][A-Z_]+):/).map { "variable \($0.output.1)" }
    try KeptFiles.expectLines(names + outputs + variables, as: "workflow.txt")
  }

  @Test("A configuration is accepted or refused as it was, with the same report of check")
  func configurations() async throws {
    let place = try Workplace()
    // Its rules name this runbook, which check looks for.
    let runbooks = place.file("docs/release")
    try FileManager.default.createDirectory(atPath: runbooks, withIntermediateDirectories: true)
    try place.write("", to: "docs/release/incident-observability-runbook.md")
    var reports: [String: JSONValue] = [:]
    for name in try KeptFiles.names(in: "configurations") {
      try place.copy("configurations/\(name)", to: name)
      let ended = try await place.runKept(["check", "--config", name, "--format", "json"])
      #expect(ended.code == (name.hasSuffix(".good.json") ? 0 : 2), "\(name): \(ended.errors)")
      reports[name] = try JSONValue(ended.output)
    }
    try KeptFiles.expectShort(
      .object(reports), as: "configurations.json",
      Comparison(wording: ["errors.*"], newLists: ["*.warnings", "*.findings"]))
  }

  @Test("A recording is replayed to the same report")
  func recording() async throws {
    let place = try Workplace()
    try place.copy("targets/config.json", to: "config.json")
    let lines = try (1...7).map { try KeptFiles.text("targets/\($0).recorded.jsonl") }
    try place.write(lines.joined(), to: "recording.jsonl")
    try place.copy("replay/cut.jsonl", to: "cut.jsonl")
    let comparison = Comparison(
      wording: ["warnings.*.sentence", "skipped_lines.*.reason", "left_out.*.reason"])
    let whole = [
      "replay", "recording.jsonl", "cut.jsonl", "--config", "config.json", "--format", "json",
    ]
    let runs = [
      "whole": [
        "--target", "api", "--target", "lost", "--what-if",
        "error_rate: threshold=0.02..0.08 step 0.03",
        "--what-if", "error_rate: duration_minutes=0,5, min_samples=1,3",
      ],
      "part": [
        "--from", "2026-02-25T02:10:00Z", "--target", "search", "--rule", "source_age",
      ],
    ]
    for (name, options) in runs {
      let ended = try await place.runKept(whole + options)
      #expect(ended.code == 0, "\(name): \(ended.errors)")
      try KeptFiles.expectShort(
        JSONValue(ended.output), as: "replay/\(name).json", comparison)
    }
  }

  @Test("Rule tests give the same JUnit report")
  func ruleTests() async throws {
    let place = try Workplace()
    for file in ["rules.json", "kinds.tests.json"] {
      try place.copy("rule-tests/\(file)", to: file)
    }
    let ended = try await place.runKept(["test", "kinds.tests.json", "--format", "junit"])
    #expect(ended.code == 1, "\(ended.errors)")
    // The tags without the sentences on what failed.
    let tags = ended.output.matches(of: /<[^>]+>/).map { tag in
      String(tag.output.replacing(/message="[^"]*"/, with: "message"))
    }
    try KeptFiles.expectLines(
      tags.enumerated().map { "\($0) \($1)" }, as: "rule-tests/kinds.junit.txt")
  }
}
