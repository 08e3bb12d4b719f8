@testable import AlertEngine
@testable import JSON
@testable import OpsAlerts
internal import Testing

extension RunStateTests {
  /// Rows, dead letters and threads with everything that they can hold.
  static var outbox: Outbox {
    var firing = event(.firing, at: 6.5, labels: ["team": "a\"b\n", "ü": ""])
    firing.savedBefore = minute(-1)
    firing.isOngoing = true
    firing.facts = AlertFacts(
      value: "7.12 %", limit: "> 5 %", number: 0.0712, threshold: 0.05, evidence: "6 m",
      sparkline: "▁█", peak: "9.1 %",
      peakAt: minute(6), doubt: "no evidence", ending: "the rule was removed", summary: "s",
      description: "d\\", owner: "@o", runbook: "docs/r.md", dashboard: "https://d.example",
      run: "https://r.example")
    let reminder = event(.reminder, at: 480, sequence: 2)
    let late = OutboxRow(
      firing, notBefore: minute(9), deferrals: 3, mayHaveArrived: true, unconfirmed: 1,
      digest: "0123456789abcdef", isPlain: true, reason: .text("status 503: \"busy\""))
    let held = OutboxRow(
      firing, hold: RowHold(.silence, cause: "deploy, by \"kim\"", until: minute(60)),
      permittedAt: minute(7), openedAt: minute(8))
    let thread = AlertThread(
      activeAt: minute(0), firedAt: minute(6.5), savedBefore: minute(-1), notifiedAt: minute(7),
      lastToldAt: minute(8), resolvedAt: minute(8), reminders: 2, reference: "17")
    let fresh = AlertThread(activeAt: minute(0), firedAt: minute(6.5))
    return Outbox(queues: [
      "chat": ReceiverQueue(
        type: "slack", rows: [late, OutboxRow(reminder), OutboxRow(event(.resolved, at: 8))],
        deadLetters: [
          OutboxRow(event(.firedAndResolved, at: 8), reason: .text("status 422")),
          OutboxRow(event(.resolved, at: 8), unconfirmed: 2, reason: .unconfirmed("odd")),
        ],
        threads: ["00ff": thread, "b": fresh]),
      "pager \"1\"": ReceiverQueue(rows: [OutboxRow(reminder), held]),
      "quiet": ReceiverQueue(threads: ["b": fresh]),
    ])
  }

  private static func event(
    _ event: AlertNotification.Event, at minute: Double, sequence: Int = 0,
    labels: [String: String] = [:]
  ) -> AlertNotification {
    AlertNotification(
      event, target: "api.example", key: AlertKey(rule: "c", instance: "ü/\u{202E}"),
      formerKey: sequence == 0 ? AlertKey(rule: "c", instance: "0") : nil, severity: .warning,
      labels: labels, at: Self.minute(minute), activeAt: Self.minute(0),
      firedAt: Self.minute(6.5), sequence: sequence, facts: AlertFacts(value: "1", detail: "why"))
  }
}

@Suite("The outbox in a state file")
struct OutboxStateTests {
  private static let outbox = RunStateTests.outbox

  private static func decode(_ text: String) throws(RunState.Failure) -> RunState {
    try RunState(decoding: Array(text.utf8))
  }

  private static var text: String {
    String(decoding: RunState(outbox: outbox).encoded(), as: UTF8.self)
  }

  @Test("An event for several receivers is written once")
  func shared() throws {
    let root = try JSONNode.parse(Array(Self.text.utf8))
    guard case .object(let members) = root.value,
      case .array(let notifications)? = members.first(where: { $0.key == "notifications" })?
        .value.value
    else {
      Issue.record("no notifications")
      return
    }
    #expect(notifications.count == 4)
    #expect(Self.outbox.queues.values.map { $0.rows.count + $0.deadLetters.count }.max() == 5)
    #expect(try Self.decode(Self.text).outbox == Self.outbox)
  }

  @Test("A notification under way when a run ended may have arrived")
  func underWay() throws {
    var outbox = Outbox(queues: [
      "chat": ReceiverQueue(rows: Self.outbox.queues["chat"]?.rows ?? [])
    ])
    for place in [0, 1] { outbox.queues["chat"]?.rows[place].isUnderWay = true }
    let rows = try RunState(decoding: RunState(outbox: outbox).encoded()).outbox.queues["chat"]?
      .rows
    #expect(rows?.map(\.mayHaveArrived) == [true, true, false])
    #expect(rows?.map(\.isUnderWay) == [false, false, false])
  }

  @Test("A state of format 1 has no outbox, and is migrated")
  func migration() throws {
    let old = #"{"format": 1, "saved_at": null, "targets": {}}"#
    let state = try Self.decode(old)
    #expect(state == RunState())
    #expect(String(decoding: state.encoded(), as: UTF8.self).contains("\"format\": 3"))
    #expect(throws: RunState.Failure.self) {
      try Self.decode(old.replacing("\"format\": 1", with: "\"format\": 2"))
    }
  }

  /// One edit of a valid state, and the expected message.
  private static let edits = [
    ("\"notification\": 3", "\"notification\": 4", "there is no such notification"),
    ("\"notification\": 3", "\"notification\": -1", "expected a count"),
    ("\"notification\": 3", "\"notification\": 0.5", "expected a whole number"),
    ("\"event\": \"reminder\"", "\"event\": \"remind\"", "expected an event"),
    ("\"severity\": \"warning\"", "\"severity\": \"worse\"", "expected a severity"),
    ("\"deferrals\": 3", "\"deferrals\": -3", "expected a count"),
    ("\"reminders\": 2", "\"reminders\": \"2\"", "expected a number"),
    ("\"may_have_arrived\": true", "\"may_have_arrived\": 1", "expected true or false"),
    ("\"told_at\": \"2026", "\"told_at\": \"26", "expected a time"),
    ("\"quiet\"", "\"chat\"", "duplicate key"),
  ]

  @Test("An invalid outbox is refused, with the position of the mistake")
  func refusals() {
    for (old, new, reason) in Self.edits {
      let text = Self.text
      #expect(text.contains(old), "\(old)")
      let broken = text.replacing(old, with: new, maxReplacements: 1)
      do throws(RunState.Failure) {
        _ = try Self.decode(broken)
        Issue.record("\(new) was believed")
      } catch {
        #expect(error.reason.contains(reason), "\(error)")
        guard new.contains(":"), let place = broken.firstRange(of: new) else { continue }
        let before = broken[..<place.lowerBound].split(
          separator: "\n", omittingEmptySubsequences: false)
        #expect(error.reason.contains("line \(before.count), column "), "\(error)")
      }
    }
  }
}
