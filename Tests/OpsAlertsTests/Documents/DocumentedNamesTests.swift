@testable import AlertEngine
internal import Foundation
@testable import JSON
@testable import OpsAlerts
@testable import Reports
internal import TestSupport
internal import Testing

@Suite("Names in the documents")
struct DocumentedNamesTests {
  /// A list of words that a document must name.
  struct Vocabulary: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var words: [String]

    init(_ name: String, _ words: some Sequence<String>) {
      testDescription = name
      self.words = Array(words)
    }

    init<Word: CaseIterable & RawRepresentable<String>>(_ name: String, _ type: Word.Type) {
      self.init(name, type.allCases.map(\.rawValue))
    }
  }

  static let words = [
    Vocabulary("reasons", Unknown.Reason.allCases.map(\.rawValue)),
    Vocabulary("phases", Phase.Kind.self),
    Vocabulary("events", Transition.Event.self),
    Vocabulary("causes", Transition.Cause.self),
    Vocabulary("measures", MeasureKind.self),
    Vocabulary("comparisons", Comparison.self),
    Vocabulary("what a gap does", OnGap.allCases.map { "on_gap: \($0.rawValue)" }),
    Vocabulary("what a missing metric means", OnMissing.self),
    Vocabulary("statuses of a check", Check.Status.self),
    Vocabulary("the built-in alert", [EndpointSettings.ruleName]),
  ]

  @Test("docs/semantics.md names every phase, observation and reason", arguments: words)
  func decisions(vocabulary: Vocabulary) throws {
    let text = try Repository.text(of: "docs/semantics.md")
    #expect(vocabulary.words.filter { !text.contains("`\($0)`") } == [])
    #expect(!vocabulary.words.isEmpty)
  }

  @Test("docs/cli.md names every format, and every output of a workflow step")
  func reports() throws {
    let text = try Repository.text(of: "docs/cli.md")
    let sections = text.components(separatedBy: "\n## ")
    let written = try #require(sections.first { $0.hasPrefix("Formats\n") })
    let report = try #require(ReportStory.table.first).report()
    let outputs = StepOutputs.render(report, at: nil).matches(of: /(\w+)<</).map { $0.output.1 }
    for words in [outputs.map(String.init), ReportFormat.allCases.map(\.rawValue)] {
      let rows = words.filter { !written.contains("\n| `\($0)` |") }
      #expect(rows == [])
      #expect(words.count >= 3)
    }
    #expect(written.contains("GITHUB_OUTPUT") && written.contains("GITHUB_STEP_SUMMARY"))
  }

  @Test("The fingerprints in docs/cli.md are those of its alerts")
  func fingerprints() throws {
    let text = try Repository.text(of: "docs/cli.md")
    let shipped = try Repository.text(of: "config/ops_alert_thresholds.json")
    let rules = try Configuration.decode(Array(shipped.utf8)).rules.map(\.name)
    let known = ["api", "api.example"].flatMap { target in
      rules.map { Fingerprint(target: target, key: AlertKey(rule: $0)).text }
    }
    let shown = text.matches(of: /"fingerprint": "([^"]*)"/).map { String($0.output.1) }
    #expect(shown.count >= 5)
    #expect(Set(shown).isSubset(of: known))
  }

  @Test("docs/architecture.md names every folder of the sources")
  func folders() throws {
    let text = try Repository.text(of: "docs/architecture.md")
    func folders(in path: String) throws -> [String] {
      try FileManager.default.contentsOfDirectory(
        at: Repository.root.appending(path: path), includingPropertiesForKeys: [.isDirectoryKey]
      ).filter(\.hasDirectoryPath).map(\.lastPathComponent).sorted()
    }
    let layers = try folders(in: "Sources")
    let inner = try layers.flatMap { layer in
      try folders(in: "Sources/\(layer)").map { "\(layer)/\($0)/" }
    }
    #expect(layers.filter { !text.contains($0) } == [])
    #expect(inner.filter { !text.contains($0) } == [])
    #expect(inner.count > layers.count)
  }

  @Test("The state file's example is what the tool writes, byte for byte")
  func exampleState() throws {
    let text = try Repository.text(of: "docs/state-file.md")
    let example = try #require(text.firstMatch(of: /```json\n((?s:.*?))```/)?.output.1)
    let state = try RunState(decoding: Array(example.utf8))
    #expect(String(decoding: state.encoded(), as: UTF8.self) == example)
    #expect(state.targets.first?.value.alerts.count == 3)
  }

  @Test("The state file's document names every key")
  func stateKeys() throws {
    let text = try Repository.text(of: "docs/state-file.md")
    let state = RunStateTests.state
    let receivers = state.outbox.queues
    // Names, fingerprints and labels are keys as well.
    let named =
      Array(state.targets.keys) + receivers.keys
      + receivers.values.flatMap { queue in
        queue.threads.keys
          + (queue.rows + queue.deadLetters).flatMap { $0.notification.labels.keys }
      }
    let keys = Self.keys(of: try JSONNode.parse(state.encoded())).subtracting(
      named + ["team", "name", "", #"0.5 a="b""#] + state.told.keys)
    #expect(keys.filter { !text.contains("`\($0)`") }.sorted() == [])
    #expect(keys.contains("earlier") && keys.contains("absence"))
  }

  /// The keys of all objects in a document.
  private static func keys(of node: JSONNode) -> Set<String> {
    switch node.value {
    case .null, .bool, .number, .string: []
    case .array(let elements): elements.reduce(into: []) { $0.formUnion(keys(of: $1)) }
    case .object(let members):
      members.reduce(into: []) { $0.formUnion(keys(of: $1.value).union([$1.key])) }
    }
  }
}
