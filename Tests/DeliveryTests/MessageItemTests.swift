@testable import AlertEngine
@testable import Delivery
internal import TestSupport
internal import Testing
@testable import Text

@Suite("The message of one event")
struct MessageItemTests {
  private static func item(
    _ notification: AlertNotification, late: Duration = .seconds(2)
  ) -> MessageItem {
    MessageItem(notification, sentAt: notification.at + late)
  }

  @Test(
    "Each event has its own words",
    arguments: [
      (
        AlertNotification.Event.firing, "[CRITICAL] error_rate 7.12 % (limit > 5 %) on production",
        "Firing since 10:03 UTC (12 m, 3 samples) ▁▂▅▇█", ", since 10:03 UTC"
      ),
      (
        .reminder, "[CRITICAL for 4 h] error_rate 7.12 % (limit > 5 %) on production",
        "Still firing since 10:03 UTC (12 m, 3 samples), peak 9.1 % at 10:34 ▁▂▅▇█",
        ", still firing since 10:03 UTC"
      ),
      (
        .resolved, "[RESOLVED] error_rate 0.41 % (limit > 5 %) on production",
        "Fired for 37 m, 10:15 to 10:52 UTC, peak 9.1 % at 10:34 ▁▂▅▇█",
        ", fired for 37 m, 10:15 to 10:52 UTC"
      ),
      (
        .firedAndResolved, "[RESOLVED] error_rate 0.41 % (limit > 5 %) on production",
        "Fired and resolved before this could be sent: 37 m, 10:15 to 10:52 UTC, "
          + "peak 9.1 % at 10:34 ▁▂▅▇█", ", fired for 37 m, 10:15 to 10:52 UTC"
      ),
    ])
  func events(event: AlertNotification.Event, title: String, timeline: String, line: String) {
    let item = Self.item(.sample(event))
    #expect(item.title == title)
    #expect(item.timeline == timeline)
    #expect(item.line == title + line)
  }

  @Test("A long name is shortened in the middle before anything else is cut")
  func longName() {
    let rule = "checkout_" + String(repeating: "very_", count: 13) + "slow"
    let title = Self.item(.sample(rule: rule, instance: "europe")).title
    #expect(
      title == "[CRITICAL] checkout_very_very_very_ver…ery_very_very_slow[europe] 7.12 % "
        + "(limit > 5 %) on production")
    #expect(title.unicodeScalars.count == 100)
  }

  @Test(
    "A title of 100 characters keeps value, threshold and target, however long the rest is",
    arguments: [20, 60, 80, 1_000], [1, 14, 50, 1_000])
  func lengths(name: Int, target: Int) {
    let item = Self.item(
      .sample(
        rule: String(repeating: "n", count: name), instance: String(repeating: "i", count: name),
        target: String(repeating: "t", count: target), isTest: true))
    let title = item.title
    #expect(title.unicodeScalars.count <= 100)
    #expect(title.hasPrefix("[TEST] [CRITICAL] n"))
    #expect(title.contains(" 7.12 % (limit > 5 %) on t"))
  }

  @Test(
    "A reason instead of a value follows a colon, and is cut before the rest",
    arguments: [
      (
        "metric missing: no value at a.b", "",
        "[CRITICAL] error_rate: metric missing: no value at a.b on production"
      ),
      ("7.12 %, not judged", "", "[CRITICAL] error_rate: 7.12 %, not judged on production"),
      ("false", "= false", "[CRITICAL] error_rate false (limit = false) on production"),
      ("-3 °C", "< 0 °C", "[CRITICAL] error_rate -3 °C (limit < 0 °C) on production"),
      ("down", "= \"down\"", "[CRITICAL] error_rate down (limit = \"down\") on production"),
      ("", "", "[CRITICAL] error_rate on production"),
      (
        "no snapshot: " + String(repeating: "x", count: 500), "",
        "[CRITICAL] error_rate: no snapshot: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… on production"
      ),
    ])
  func reasons(value: String, limit: String, title: String) {
    #expect(Self.item(.sample(value: value, limit: limit)).title == title)
  }

  @Test(
    "Without evidence, the text has the last value and does not claim that the alert still fires")
  func doubt() {
    let item = Self.item(
      .sample(.reminder) { $0.doubt = "no evidence since 10:20 UTC: no snapshot" })
    #expect(item.title == "[CRITICAL for 4 h] error_rate last 7.12 % (limit > 5 %) on production")
    #expect(item.timeline.hasPrefix("Firing since 10:03 UTC"))
    #expect(item.remarks.first == "No evidence since 10:20 UTC: no snapshot")
    #expect(
      item.line == item.title + ", firing since 10:03 UTC, "
        + "no evidence since 10:20 UTC: no snapshot")
  }

  @Test("An alert that ended without a good value says so")
  func ending() {
    let item = Self.item(.sample(.resolved, value: "7.12 %") { $0.ending = "the rule was removed" })
    #expect(item.title == "[RESOLVED] error_rate last 7.12 % (limit > 5 %) on production")
    #expect(item.remarks.first == "Closed without a good sample: the rule was removed")
  }

  @Test(
    "A message says how late it is from two minutes on, a reminder from an hour on",
    arguments: [
      (AlertNotification.Event.firing, 119, nil), (.firing, 120, "2 m"),
      (.resolved, 7_500, "2 h 5 m"),
      (.reminder, 3_599, nil), (.reminder, 3_600, "1 h"), (.firing, -500, nil),
    ] as [(AlertNotification.Event, Int, String?)])
  func lateness(event: AlertNotification.Event, seconds: Int, words: String?) {
    let item = Self.item(.sample(event), late: .seconds(seconds))
    #expect(item.remarks.contains { $0.hasSuffix(" late") } == (words != nil))
    guard let words else { return }
    #expect(item.remarks.contains("Delivered \(words) late"))
    #expect(item.line.hasSuffix(", \(words) late"))
  }

  @Test("Times on another day carry their date, and the end only if it differs")
  func dates() {
    let sent: Duration = .seconds(30 * 3_600)
    #expect(
      Self.item(.sample(.resolved), late: sent).timeline.hasPrefix(
        "Fired for 37 m, 2026-11-21 10:15 to 10:52 UTC, peak 9.1 % at 10:34"))
    let long = AlertNotification.sample(
      .resolved, at: AlertNotification.sampleNow + .seconds(86_400))
    #expect(
      Self.item(long).timeline.hasPrefix(
        "Fired for 1 d, 2026-11-21 10:15 to 2026-11-22 10:15 UTC, peak 9.1 % at 10:34"))
  }

  @Test("The plain text has everything that is known, and no empty lines for the rest")
  func plainText() {
    let full = AlertNotification.sample(isTest: true)
    #expect(
      Self.item(full, late: .seconds(300)).plainText == """
        [TEST] [CRITICAL] error_rate 7.12 % (limit > 5 %) on production
        Firing since 10:03 UTC (12 m, 3 samples) ▁▂▅▇█
        This is a test; nothing is wrong.
        Delivered 5 m late
        Too many requests end in an error
        Clients see the page "try again later".
        Owner @payments
        Runbook: docs/release/incident-observability-runbook.md
        Dashboard: https://grafana.example.com/d/errors?var-env=prod&from=now-6h
        Run: https://github.com/example/service/actions/runs/123456789
        Event \(full.id)
        """)
    let bare = AlertNotification.sample(limit: "") { facts in
      facts = AlertFacts(value: "7.12 %", summary: " ", owner: "", runbook: "", dashboard: "\t")
    }
    #expect(
      Self.item(bare).plainText == """
        [CRITICAL] error_rate: 7.12 % on production
        Firing since 10:03 UTC
        Event \(bare.id)
        """)
  }

  @Test(
    "A resolution does not repeat what the firing said",
    arguments: [
      (AlertNotification.Event.firing, true), (.reminder, true), (.firedAndResolved, true),
      (.resolved, false),
    ])
  func impact(event: AlertNotification.Event, isTold: Bool) {
    let remarks = Self.item(.sample(event)).remarks
    #expect(remarks.contains("Too many requests end in an error") == isTold)
    #expect(remarks.last == "Owner @payments")
  }

  @Test(
    "Only a complete address becomes a link",
    arguments: [
      ("https://example.com/a?b=c&d=(e)", true), ("http://10.0.0.1/", true), ("docs/a.md", false),
      ("https://user:password@example.com/", false), ("https://example.com/a b", false),
      ("https://example.com/|<!here>", false), ("https://exa\u{202e}mple.com/", false),
      ("javascript:alert(1)", false), ("https://", false),
    ])
  func links(place: String, isAddress: Bool) {
    #expect(MessageItem.Link("Runbook", place).isAddress == isAddress)
  }

  @Test("Whatever the facts hold, every text is one short line without control characters")
  func hostileFacts() {
    let text = "\u{1b}[2J\r\n\u{202e}\u{85}" + String(repeating: "x", count: 100_000)
    let item = Self.item(
      .sample(.reminder, rule: text, instance: text, target: text, value: text, limit: text) {
        $0 = AlertFacts(
          value: text, limit: text, evidence: text, sparkline: text, peak: text, doubt: text,
          ending: text, summary: text, description: text, owner: text, runbook: text,
          dashboard: text, run: text)
      })
    let texts = [item.title, item.timeline, item.line] + item.remarks + item.links.map(\.text)
    for text in texts {
      #expect(!text.unicodeScalars.contains { HostileText.isInvisible($0) })
      #expect(text.unicodeScalars.count <= 1_000)
    }
    #expect(item.title.unicodeScalars.count <= 100)
    #expect(item.plainText.unicodeScalars.count < 5_000)
  }
}
