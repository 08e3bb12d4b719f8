@testable import AlertEngine
@testable import Delivery
@testable import JSON
@testable import Reports
@testable import Text

/// A configuration: it is refused with sentences and places, or everything that can be made of it
/// is made, and its rules are written as they are read.
enum ConfigurationTarget {
  private static let now = Instant(milliseconds: 1_795_000_000_000)

  static func run(_ bytes: [UInt8]) {
    let configuration: Configuration
    do throws(ConfigurationMistakes) {
      configuration = try Configuration.decode(bytes, receivers: ReceiverCatalogue.standard.types)
    } catch {
      hold(error.count >= error.listed.count && !error.listed.isEmpty, "there is a mistake")
      let lines = bytes.count { $0 == 0x0A } + 1
      for mistake in error.listed {
        hold((1...lines).contains(mistake.line), "a mistake is in the document")
        hold((1...bytes.count + 1).contains(mistake.column), "a mistake is in the document")
        holdSentence(mistake.description)
      }
      return
    }
    guard configuration.rules.count <= 50 else { return }
    for rule in configuration.rules { check(rule, of: configuration) }
    let places = ConfigurationPlaces(bytes, including: includeNothing)
    for lint in configuration.lints(at: now) {
      holdSentence(lint.reason)
      holdSentence(lint.remedy)
      hold(places?.place(of: lint) != nil, "a finding has a place")
    }
    for receiver in configuration.receivers {
      holdSentence(ReceiverCatalogue.standard.sentence(for: receiver))
    }
    for window in configuration.maintenance { holdSentence(window.words) }
    evaluate(configuration)
  }

  private static func check(_ rule: Rule, of configuration: Configuration) {
    holdSentence(RuleWording(rule).sentence)
    var mistakes = MistakeList()
    let fields = Fields<RuleKey>(rule.node(), at: "rule", &mistakes)
    let again = Rule(fields, under: configuration.evaluation, &mistakes)
    hold(mistakes.first == nil, "a rule is written without mistakes: \(mistakes.first ?? "")")
    hold(again == rule, "a rule is written as it was read")
  }

  /// Evaluates a few documents for a configuration.
  private static func evaluate(_ configuration: Configuration) {
    let evaluator = Evaluator(configuration)
    var state = TargetState()
    for (minute, text) in documents.enumerated() {
      for format in [SnapshotFormat.json, .prometheus] {
        guard let snapshot = try? evaluator.read(Array(text.utf8), as: format) else { continue }
        let evaluation = evaluator.evaluate(
          .snapshot(snapshot), of: configuration.targets.first?.name, from: state,
          at: now + .minutes(Double(minute)))
        for check in evaluation.checks {
          holdWords(of: check, seenAt: now)
        }
        state = evaluation.state
      }
    }
  }

  private static let documents = [
    "{}", #"{"a": 1, "n": 100, "request_metrics": {"errors": {"rate": 0.5, "total": 5}}}"#,
    #"{"a": [{"b": "2026-02-25T10:00:00Z"}, {"b": -1e308}], "n": 1e308, "x": "5 %"}"#,
    "x 1\nx{a=\"b\",le=\"1\"} NaN\nx_bucket{le=\"+Inf\"} 2\n",
  ]
}
