@testable import AlertEngine
@testable import Delivery
@testable import JSON
internal import TestSupport

/// The messages with which every chat receiver is tested.
enum SampleMessages {
  /// By the names of their fixtures.
  static let table: [(name: String, message: Message)] = [
    ("firing", .sample()),
    ("reminder", .sample(.sample(.reminder) { $0.doubt = doubt })),
    ("resolved", .sample(.sample(.resolved))),
    ("test", .sample(.sample(severity: .info, isTest: true))),
    ("digest", three),
    ("plain", .sample(form: .plain)),
  ]

  private static let doubt = "no evidence since 10:20 UTC: no snapshot"

  private static let three = Message.sample([
    .sample(.resolved, rule: "fallback_rate", severity: .warning, value: "9.14 %"),
    .sample(rule: "latency_p95", severity: .error, value: "9120 ms", limit: "> 8000 ms"),
    .sample(rule: "source_age", instance: "SCC_DECISIONS", value: "2 d 3 h", limit: "> 1 d"),
  ])

  /// One event and a digest, full and plain, with a hostile text wherever one can occur.
  ///
  /// Texts of some thousand bytes are in a digest of 60: those could break every limit.
  static func everyForm(
    _ text: String, _ forms: [Message.Form] = [.full, .plain]
  ) -> [Message] {
    forms.flatMap { form in
      [
        hostile(text, form: form),
        digest(of: (1_000...10_000).contains(text.utf8.count) ? 60 : 6, text, form: form),
      ]
    }
  }

  /// A message in which every external text is the same hostile text.
  static func hostile(_ text: String, form: Message.Form) -> Message {
    .sample(
      .sample(rule: "age", instance: text, target: text, value: text, limit: text) { facts in
        facts.doubt = text
        facts.summary = text
        facts.description = text
        facts.owner = text
        facts.runbook = "https://example.com/" + text
      }, form: form)
  }

  /// As long as facts can make it, of characters that services and JSON write as several.
  static let longest = ["\"", "&", "*", "{", "\u{1F6A8}"].map { character in
    let text = String(repeating: character, count: 2_000)
    let link = "https://example.com/" + String(repeating: "&", count: 470)
    return Message.sample(
      .sample(.reminder, rule: text, instance: text, target: text, value: text, limit: text) {
        $0 = AlertFacts(
          value: text, limit: text, evidence: String(repeating: "&", count: 2_000), sparkline: text,
          peak: text, doubt: text, ending: text, summary: text, description: text, owner: text,
          runbook: link, dashboard: link, run: link)
      })
  }

  /// This many events with a hostile text in each, as a digest.
  static func digest(of count: Int, _ text: String, form: Message.Form = .full) -> Message {
    .sample(
      (0..<count).map { .sample(rule: "rule_\($0)", instance: text, value: text) }, form: form)
  }
}

extension JSONNode {
  /// Whether a line break is all that any of its strings has of invisible characters.
  var isVisible: Bool {
    strings().allSatisfy { _, text in
      !text.unicodeScalars.contains { $0 != "\n" && HostileText.isInvisible($0) }
    }
  }
}

extension DeliveryOutcome {
  /// Which of the classes it is.
  var word: String {
    switch self {
    case .delivered: "delivered"
    case .unconfirmed: "unconfirmed"
    case .transient: "transient"
    case .broken: "broken"
    case .poison: "poison"
    }
  }
}
