@testable import AlertEngine
@testable import Delivery
internal import TestSupport
internal import Testing

@Suite("The message of several events")
struct MessageTests {
  private static func firing(
    _ rule: String, _ severity: Severity = .critical, on target: String = "production"
  ) -> AlertNotification { .sample(rule: rule, target: target, severity: severity) }

  private static func resolved(_ rule: String) -> AlertNotification {
    .sample(.resolved, rule: rule)
  }

  @Test(
    "The title counts alerts by their state",
    arguments: [
      ([firing("a"), firing("b")], "[CRITICAL] 2 alerts firing on production"),
      ([firing("a", .error), resolved("b")], "[ERROR] 1 alert firing, 1 resolved on production"),
      ([resolved("a"), resolved("b")], "[RESOLVED] 2 alerts resolved on production"),
      ([firing("a"), resolved("a")], "[RESOLVED] 1 alert resolved on production"),
      (
        [firing("a", .info), firing("b", on: "staging")],
        "[CRITICAL] 2 alerts firing (1 critical, 1 info) on 2 targets"
      ),
      (
        [firing("a", .info), .sample(rule: "b", severity: .warning, isTest: true)],
        "[TEST] [WARNING] 2 alerts firing (1 warning, 1 info) on production"
      ),
    ])
  func title(notifications: [AlertNotification], title: String) {
    #expect(Message.sample(notifications).title == title)
  }

  @Test("The most severe alerts come first, and the events of one alert stay in order")
  func order() {
    let message = Message.sample([
      Self.resolved("over"), Self.firing("mild", .warning), Self.firing("bad"), Self.firing("over"),
      Self.firing("gone"), Self.resolved("gone"),
    ])
    #expect(message.items.map(\.name) == ["over", "bad", "over", "mild", "gone", "gone"])
    #expect(!message.isResolved)
    #expect(message.severity == .critical)
  }

  @Test("A digest has one line per event, and the same id for the same events")
  func plainText() {
    let message = Message.sample([Self.firing("a"), Self.resolved("b")])
    let ids = message.notifications.map(\.id)
    #expect(
      message.plainText == """
        [CRITICAL] 1 alert firing, 1 resolved on production
        - [CRITICAL] a 7.12 % (limit > 5 %) on production, since 10:03 UTC, 37 m late · \(ids[0])
        - [RESOLVED] b 0.41 % (limit > 5 %) on production, fired for 37 m, 10:15 to 10:52 UTC · \(ids[1])
        Dashboard: https://grafana.example.com/d/errors?var-env=prod&from=now-6h
        Run: https://github.com/example/service/actions/runs/123456789
        Digest \(message.id)
        """)
    #expect(message.id == Message.sample([Self.firing("a"), Self.resolved("b")]).id)
    #expect(message.id != Message.sample([Self.firing("a"), Self.firing("b")]).id)
  }

  @Test(
    "Events that do not fit are counted, and none is lost",
    arguments: [(10_000, 0), (2_000, nil), (500, nil), (60, nil)] as [(Int, Int?)])
  func fitting(limit: Int, missing: Int?) {
    let message = Message.sample((0..<40).map { Self.firing("rule_\($0)") })
    let text = message.plainText { $0.utf8.count <= limit }
    let lines = text.split(separator: "\n")
    let told = lines.count { $0.hasPrefix("- ") }
    let rest = lines.first { $0.hasPrefix("and ") }
    #expect(rest.map { "\($0)" } == (told == 40 ? nil : "and \(40 - told) more"))
    if let missing { #expect(40 - told == missing) }
    #expect(text.utf8.count <= max(limit, 110))
    #expect(lines.last == "Digest \(message.id)")
  }

  @Test("The text of one event is cut at its end, and keeps its title and its event id")
  func cut() {
    let message = Message.sample(.sample { $0.description = String(repeating: "é", count: 900) })
    let text = message.plainText { $0.utf8.count <= 700 }
    #expect(text.utf8.count <= 700)
    #expect(text.utf8.count > 690)
    #expect(text.hasPrefix(message.title + "\nFiring since"))
    #expect(text.contains("éé…\nDashboard: https://"))
    #expect(text.hasSuffix("\nEvent \(message.id)"))
  }
}
