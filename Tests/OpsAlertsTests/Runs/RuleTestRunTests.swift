internal import Foundation
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Runs of rule tests")
struct RuleTestRunTests {
  private static let rules = #"""
    {"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold": 1,
      "duration_minutes": 1}]}
    """#

  /// A file of tests, each a name, a series and a list of transitions.
  private static func tests(
    _ tests: [(name: String, series: String, transitions: String)], config: String? = "rules.json"
  ) -> String {
    let tests = tests.map { name, series, transitions in
      let events = transitions.split(separator: ",").map { event in
        let parts = event.split(separator: " ")
        return #"{"at": "\#(parts[0])", "rule": "r", "to": "\#(parts[1])"}"#
      }
      return #"{"name": "\#(name)", "series": {"v": "\#(series)"}, "rules": ["r"], "#
        + #""transitions": [\#(events.joined(separator: ","))]}"#
    }
    let config = config.map { #""config": "\#($0)", "# } ?? ""
    return "{\(config)\"tests\": [\(tests.joined(separator: ","))]}"
  }

  private static let good = tests([
    ("fires", "0 2x2", "1m pending,2m firing"), ("is quiet", "0x9", ""),
  ])
  private static let bad = tests([("fires", "0 2x2", "1m pending"), ("is quiet", "0x9", "")])

  private static func folder(_ files: [String: String]) throws -> Folder {
    let folder = try Folder()
    try folder.write(rules, to: "rules.json")
    for (name, text) in files { try folder.write(text, to: name) }
    return folder
  }

  @Test("Passing tests are only counted")
  func passes() async throws {
    let folder = try Self.folder(["a.json": Self.good, "b.json": Self.good])
    let world = World()
    #expect(await world.run("test \(folder.file("a.json")) \(folder.file("b.json"))") == .success)
    #expect(
      world.output == """
        \(folder.file("a.json")): 2 passed
        \(folder.file("b.json")): 2 passed
        4 passed in 2 files

        """)
    #expect(world.told.isEmpty && world.memory.withLock(\.requests).isEmpty)
    #expect(folder.names == ["a.json", "b.json", "rules.json"])
  }

  @Test("A failing test makes the run fail, and is drawn")
  func fails() async throws {
    let folder = try Self.folder(["a.json": Self.bad])
    let world = World()
    #expect(await world.run("test \(folder.file("a.json"))") == .alerts)
    #expect(
      world.output == """
        \(folder.file("a.json")): 1 passed, 1 failed

        FAIL  fires
              at 2m r becomes firing, not expected: 2 (limit > 1), fired at 2m

              r: v > 1 for 1 m: fail (critical)
              time      0s
              value     ▁██
              expected  ·pp
              actual    ·pF
                          ^ 2m
              transitions: 1m pending, 2m firing

        · inactive   p pending   F firing

        1 passed, 1 failed in 1 file

        """)
  }

  @Test("Passing tests are drawn on request, in colour if enabled")
  func isVerbose() async throws {
    let folder = try Self.folder(["a.json": Self.good])
    let world = World()
    #expect(await world.run("test \(folder.file("a.json")) --verbose") == .success)
    #expect(world.output.contains("\nok    is quiet\n") && world.output.contains("expected  ·pF\n"))
    #expect(!world.output.contains("\u{1B}") && !world.output.contains("^"))
    #expect(await world.run("test \(folder.file("a.json")) --verbose --color always") == .success)
    #expect(world.output.contains("\u{1B}[32mok"))
  }

  @Test("All mistakes in all files are reported, and nothing is run")
  func mistakes() async throws {
    let folder = try Self.folder([
      "good.json": Self.good, "bad.json": #"{"config": "rules.json", "tests": [{"nme": "x"}]}"#,
      "worse.json": "[",
    ])
    let world = World()
    let files = ["good.json", "bad.json", "none.json", "worse.json"].map(folder.file)
    #expect(await world.run("test \(files.joined(separator: " "))") == .usage)
    #expect(world.output == "")
    let told = world.told.joined(separator: "\n").replacing(folder.path + "/", with: "")
    #expect(
      told == """
        ops-alert-eval: error: bad.json has 4 mistakes:
        bad.json:1:36: tests[0]: "name" is missing
        bad.json:1:36: tests[0]: "series" is missing
        bad.json:1:36: tests[0]: expected at least one of expect, transitions, found none
        bad.json:1:37: tests[0].nme: unknown key; did you mean "name"?
        ops-alert-eval: error: no test file at none.json
        ops-alert-eval: error: worse.json has a mistake:
        worse.json:1:2: this is not JSON: expected a value, found the end of the document; is a closing quote, ] or } missing at the end?
        """)
  }

  @Test("The rules come from the configuration that the file names, or else from --config")
  func configuration() async throws {
    let folder = try Self.folder(["own.json": Self.tests([("t", "0", "")], config: nil)])
    try FileManager.default.createDirectory(
      atPath: folder.file("deeper"), withIntermediateDirectories: true)
    try folder.write(Self.tests([("t", "0", "")], config: "../rules.json"), to: "deeper/a.json")
    try folder.write(Self.tests([("t", "0", "")], config: "none.json"), to: "deeper/b.json")
    try folder.write(#"{"rules": [{"name": "r"}]}"#, to: "broken.json")
    let world = World()
    let (own, deep) = (folder.file("own.json"), folder.file("deeper/a.json"))
    #expect(
      await world.run("test \(own) \(deep) --config \(folder.file("rules.json"))") == .success)
    #expect(await world.run("test \(folder.file("deeper/b.json"))") == .usage)
    #expect(
      world.told == [
        "ops-alert-eval: error: \(folder.file("deeper/b.json")) names the configuration "
          + "\(folder.file("deeper/none.json")), which does not exist"
      ])
    #expect(await world.run("test \(own) \(own) --config \(folder.file("broken.json"))") == .usage)
    #expect(world.told.count { $0.contains("the configuration has 4 mistakes") } == 1)
  }

  @Test("Tests can come from standard input; anything but a file is refused")
  func sources() async throws {
    let folder = try Self.folder(["empty.json": " \n"])
    let world = World()
    #expect(await world.run("test - --config \(folder.file("rules.json"))") == .usage)
    #expect(
      world.told == [
        "ops-alert-eval: error: standard input has 2 mistakes:",
        "standard input:1:1: \"tests\" is missing",
        "standard input:1:2: v: unknown key; a file of tests has $schema, config, every, start, tests",
      ])
    #expect(await world.run("test \(folder.path) \(folder.file("empty.json")) /dev/null") == .usage)
    #expect(
      world.told == [
        "ops-alert-eval: error: the test file \(folder.path) is a folder; name the files in it",
        "ops-alert-eval: error: \(folder.file("empty.json")) is empty; it needs at least {\"tests\": [ … ]}",
        "ops-alert-eval: error: the test file /dev/null is a pipe or a device; pipe it to "
          + "standard input, and pass -",
      ])
  }

  @Test("The report goes to a file, and its last line to the log")
  func writes() async throws {
    let folder = try Self.folder(["a.json": Self.bad])
    let world = World()
    let path = folder.file("reports/a.txt")
    #expect(await world.run("test \(folder.file("a.json")) --output \(path)") == .alerts)
    #expect(world.output == "")
    #expect(
      world.told == [
        "ops-alert-eval: 1 passed, 1 failed in 1 file; report written to \(path)"
      ])
    #expect(try folder.read("reports/a.txt").hasSuffix("\n1 passed, 1 failed in 1 file\n"))
  }

  @Test("A report that cannot be written is an error, whatever the results")
  func cannotWrite() async throws {
    let folder = try Self.folder(["a.json": Self.good])
    let world = World()
    #expect(
      await world.run("test \(folder.file("a.json")) --output \(folder.file("a.json"))/x") == .state
    )
    #expect(world.told.count == 1)
    world.memory.withLock { $0.isOutputBroken = true }
    #expect(await world.run("test \(folder.file("a.json"))") == .state)
    #expect(world.told == ["ops-alert-eval: error: cannot write to standard output"])
  }

  @Test(
    "A report never overwrites what the run reads",
    arguments: [
      ("a.json", "a.json", "--output and a test file are the same file: a.json"),
      ("b.json a.json", "./a.json", "--output and a test file are the same file: a.json"),
      ("a.json", "link", "--output and a test file are the same file: a.json"),
      (
        "a.json", "rules.json",
        "--output and the configuration of a.json are the same file: rules.json"
      ),
      ("b.json", "deeper/../rules.json", "--output and --config are the same file: rules.json"),
      ("a.json", "other.json", "--output and --config are the same file: other.json"),
      ("bad.json", "bad.json", "--output and a test file are the same file: bad.json"),
    ])
  func keepsApart(files: String, output: String, sentence: String) async throws {
    let folder = try Self.folder([
      "a.json": Self.good, "b.json": Self.tests([("t", "0", "")], config: nil),
      "bad.json": Self.bad, "other.json": Self.rules,
    ])
    try FileManager.default.createDirectory(
      atPath: folder.file("deeper"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: "a.json")
    let before = try folder.names.filter { $0 != "deeper" }.map(folder.read)
    let config = files.contains("b.json") ? "rules.json" : "other.json"
    let paths = files.split(separator: " ").map { folder.file(String($0)) }
    for format in ["text", "junit"] {
      let world = World()
      #expect(
        await world.run(
          "test \(paths.joined(separator: " ")) --config \(folder.file(config)) "
            + "--format \(format) --output \(folder.file(output))") == .usage)
      #expect(world.output == "")
      let told = world.told.joined(separator: "\n").replacing(folder.path + "/", with: "")
      #expect(told == "ops-alert-eval: error: \(sentence)")
      #expect(try folder.names.filter { $0 != "deeper" }.map(folder.read) == before)
    }
  }

  @Test("JUnit XML has files, tests and failures, with any names")
  func junit() async throws {
    let name = #"<![CDATA[ ]]> & \"'é ##[error]x"#
    let text = Self.tests([(name, "0 2x2", "1m pending"), ("fine", "0", "")])
    let folder = try Self.folder(["a&b.json": text])
    let world = World()
    let (file, path) = (folder.file("a&b.json"), folder.file("report.xml"))
    #expect(await world.run("test \(file) --format junit --output \(path)") == .alerts)
    let seen = try #require(Elements(Data(try folder.read("report.xml").utf8)))
    #expect(seen.names == ["testsuites", "testsuite", "testcase", "failure", "testcase"])
    #expect(seen.attributes[0] == ["tests": "2", "failures": "1", "errors": "0"])
    #expect(seen.attributes[1]["name"] == file)
    #expect(seen.attributes[2]["name"] == #"<![CDATA[ ]]> & "'é #\u{23}[error]x"#)
    #expect(seen.attributes[2]["classname"] == file)
    #expect(seen.attributes[3]["message"]?.hasPrefix("at 2m r becomes firing") == true)
    #expect(seen.text.contains("actual    ·pF\n") && seen.text.contains("p pending   F firing"))
    #expect(await world.run("test \(file) --format junit") == .alerts)
    #expect(world.output == (try folder.read("report.xml")))
  }

  @Test("Text in a test file cannot control a terminal or a CI system")
  func isInert() async throws {
    let text = #"""
      {"config": "rules.json", "tests": [{"name": "\u202egnp.exe ::error::x ##[error]y",
        "series": {"v": "'\u200b::error::'"},
        "expect": [{"at": "0s", "rule": "r", "value": "\u202e"}]}]}
      """#
    let folder = try Self.folder(["a.json": text, "b.json": text.replacing(#"\u202eg"#, with: "g")])
    let world = World()
    #expect(await world.run("test \(folder.file("a.json"))") == .usage)
    #expect(await world.run("test \(folder.file("b.json")) --verbose") == .usage)
    let said = (world.told + [world.output]).joined(separator: "\n")
    #expect(
      said.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .format })
    let harmless = text.replacing(#"\u202e"#, with: "").replacing(#"\u200b"#, with: "")
    try folder.write(harmless, to: "c.json")
    #expect(await world.run("test \(folder.file("c.json"))") == .alerts)
    #expect(!world.output.contains("##["))
    #expect(!world.output.contains("\u{200B}"))
  }
}

/// The elements of a document, in their order.
private final class Elements: NSObject, XMLParserDelegate {
  private(set) var names: [String] = []
  private(set) var attributes: [[String: String]] = []
  private(set) var text = ""

  /// `nil` for what is no XML.
  init?(_ data: Data) {
    super.init()
    let parser = XMLParser(data: data)
    parser.delegate = self
    guard parser.parse() else { return nil }
  }

  func parser(
    _: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    names.append(name)
    self.attributes.append(attributes)
  }

  func parser(_: XMLParser, foundCharacters text: String) { self.text += text }
}
