internal import Foundation
@testable import HTTP
internal import TestSupport
internal import Testing

/// An invalid configuration, and words of its message.
private struct BadConfiguration: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let says: [String]
  let make: @Sendable (_ path: String) throws -> Void

  init(_ name: String, says: String..., make: @escaping @Sendable (String) throws -> Void) {
    testDescription = name
    self.says = says
    self.make = make
  }

  private static func text(_ text: String) -> @Sendable (String) throws -> Void {
    { try Data(text.utf8).write(to: URL(filePath: $0)) }
  }

  static let all = [
    BadConfiguration("missing", says: "no configuration at") { _ in },
    BadConfiguration("empty", says: "is empty", make: text("")),
    BadConfiguration("blank", says: "is empty", make: text(" \n\n")),
    BadConfiguration(
      "truncated", says: "found the end of the document",
      make: text(String(Given.firesAtOnce.prefix(40)))),
    BadConfiguration("a list", says: "expected an object", make: text("[]")),
    BadConfiguration("without rules", says: "rules", make: text(#"{"version": "1"}"#)),
    BadConfiguration("HTML", says: ":1:1", make: text("<html>")),
    BadConfiguration(
      "nested without end", says: ":1:", make: text(String(repeating: "[", count: 9_999))),
    BadConfiguration("a folder", says: "is a folder") {
      try FileManager.default.createDirectory(atPath: $0, withIntermediateDirectories: false)
    },
    BadConfiguration("a pipe", says: "is a pipe or a device") { _ = mkfifo($0, 0o600) },
    BadConfiguration("huge", says: "larger than 16 MiB") { path in
      try Data().write(to: URL(filePath: path))
      truncate(path, 20 << 20)
    },
    BadConfiguration("a circle of links", says: "cannot be read") { path in
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
    },
    BadConfiguration(
      "full of mistakes", says: "the configuration has 7 mistakes", "config.json:1:12: labels",
      "rules[0]: \"duration_minutes\" is missing", "rules[0].threshold: expected a number",
      "rules[0].duration_minuts: unknown key; did you mean \"duration_minutes\"?",
      "rules[1].name", "config.json:4:32: rules[1].metric_path", "rules[1].comparison",
      make: text(
        #"""
        {"labels": 5, "rules": [
          {"name": "a", "metric_path": "a.b", "comparison": "gt", "threshold": "0.05",
            "duration_minuts": 10},
          {"name": "1", "metric_path": "a..b", "comparison": "above", "threshold": 1,
            "duration_minutes": 0}
        ]}
        """#)),
  ]
}

@Suite("An invalid configuration", .promptly, .inTurn)
struct BadConfigurationTests {
  @Test(
    "An invalid configuration exits with 2; nothing is fetched, printed or written",
    arguments: BadConfiguration.all)
  private func refused(_ configuration: BadConfiguration) async throws {
    let place = try Workplace()
    let server = try LoopbackServer { _ in .json(Given.bad) }
    defer { server.stop() }
    try configuration.make(place.file("config.json"))
    let before = place.names
    let run = try await place.run([
      "--config", "config.json", "--state", "new/state.json", "--output", "new/report.json",
      "--record", "new/seen.jsonl", "--metrics-url", "http://127.0.0.1:\(server.port)/",
    ])
    #expect(run.code == 2)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("ops-alert-eval: error: "))
    #expect(!configuration.says.isEmpty)
    for words in configuration.says { #expect(run.errors.contains(words), "\(run.errors)") }
    #expect(run.errorLines.count { $0.hasPrefix("ops-alert-eval: ") } == 1)
    #expect(server.requests.isEmpty)
    #expect(place.names == before)

    let check = try await place.run(["check", "--config", "config.json"])
    #expect(check.code == 2)
    #expect(check.errors == run.errors, "check says the same")
  }

  @Test("Another user's configuration exits with 2")
  func unreadable() async throws {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    try place.takeAway("config.json")
    let run = try await place.run(
      ["--config", "config.json", "--metrics-url", "http://127.0.0.1:1/"],
      wrapper: Workplace.unprivileged)
    #expect(run.code == 2)
    #expect(run.errorLines.count == 1)
    #expect(run.errors.contains("config.json cannot be read: permission denied"))
  }
}
