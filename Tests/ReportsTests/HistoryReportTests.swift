@testable import AlertEngine
@testable import Reports
internal import TestSupport
internal import Testing
@testable import Text

@Suite("The report of a history")
struct HistoryReportTests {
  static let begin = Instant(milliseconds: 1_795_000_000_000)

  private static func entry(
    _ kind: HistoryEntry.Kind, _ event: HistoryEntry.Event, minute: Double = 0,
    _ change: (inout HistoryEntry) -> Void = { _ in }
  ) -> HistoryEntry {
    var entry = HistoryEntry(
      at: begin + .minutes(minute), kind: kind, event: event, target: "api",
      key: AlertKey(rule: "error_rate"))
    change(&entry)
    return entry
  }

  @Test("Each kind of entry is one line, and each day has a heading")
  func text() {
    let entries = [
      Self.entry(.transition, .firing) { ($0.value, $0.id) = ("7 % (limit > 5 %)", "aa") },
      Self.entry(.notification, .firing) { ($0.receiver, $0.outcome) = ("pager", .delivered) },
      Self.entry(.notification, .firing) {
        ($0.receiver, $0.outcome, $0.reason) = ("chat", .dead, "status 400")
      },
      Self.entry(.acknowledgement, .acknowledged, minute: 5) {
        ($0.by, $0.note) = ("kim", "checking the provider")
      },
      Self.entry(.silence, .added, minute: 6) {
        ($0.target, $0.key, $0.silence, $0.by) = (nil, nil, "a1b2", "kim")
        ($0.value, $0.reason) = ("rule error_rate until 14:00 UTC", "deploy 4711")
      },
      Self.entry(.notification, .reminder, minute: 60) {
        ($0.receiver, $0.outcome, $0.id) = ("pager", .delivered, "cc")
      },
      Self.entry(.transition, .resolved, minute: 1_500) {
        ($0.reason, $0.id) = ("the rule was removed from the configuration", "bb")
      },
    ]
    #expect(
      HistoryReport(entries).text(isColored: false) == """
        2026-11-18 UTC
          11:06  FIRING        error_rate on api: 7 % (limit > 5 %) · aa
          11:06  notified      pager: firing error_rate on api
          11:06  NOT NOTIFIED  chat: firing error_rate on api, refused: status 400
          11:11  ACKED         error_rate on api: by kim, checking the provider
          11:12  SILENCED      rule error_rate until 14:00 UTC, by kim, deploy 4711 · silence a1b2
          12:06  notified      pager: reminder error_rate on api · cc

        2026-11-19 UTC
          12:06  RESOLVED      error_rate on api: the rule was removed from the configuration, fired for 1 d 1 h · bb

        """)
  }

  @Test(
    "No text of an entry adds a line or a cell, or reaches the terminal",
    arguments: HostileText.table)
  func hostile(text: String) throws {
    let entry = HistoryEntry(
      at: Self.begin, kind: .notification, event: .firing, target: text,
      key: AlertKey(rule: text, instance: text), id: text, receiver: text, outcome: .dead,
      reason: text, value: text, by: text, note: text, silence: text)
    for kind in HistoryEntry.Kind.allCases {
      var entry = entry
      entry.kind = kind
      let report = HistoryReport([entry])
      let lines = report.text(isColored: false).split(separator: "\n")
      #expect(lines.count == 2)
      #expect(!lines[1].unicodeScalars.contains(where: HostileText.isInvisible))
      let row = try #require(report.markdown().split(separator: "\n").last)
      #expect(row.count { $0 == "|" } == 6)
    }
  }
}
