@testable import AlertEngine
@testable import Delivery
@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("Documents generated from the tables of keys")
struct GeneratedTests {
  @Test("The schema on disk is up to date")
  func schemaIsFresh() throws {
    #expect(
      try Repository.text(of: "config/ops_alert_thresholds.schema.json")
        == ConfigurationSchema.json(),
      "config/ops_alert_thresholds.schema.json has drifted; run `make generate`")
  }

  @Test("The reference in the document is up to date")
  func referenceIsFresh() throws {
    let document = try Repository.text(of: "docs/configuration.md")
    let reference = [
      ConfigurationReference.begin, ConfigurationReference.markdown() + ConfigurationReference.end,
    ].joined(separator: "\n")
    #expect(
      document.contains(reference), "docs/configuration.md has drifted; run `make generate`")
  }

  @Test("The schema and the reference of rule tests are up to date")
  func ruleTestsAreFresh() throws {
    #expect(
      try Repository.text(of: "config/ops_alert_thresholds.tests.schema.json")
        == ConfigurationSchema.ruleTestsJSON(),
      "config/ops_alert_thresholds.tests.schema.json has drifted; run `make generate`")
    let reference = [
      ConfigurationReference.begin,
      ConfigurationReference.ruleTestsMarkdown() + ConfigurationReference.end,
    ].joined(separator: "\n")
    #expect(
      try Repository.text(of: "docs/rule-tests.md").contains(reference),
      "docs/rule-tests.md has drifted; run `make generate`")
  }

  private static let included =
    #"{"name": "r", "metric_path": "a", "comparison": "gt", "threshold": 1}"#

  @Test("Every example in the document is valid; a single rule is, as part of a configuration")
  func examplesDecode() throws {
    let blocks = try Repository.text(of: "docs/configuration.md").split(separator: "```json\n")
      .dropFirst()
    #expect(blocks.count >= 6)
    for block in blocks {
      let example = try #require(block.split(separator: "```").first)
      let isWhole = example.contains("\"rules\"") || example.contains("\"include\"")
      let whole = isWhole ? String(example) : "{\"rules\": [\(example)]}"
      #expect(throws: Never.self) {
        try Configuration.decode(
          Array(whole.utf8), receivers: ReceiverCatalogue.standard.types,
          including: { _, _ in
            [IncludedFile(path: "r.json", bytes: Array("{\"rules\": [\(Self.included)]}".utf8))]
          })
      }
    }
  }

  @Test("Every example in the tables is valid for its key")
  func tableExamplesDecode() throws {
    let rule = [
      "name": #""r""#, "metric_path": #""a.*""#, "measure": #""ratio""#, "window_minutes": "60",
      "denominator_path": #""b""#, "comparison": #""gt""#, "threshold": "0.05",
      "duration_minutes": "1",
    ]
    // What else a rule with the key must have, and what it must not have.
    let changes: [String: (with: [String: String], without: [String])] = [
      "metric": (["denominator_metric": #""d""#], ["metric_path", "denominator_path"]),
      "denominator_metric": (["metric": #""m""#], ["metric_path", "denominator_path"]),
      "quantile": (
        ["metric": #""h""#, "measure": #""quantile""#], ["metric_path", "denominator_path"]
      ),
      "time_zone": (["measure": #""age_seconds""#], ["window_minutes", "denominator_path"]),
      "threshold_path": ([:], ["threshold"]),
      "objective": (["burn_rate": "14.4"], ["threshold"]),
      "burn_rate": (["objective": "0.999"], ["threshold"]),
      "targets": ([:], []),
    ]
    func changed(for key: Key) -> [String: String] {
      let change = changes[key.name] ?? ([:], [])
      return rule.filter { !change.without.contains($0.key) }.merging(change.with) { $1 }
    }
    func object(_ members: [String: String], with key: Key) -> String {
      let all = members.merging([key.name: key.example]) { _, example in example }
      return "{\(all.map { "\"\($0)\": \($1)" }.sorted().joined(separator: ","))}"
    }
    func check(_ text: String) {
      #expect(throws: Never.self) {
        try Configuration.decode(Array(text.utf8), receivers: ReceiverCatalogue.standard.types)
      }
    }
    func check(_ name: String, _ value: String) {
      // A rule for every format.
      let rule =
        #"{"name": "r", "metric_path": "@response.status", "comparison": "gt", "#
        + #""threshold": 1, "duration_minutes": 1}"#
      check(#"{"rules": [\#(rule)], "\#(name)": \#(value)}"#)
    }
    for grammar in [
      RuleKey.grammar, EvaluationKey.grammar, EndpointKey.grammar, TargetKey.grammar,
      NotificationKey.grammar,
    ] {
      #expect(!grammar.keys.isEmpty)
    }
    for key in RuleKey.grammar.keys {
      let targets = #""targets": [{"name": "production", "base_url": "https://a.example"}]"#
      check(#"{"rules": [\#(object(changed(for: key), with: key))], \#(targets)}"#)
    }
    for key in EvaluationKey.grammar.keys { check("evaluation", object([:], with: key)) }
    for key in EndpointKey.grammar.keys { check("endpoint", object([:], with: key)) }
    for key in TargetKey.grammar.keys {
      let isAddress = key.name.contains("url")
      let members = isAddress ? ["name": #""t""#] : ["name": #""t""#, "base_url_env": #""U""#]
      check("targets", "[\(object(members, with: key))]")
    }
    for key in NotificationKey.grammar.keys { check("notifications", object([:], with: key)) }
    let roots: [RootKey] = [
      .schema, .version, .evaluation, .endpoint, .labels, .receivers, .notifications,
    ]
    for key in roots.map(\.key) { check(key.name, key.example) }
  }

  @Test(
    "Every example of a receiver's key is valid for each type that takes it",
    arguments: ReceiverCatalogue.standard.types)
  func receiverExamplesDecode(type: ReceiverType) {
    let name = ReceiverKey.name.key
    let common = [name, ReceiverKey.severities.key, ReceiverKey.required.key]
    let needed =
      type.sources.filter { $0.need == .required }.map(\.source.variableKey)
      + type.keys.filter(\.isRequired)
    let pairs = type.sources.flatMap { [$0.source.variableKey, $0.source.fileKey] }
    for key in common + pairs + type.keys {
      let rest = ([name] + needed).filter { $0.stem != key.stem }
      let members = ([key] + rest).map { "\"\($0.name)\": \($0.example)" }
      let text = """
        {"rules": [{"name": "r", "metric_path": "a", "comparison": "gt", "threshold": 1,
          "duration_minutes": 0}],
         "receivers": [{"type": "\(type.name)", \(members.joined(separator: ", "))}]}
        """
      #expect(throws: Never.self) {
        try Configuration.decode(Array(text.utf8), receivers: ReceiverCatalogue.standard.types)
      }
    }
  }

  @Test("The document's transcript is what the program prints")
  func transcriptIsTrue() throws {
    let broken = """
      {
        "rules": [
          {
            "name": "error_rate",
            "metric_path": "request_metrics.errors.rate",
            "comparison": "gt",
            "threshold": "0.05",
            "duration_minutes": 10,
            "treshold": 0.05
          }
        ]
      }
      """
    let mistakes = try #require(throws: ConfigurationMistakes.self) {
      try Configuration.decode(Array(broken.utf8), receivers: ReceiverCatalogue.standard.types)
    }
    let document = try Repository.text(of: "docs/configuration.md")
    #expect(mistakes.lines.count == 2)
    for line in mistakes.lines {
      #expect(document.contains("\n\(ConfigurationFile.defaultPath):\(line)\n"))
    }
  }
}

extension Key {
  /// `url` of `url_env` and of `url_file`.
  fileprivate var stem: String {
    name.hasSuffix("_env") ? String(name.dropLast(4)) : name.replacing("_file", with: "")
  }
}
