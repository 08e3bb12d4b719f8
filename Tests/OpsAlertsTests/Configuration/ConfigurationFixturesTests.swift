@testable import AlertEngine
@testable import Delivery
internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

@Suite("The configuration fixtures")
struct ConfigurationFixturesTests {
  private static let folder = "Tests/Fixtures/configuration"
  static let good = Repository.files(in: folder, ending: ".good.json")
  static let bad =
    Repository.files(in: folder, ending: ".bad.json")
    + Repository.files(in: "\(folder)/beyond-schema", ending: ".bad.json")

  @Test("There are enough fixtures of both kinds")
  func areThere() {
    #expect(Self.good.count >= 12)
    #expect(Self.bad.count >= 35)
  }

  @Test("A valid configuration is accepted", arguments: good)
  func takes(path: String) throws {
    #expect(throws: Never.self) {
      try Configuration.decode(
        Array(try Repository.text(of: path).utf8), receivers: ReceiverCatalogue.standard.types)
    }
  }

  @Test("An invalid configuration is refused with exactly these mistakes", arguments: bad)
  func refuses(path: String) throws {
    let mistakes = try #require(throws: ConfigurationMistakes.self) {
      try Configuration.decode(
        Array(try Repository.text(of: path).utf8), receivers: ReceiverCatalogue.standard.types)
    }
    let expected = try Repository.text(of: path.replacing(".bad.json", with: ".bad.txt"))
    #expect(mistakes.description + "\n" == expected)
  }

  @Test(
    "A shipped configuration is accepted",
    arguments: ["config/ops_alert_thresholds.json"]
      + Repository.files(in: "config/examples", ending: ".json").filter {
        !$0.hasSuffix(".tests.json")
      })
  func takesShipped(path: String) throws {
    let file = Repository.root.appendingPathComponent(path).path
    #expect(throws: Never.self) { try ConfigurationFile.load(path: file) }
  }

  @Test("The shipped configuration has the agreed thresholds")
  func holdsTheBaseline() throws {
    let path = Repository.root.appendingPathComponent("config/ops_alert_thresholds.json").path
    let rules = try ConfigurationFile.load(path: path).rules
    let told = rules.map {
      "\($0.name): \($0.selectorText) \($0.condition.comparison) \($0.condition.threshold.number ?? 0) "
        + "for \($0.duration.inMinutes), \($0.minRequestCount), \($0.recoveryDuration.inMinutes)"
    }
    #expect(
      told == [
        "error_rate: request_metrics.errors.rate gt 0.05 for 10.0, 20, 10.0",
        "fallback_rate: request_metrics.fallback.rate gt 0.2 for 10.0, 20, 10.0",
        "refusal_rate: request_metrics.refusal.rate gt 0.35 for 15.0, 20, 10.0",
        "latency_p95_ms: request_metrics.latency_ms.p95 gt 8000.0 for 10.0, 20, 10.0",
      ])
    let runbook = "docs/release/incident-observability-runbook.md"
    #expect(rules.allSatisfy { $0.text.runbook == runbook && $0.text.summary != nil })
    #expect(rules.map(\.unit) == [.ratio, .ratio, .ratio, .milliseconds])
  }
}
