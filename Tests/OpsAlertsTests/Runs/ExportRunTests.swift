internal import Foundation
@testable import OpsAlerts
@testable import Reports
internal import TestSupport
internal import Testing

@Suite("Exporting a configuration for Prometheus")
struct ExportRunTests {
  private static let fixtures = Repository.root.appending(path: "Tests/Fixtures/export")
  private static let files = [
    "rules.yml", "rules.test.yml", "prometheus.yml", "json_exporter.yml", "alertmanager.yml",
  ]

  private let folder: Folder
  private let world = World()

  init() throws { folder = try Folder() }

  private static func fixture(_ name: String) throws -> String {
    try String(contentsOf: fixtures.appending(path: name), encoding: .utf8)
  }

  private func export(_ more: String = "") async -> ExitCode {
    let config = Self.fixtures.appending(path: "configuration.json").path
    return await world.run(
      "export prometheus --config \(config) --output \(folder.file("out"))" + more)
  }

  @Test("The files and the list of differences are as approved")
  func approved() async throws {
    let tests = Self.fixtures.appending(path: "tests.json").path
    #expect(await export(" --tests \(tests)") == .success)
    for name in Self.files {
      let (written, approved) = (try folder.read("out/" + name), try Self.fixture(name))
      #expect(written == approved, "\(name)")
    }
    let list = world.output.replacing(folder.file("out"), with: "out")
    let approved = try Self.fixture("output.txt")
    #expect(list == approved)
  }

  @Test("An export replaces its own files, and only those")
  func replaces() async throws {
    #expect(await export() == .success)
    let before = try folder.read("out/rules.yml")
    #expect(await export() == .success)
    #expect(try folder.read("out/rules.yml") == before)
    for other in ["groups: []\n", PrometheusExport.mark + "X mine"] {
      _ = try folder.write(other, to: "out/json_exporter.yml")
      #expect(await export() == .usage)
      #expect(try folder.read("out/json_exporter.yml") == other)
      #expect(world.told.joined().contains("was not written by export, and is not replaced"))
    }
  }

  @Test("An export follows no symbolic link to a file that does not exist")
  func danglingLink() async throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("out"), withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("out/rules.yml"), withDestinationPath: folder.file("elsewhere.yml"))
    #expect(await export() == .usage)
    #expect(!FileManager.default.fileExists(atPath: folder.file("elsewhere.yml")))
  }

  @Test(
    "A mistake is told before anything is written",
    arguments: [
      ("export --output out", "export needs a system: prometheus"),
      ("export nagios --output out", "export knows one system: prometheus"),
      ("export prometheus", "export needs --output DIR"),
      ("export prometheus --output out --config none.json", "no configuration at none.json"),
    ])
  func refuses(line: String, message: String) async throws {
    let line = line.replacing("--output out", with: "--output \(folder.file("out"))")
    #expect(await world.run(line) == .usage)
    #expect(world.told.joined().contains(message), "\(world.told)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("out")))
  }
}
