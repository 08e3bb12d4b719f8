internal import Foundation
@testable import HTTP
@testable import OpsAlerts
@testable import Reports
internal import Synchronization
internal import TestSupport
internal import Testing
@testable import Text

@Suite("A run in a step of a GitHub workflow")
struct GitHubStepTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    try folder.write(
      """
      {"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold": 5,
        "duration_minutes": 0, "runbook": "docs/r.md", "summary": "::error::x"},
        {"name": "p", "metric_path": "v", "comparison": "gt", "threshold": 5,
        "duration_minutes": 10}]}
      """, to: "c.json")
    world.answer(#"{"v":9}"#)
    variables([
      "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": folder.file("summary"),
      "GITHUB_OUTPUT": folder.file("output"), "GITHUB_SERVER_URL": "https://github.example",
      "GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": "0a1b",
    ])
  }

  private func variables(_ variables: [String: String]) {
    world.memory.withLock { $0.variables.merge(variables) { _, new in new } }
  }

  var base: String {
    "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
      + "--metrics-url https://api.example/ops/metrics "
  }

  /// The outputs as the runner reads them.
  private func outputs() throws -> [String: String] {
    var lines = try folder.read("output").split(
      separator: "\n", omittingEmptySubsequences: false)[...]
    var outputs: [String: String] = [:]
    while let line = lines.popFirst() {
      guard let mark = line.firstRange(of: "<<") else { continue }
      let end = try #require(lines.firstIndex(of: line[mark.upperBound...]))
      outputs[String(line[..<mark.lowerBound])] = lines[..<end].joined(separator: "\n")
      lines = lines[(end + 1)...]
    }
    return outputs
  }

  @Test("The annotation of an error with several lines keeps them")
  func lines() async throws {
    try folder.write(#"{"rules": [], "targets": 7}"#, to: "c.json")
    #expect(await world.run(base) == .usage)
    let annotation = world.output.split(separator: "\n").first { $0.hasPrefix("::error ") }
    #expect(annotation?.contains("mistakes:%0A") == true, "\(world.output)")
    #expect(annotation?.contains("\\u{") == false)
  }

  @Test("Text is followed by annotations, and summary and outputs are written")
  func text() async throws {
    let report = folder.file("report.json")
    #expect(await world.run(base + "--output \(report)") == .alerts)
    #expect(world.output.hasPrefix("FIRING"))
    #expect(world.output.contains("\n::error title=FIRING r on api.example::9 (limit > 5)"))
    #expect(world.output.contains("\n::notice title=PENDING p on api.example::9 (limit > 5)"))
    let commands = world.output.split(separator: "\n").filter {
      $0.trimmingCharacters(in: .whitespaces).hasPrefix("::")
    }
    #expect(commands.count == 2)
    let summary = try folder.read("summary")
    #expect(summary.hasPrefix("## 🔴 fail: 1 firing, 1 pending, 1 ok of 3 checks\n"))
    #expect(summary.contains("[runbook](<https://github.example/o/r/blob/0a1b/docs/r.md>)"))
    #expect(
      try outputs() == ["status": "fail", "failing": "1", "pending": "1", "report": report])
  }

  @Test(
    "Every format writes summary and outputs, and prints nothing else",
    arguments: [("json", "{"), ("markdown", "## 🔴"), ("github", "::error title=FIRING r")])
  func formats(format: String, begin: String) async throws {
    #expect(await world.run(base + "--format \(format) --dry-run") == .alerts)
    #expect(world.output.hasPrefix(begin))
    let lines = world.output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("::error") } == (format == "github"))
    #expect(try outputs()["report"] == "")
    if format == "markdown" { #expect(try folder.read("summary") == world.output) }
    #expect(folder.names.sorted() == ["c.json", "output", "summary"])
  }

  @Test("Only GITHUB_ACTIONS=true means a workflow step", arguments: ["", "1", "TRUE"])
  func elsewhere(value: String) async throws {
    variables(["GITHUB_ACTIONS": value])
    #expect(await world.run(base + "--dry-run") == .alerts)
    #expect(!world.output.contains("::error title"))
    #expect(folder.names == ["c.json"])
    #expect(await world.run(base + "--dry-run --format github") == .alerts)
    #expect(try outputs()["status"] == "fail")
  }

  @Test("Existing content of the files is kept and counts against the limit")
  func appends() async throws {
    let before = String(repeating: "x", count: 1 << 20 - 700)
    try folder.write(before, to: "summary")
    try folder.write("a=b", to: "output")
    #expect(await world.run(base + "--dry-run") == .alerts)
    let summary = try folder.read("summary")
    #expect(summary.hasPrefix(before + "\n\n## 🔴") && summary.utf8.count < 1 << 20)
    #expect(try folder.read("output").hasPrefix("a=b\nstatus<<"))
    let full = before + String(repeating: "y", count: 690)
    try folder.write(full, to: "summary")
    #expect(await world.run(base + "--dry-run") == .alerts)
    #expect(try folder.read("summary") == full)
    #expect(world.told.contains { $0.contains("no room left") })
  }

  @Test(
    "A file that cannot be written hides no alert, and exits with 4 where nothing else is wrong")
  func broken() async throws {
    variables(["GITHUB_STEP_SUMMARY": folder.file("no/such/folder")])
    #expect(await world.run(base) == .alerts)
    #expect(world.output.contains("::error title=FIRING r"))
    #expect(world.told.contains { $0.contains("warning: GITHUB_STEP_SUMMARY: cannot append") })
    #expect(try outputs()["status"] == "fail")
    world.answer(#"{"v":0}"#)
    #expect(await world.run(base, atMinute: 1) == .state)
  }

  @Test("The runner's files are never the run's own", arguments: ["s.json", "c.json"])
  func apart(name: String) async throws {
    variables(["GITHUB_OUTPUT": folder.file(name)])
    #expect(await world.run(base) == .usage)
    #expect(world.told.first?.contains("GITHUB_OUTPUT and") == true)
  }

  @Test("A run that stops early says so in annotation, summary and outputs")
  func stopped() async throws {
    try folder.write("{", to: "s.json")
    #expect(await world.run(base) == .state)
    #expect(world.output.contains("::error title=ERROR in this run::"))
    #expect(try folder.read("summary").contains("**Errors in this run**"))
    #expect(
      try outputs() == ["status": "warn", "failing": "0", "pending": "0", "report": ""])
  }

  @Test("A value cannot end its own output")
  func delimiter() {
    // The last value holds the fourth word; the fifth is its delimiter.
    var words = ["a", "b", "c", "d", "e"][...]
    let report = RunReport(
      generatedAt: Instant(milliseconds: 0), configurationVersion: nil, targets: [], errors: [])
    let text = StepOutputs.render(report, at: "x\nops_alert_eval_d\ny=z") {
      words.popFirst() ?? ""
    }
    #expect(text.hasPrefix("status<<ops_alert_eval_a\nwarn\nops_alert_eval_a\n"))
    #expect(
      text.hasSuffix("report<<ops_alert_eval_e\nx\nops_alert_eval_d\ny=z\nops_alert_eval_e\n"))
    #expect(StepOutputs.random() != StepOutputs.random() && StepOutputs.random().count == 32)
  }

  @Test("Text from outside cannot become a command on standard error either")
  func errors() async throws {
    world.fail(.tls("x\n::error::y ##[error]z"))
    _ = await world.run(base + "--dry-run")
    let lines = world.told + world.output.split(separator: "\n").map(String.init)
    #expect(!world.told.isEmpty && lines.count > world.told.count)
    for line in lines {
      let isOwn = line.hasPrefix("::error title=") || line.hasPrefix("::warning title=")
      #expect(isOwn || inert(line) == line)
      #expect(!line.contains("##["))
    }
  }
}
