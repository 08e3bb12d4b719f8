@testable import AlertEngine
internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing

/// Files of rule tests, and the approved output for each.
///
/// `UPDATE_FIXTURES=1 swift test --filter RuleTestFixtures` rewrites the texts; then look at the
/// difference.
@Suite("The fixtures of rule tests")
struct RuleTestFixturesTests {
  private static let folder = Repository.root.appending(path: "Tests/Fixtures/rule-tests")

  private static func files(_ ending: String) -> [String] {
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    return (names ?? []).filter { $0.hasSuffix(ending) }.sorted()
  }

  private static func run(_ name: String) async -> (code: ExitCode, said: String) {
    let world = World()
    let code = await world.run("test \(folder.appending(path: name).path)")
    let said = world.told.map { $0 + "\n" }.joined() + world.output
    return (code, said.replacing(folder.path + "/", with: ""))
  }

  private static func expect(_ said: String, isIn name: String) throws {
    let file = folder.appending(path: name.replacing(".json", with: ".txt"))
    if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
      try Data(said.utf8).write(to: file)
    }
    #expect(try said == String(contentsOf: file, encoding: .utf8))
  }

  @Test("An invalid file is refused with exactly these mistakes", arguments: files(".bad.json"))
  func refuses(name: String) async throws {
    let run = await Self.run(name)
    #expect(run.code == .usage)
    try Self.expect(run.said, isIn: name)
  }

  @Test("Failed tests are drawn as approved, in 80 columns", arguments: files(".fail.json"))
  func draws(name: String) async throws {
    let run = await Self.run(name)
    #expect(run.code == .alerts)
    try Self.expect(run.said, isIn: name)
    #expect(run.said.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test("There are enough fixtures of both kinds")
  func areThere() {
    #expect(Self.files(".bad.json").count >= 12 && Self.files(".fail.json").count >= 3)
  }

  private static let shipped = ["config", "config/examples"].flatMap { folder in
    let path = Repository.root.appending(path: folder).path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasSuffix(".tests.json") }.map { "\(folder)/\($0)" }
  }

  @Test("The shipped tests pass", arguments: shipped)
  func ships(path: String) async {
    let world = World()
    #expect(await world.run("test \(Repository.root.appending(path: path).path)") == .success)
  }

  @Test("Every shipped rule, and endpoint_down, has a test in which it fires")
  func covers() throws {
    let configuration = try Configuration.decode(
      Array(try Repository.text(of: "config/ops_alert_thresholds.json").utf8))
    let tests = try RuleTestFile.decode(
      Array(try Repository.text(of: "config/ops_alert_thresholds.tests.json").utf8)
    ) { _ in configuration }.tests
    let fired = tests.flatMap { $0.transitions ?? [] }.filter { $0.event == .firing }
    let names = configuration.rules.map(\.name) + [EndpointSettings.ruleName]
    #expect(Set(fired.map(\.key.rule)) == Set(names))
    #expect(Self.shipped.count >= 3)
  }
}
