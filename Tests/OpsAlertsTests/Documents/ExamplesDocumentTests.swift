@testable import AlertEngine
internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("The document on examples")
struct ExamplesDocumentTests {
  private static let document = "docs/examples.md"

  /// The examples with rules of their own; `receivers.json` is one of receivers.
  static let examples = Repository.files(in: "config/examples", ending: ".json")
    .filter { !$0.hasSuffix(".tests.json") && !$0.hasSuffix("/receivers.json") }

  /// A row of the table: an alert of an example, and the rule test that fires it.
  private struct Row {
    let system: String
    let rule: String
    let test: String
  }

  private static func rows() throws -> [Row] {
    try Repository.text(of: document).split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 4, cells[0].hasSuffix(".json`") else { return nil }
      let names = [cells[0], cells[2]].map { $0.trimmingCharacters(in: ["`"]) }
      return Row(system: names[0], rule: names[1], test: cells[3])
    }
  }

  private static func read(_ path: String) throws -> (rules: [Rule], tests: [RuleTest]) {
    let configuration = try Configuration.decode(Array(Repository.text(of: path).utf8))
    let tests = try Repository.text(of: path.replacing(".json", with: ".tests.json"))
    let file = try RuleTestFile.decode(Array(tests.utf8)) { _ in configuration }
    return (configuration.rules, file.tests)
  }

  private static func fires(_ rule: String, in test: RuleTest) -> Bool {
    (test.transitions ?? []).contains { $0.key.rule == rule && $0.event == .firing }
  }

  @Test("Every alert has a row, with a test in which it fires", arguments: examples)
  func fires(path: String) throws {
    let (rules, tests) = try Self.read(path)
    let rows = try Self.rows().filter { path == "config/examples/\($0.system)" }
    #expect(rows.map(\.rule).sorted() == (rules.map(\.name) + [EndpointSettings.ruleName]).sorted())
    for row in rows {
      let test = try #require(tests.first { $0.name == row.test }, "no test \(row.test)")
      let fires = Self.fires(row.rule, in: test)
      #expect(fires, "\(row.rule) does not fire in \(row.test)")
    }
  }

  @Test("Every rule has a test in which it does not fire", arguments: examples)
  func holdsBack(path: String) throws {
    let (rules, tests) = try Self.read(path)
    for rule in rules {
      let quiet = tests.contains { test in
        let applies = rule.targets.map { $0.contains(test.target ?? "") } ?? true
        return applies && test.transitions != nil && test.scope.contains(rule.name)
          && !Self.fires(rule.name, in: test)
      }
      #expect(quiet, "\(rule.name) fires in each of its tests")
    }
  }

  @Test("An example passes a strict check without a finding", arguments: examples)
  func check(path: String) async {
    let world = World()
    let file = Repository.root.appending(path: path).path
    #expect(await world.run("check --strict --config \(file)") == .success)
    #expect(world.told == [])
  }

  /// A receiver for pages alone would otherwise hear of neither.
  @Test("What a rule depends on is at least as severe as the rule", arguments: examples)
  func severity(path: String) throws {
    let rules = try Self.read(path).rules
    func urgency(_ rule: Rule) -> Int { Severity.allCases.firstIndex(of: rule.severity) ?? 0 }
    for rule in rules {
      for dependency in rule.dependsOn where dependency.rule != EndpointSettings.ruleName {
        let other = try #require(rules.first { $0.name == dependency.rule })
        #expect(urgency(other) <= urgency(rule), "\(rule.name) depends on \(other.name)")
      }
    }
  }

  @Test("The document links to each example and to its runbooks", arguments: examples)
  func links(path: String) throws {
    let links = DocumentLinks(markdown: try Repository.text(of: Self.document)).targets
    #expect(links.contains("../\(path)"))
    let pages = try Self.read(path).rules.compactMap(\.text.runbook).map { page in
      String(page.prefix { $0 != "#" })
    }
    let isNamed = pages.contains { links.contains($0.replacing("docs/", with: "")) }
    #expect(isNamed)
  }

  @Test("The table has no row of a file that does not exist, and there are enough of both")
  func rows() throws {
    let systems = Set(try Self.rows().map { "config/examples/\($0.system)" })
    #expect(systems == Set(Self.examples))
    #expect(systems.count >= 8)
  }
}
