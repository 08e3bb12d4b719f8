@testable import AlertEngine
internal import Foundation
@testable import JSON
@testable import OpsAlerts
internal import Testing
@testable import Text

@Suite("The content of a state file")
struct RunStateTests {
  @Test(
    "A value out of the range of what is written is refused",
    arguments: [
      #""recent": [[-9223372036854775808, 1]]"#, #""recent": [[9223372036854774784, 1]]"#,
      #""recent": [[253402300800000, 1]]"#, #""recent": [[1e300, 1]]"#, #""recent": [[0.5, 1]]"#,
      #""recent": [[1, 1e999]]"#, #""recent": [[1, "1"]]"#, #""recent": [[1]]"#,
      ##""series": {"counter": 1, "denominator": 0, "source": "1", "entries": [[-9223372036854775808, 0, 0, 0]]}"##,
      ##""series": {"counter": 1, "denominator": 0, "source": "1", "entries": [[1, 0, 0, -1]]}"##,
      ##""absence": {"count": -1, "first": "2026-01-01T00:00:00Z"}"##,
      ##""absence": {"count": 1, "first": "10000-01-01T00:00:00Z"}"##,
      ##""evidence": {"count": 1, "first": "2026-01-01T00:00:00Z", "last": "2025-01-01T00:00:00Z", "longest_gap_ms": 0}"##,
      ##""evidence": {"count": 0, "first": "2026-01-01T00:00:00Z", "last": "2026-01-01T00:00:00Z", "longest_gap_ms": 0}"##,
      ##""evidence": {"count": 1, "first": "2026-01-01T00:00:00Z", "last": "2026-01-01T00:00:00Z", "longest_gap_ms": 9223372036854774784}"##,
    ])
  func outOfRange(member: String) {
    let document = { (member: String) in
      ##"{"format": 1, "targets": {"t": {"alerts": [{"rule": "r", "condition": "1", "phase": "inactive"\##(member)}]}}}"##
    }
    #expect(throws: Never.self) { try RunState(decoding: Array(document("").utf8)) }
    #expect(throws: RunState.Failure.self) {
      try RunState(decoding: Array(document(", " + member).utf8))
    }
  }

  @Test(
    "The last observation is no earlier than what an alert keeps of one, so a run goes on from there",
    arguments: [
      #""phase": "inactive", "absence": {"count": 1, "first": "2026-01-02T00:00:00Z"}"#,
      #""phase": "inactive", "recent": [[1767312000000, 1]]"#,
      #""phase": "inactive", "verdicts": [[1767312000000, true]]"#,
      #""phase": "inactive", "series": {"counter": 1, "denominator": 0, "source": "1", "entries": [[1767312000000, 0, 0, 0, 0]]}"#,
      #""phase": "pending", "evidence": {"count": 1, "first": "2026-01-01T00:00:00Z", "last": "2026-01-02T00:00:00Z", "longest_gap_ms": 0}"#,
      #""phase": "pending", "evidence": {"count": 1, "first": "2026-01-01T00:00:00Z", "last": "2026-01-01T00:00:00Z", "longest_gap_ms": 0, "unknown_at": "2026-01-02T00:00:00Z"}"#,
      #""phase": "recovering", "fired_at": "2026-01-01T00:00:00Z", "severity": "error", "evidence": {"count": 1, "first": "2026-01-01T00:00:00Z", "last": "2026-01-01T00:00:00Z", "longest_gap_ms": 0}, "recovery": {"count": 1, "first": "2026-01-02T00:00:00Z", "last": "2026-01-02T00:00:00Z", "longest_gap_ms": 0}"#,
    ], [#""2026-01-01T00:00:00Z""#, "null"])
  func lastObservation(members: String, lastObservation: String) throws {
    let alert = #"{"rule": "r", "instance": null, "condition": "1", \#(members)}"#
    let document =
      #"{"format": 1, "targets": {"t": {"alerts": [\#(alert)], "last_observation": \#(lastObservation)}}}"#
    var state = try Self.decode(document)
    let newest = try #require(Instant(rfc3339: "2026-01-02T00:00:00Z"))
    #expect(state.targets["t"]?.lastObservation == newest)
    let evaluator = try Self.evaluator()
    // Before that time, as far as the state says when the last run was.
    let reading = Reading.snapshot(try evaluator.read(Array(#"{"a": 2}"#.utf8)))
    for seconds in [-3_600.0, -30, 60] {
      let target = state.targets["t"] ?? TargetState()
      state.targets["t"] =
        evaluator.evaluate(reading, from: target, at: newest + .seconds(seconds)).state
      let again = try RunState(decoding: state.encoded())
      #expect(again == state)
    }
  }

  @Test("A target that was not attempted is saved as it is, and goes on after that time")
  func notAttempted() throws {
    let evaluator = try Self.evaluator()
    let snapshot = Reading.snapshot(try evaluator.read(Array(#"{"a": 2}"#.utf8)))
    var state = RunState(targets: ["t": TargetState()])
    let readings: [(minute: Double, Reading, lastObservation: Double?)] = [
      (0, .notAttempted, nil), (-0.5, snapshot, nil), (1, snapshot, 1), (2, .notAttempted, 1),
      (1.5, snapshot, 1), (3, .unreachable(cause: "down"), 3), (4, .notAttempted, 3),
      (5, snapshot, 5),
    ]
    for (minute, reading, lastObservation) in readings {
      let target = state.targets["t"] ?? TargetState()
      state.targets["t"] =
        evaluator.evaluate(reading, of: "t", from: target, at: Self.minute(minute)).state
      let again = try RunState(decoding: state.encoded())
      #expect(again == state)
      // Targets are attempted in the order of these times.
      #expect(again.targets["t"]?.lastObservation == lastObservation.map(Self.minute))
    }
  }

  /// Of one rule, which takes nine minutes.
  private static func evaluator() throws -> Evaluator {
    Evaluator(
      try Configuration.decode(
        Array(
          #"{"rules": [{"name": "r", "metric_path": "a", "comparison": "gt", "threshold": 1, "duration_minutes": 9}]}"#
            .utf8)))
  }

  static let origin = Instant(milliseconds: 1_795_000_000_123)

  static func minute(_ minute: Double) -> Instant { origin + .minutes(minute) }

  /// One alert in each phase, with everything that a phase can hold.
  static var state: RunState {
    var evidence = Evidence(startingAt: minute(0))
    evidence = evidence.extended(to: minute(6.5), maxGap: .minutes(60), onGap: .reset)
    var broken = Evidence(startingAt: minute(0))
    broken = broken.extended(to: minute(90), maxGap: .minutes(60), onGap: .reset)
      .interrupted(at: minute(95), maxGap: .minutes(60))
    let breach = Breach(evidence: evidence, peak: Peak(value: 0.071_2, at: minute(6.5)))
    let episode = Episode(
      breach: breach, firedAt: minute(6.5), severity: .error, labels: ["team": "a\"b\n"])
    var series = CounterSeries(
      startingAt: minute(0), with: .init(counter: 5, denominator: 10), sourceHash: .max)
    series.append(.init(counter: 1, denominator: 20), at: minute(5), window: .minutes(10))
    var recent = RecentValues()
    recent.append(0.5, at: minute(0), isEvidence: true)
    recent.append(nil, at: minute(1), isEvidence: false)
    recent.append(0.7, at: minute(2), isEvidence: false)
    recent.append(nil, at: minute(3), isEvidence: true)
    var changes = CounterSeries(
      startingAt: minute(0), with: .init(counter: 0), mark: 7, sourceHash: 4)
    changes.append(mark: 8, at: minute(5), window: .minutes(10))
    var group = CounterGroup(startingAt: minute(0), sourceHash: 5)
    group.append(
      [.init(name: "0.5 a=\"b\"", value: .count(3))], over: [.init(name: "", value: .mark(9))],
      at: minute(5), window: .minutes(10))
    var renamed = episode
    renamed.formerKey = AlertKey(rule: "d")
    renamed.breach.peak?.value = -.infinity
    let alerts: AlertTable = [
      AlertKey(rule: "d", instance: "n"): Alert(
        phase: .firing(renamed), conditionHash: 4, series: changes,
        details: SeriesDetails(labels: ["name": "n"], text: "a text"), namingHash: 6),
      AlertKey(rule: "d", instance: "m"): Alert(
        phase: .inactive, conditionHash: 4, group: group, details: SeriesDetails(), namingHash: 6),
      AlertKey(rule: "a"): Alert(
        phase: .inactive, conditionHash: 1, seen: .unknown(.lowVolume), recent: recent,
        text: "degraded"),
      AlertKey(rule: "b"): Alert(

        phase: .pending(Breach(evidence: broken, earlierPeak: Peak(value: 2, at: minute(0)))),
        conditionHash: .max, seen: .bad, series: series),
      AlertKey(rule: "c", instance: "x/y\\/z\u{202E}"): Alert(
        phase: .firing(episode), conditionHash: 3, absence: Absence(first: minute(2), count: 2)),
      AlertKey(rule: "c", instance: "ü"): Alert(
        phase: .recovering(episode, evidence), conditionHash: 3, seen: .good),
    ]
    let target = TargetState(
      alerts: alerts, lastObservation: minute(95), lastReadable: minute(6.5),
      lastSnapshotTime: minute(6), namingHash: 9)
    return RunState(
      targets: ["api.example": target, "empty": TargetState()], outbox: outbox,
      savedAt: minute(7), configuration: ["..", "config", "c.json"], skippedReceivers: ["pager"],
      told: ["0": minute(0), "ff": minute(7)])
  }

  @Test("A state is read back completely")
  func roundTrip() throws {
    #expect(try RunState(decoding: Self.state.encoded()) == Self.state)
  }

  @Test("The same state is the same bytes, with sorted keys")
  func deterministic() throws {
    let bytes = Self.state.encoded()
    #expect(try RunState(decoding: bytes).encoded() == bytes)
    #expect(try Self.unsortedObjects(JSONNode.parse(bytes)).isEmpty)
  }

  @Test("A document that is not a complete state is refused, with the position of the mistake")
  func refusals() throws {
    let whole = String(decoding: Self.state.encoded(), as: UTF8.self)
    let table = [
      ("", "the document is empty"), ("[]", "line 1, column 1: expected an object"),
      ("{}", "line 1, column 1: the object has no \"format\""),
      (whole.replacing("\"format\": 3", with: "\"format\": 0"), "format 0 does not exist"),
      (
        whole.replacing("\"phase\": \"firing\"", with: "\"phase\": \"on fire\""), "expected a phase"
      ),
      (whole.replacing("\"fired_at\": \"2026", with: "\"fired_at\": \"26"), "expected a time"),
      (
        whole.replacing("\"severity\": \"error\"", with: "\"severity\": \"bad\""),
        "expected a severity"
      ),
      (whole.replacing("\"rule\": \"b\"", with: "\"rule\": \"a\""), "duplicate alert"),
    ]
    for (text, reason) in table {
      #expect(throws: RunState.Failure.self, "\(reason)") { try Self.decode(text) }
      do { _ = try Self.decode(text) } catch { #expect(error.reason.contains(reason), "\(error)") }
    }
  }

  @Test("Contradictory numbers are refused")
  func contradictions() {
    let whole = String(decoding: Self.state.encoded(), as: UTF8.self)
    let edits = [
      ("\"count\": 2", "\"count\": -2"), ("\"count\": 2", "\"count\": 1e300"),
      ("\"count\": 2", "\"count\": 0"),
      ("\"groups\": 1", "\"groups\": -9223372036854775808"),
      ("\"groups\": 1", "\"groups\": 2"),
      ("\"seen\": \"low_volume\"", "\"seen\": \"fine\""),
      ("\"first\": \"2026", "\"first\": \"2027"),
      ("\"longest_gap_ms\": 390000", "\"longest_gap_ms\": -1"),
      ("\"empty\"", "\"api.example\""),
      ("\"fired_at\": \"2026", "\"fired_at\": \"2027"),
      ("\"fired_at\": \"2026", "\"fired_at\": \"2025"),
      ("\"phase\": \"firing\"", "\"phase\": \"inactive\""),
      ("\"phase\": \"firing\"", "\"phase\": \"pending\""),
      ("\"phase\": \"recovering\"", "\"phase\": \"firing\""),
      ("\"phase\": \"pending\"", "\"phase\": \"inactive\""),
    ]
    for (old, new) in edits {
      #expect(whole.contains(old))
      #expect(throws: RunState.Failure.self, "\(new)") {
        try Self.decode(whole.replacing(old, with: new))
      }
    }
  }

  @Test("A truncated state is refused, wherever it ends")
  func truncations() {
    let bytes = Self.state.encoded()
    // Shorter steps than any token with its quotes.
    for length in stride(from: 0, to: bytes.count - 2, by: 3) {
      #expect(throws: RunState.Failure.self) {
        try RunState(decoding: Array(bytes[..<length]))
      }
    }
  }

  @Test("A newer format is distinguished from a broken file")
  func newer() {
    #expect(throws: RunState.Failure.newerFormat(4)) {
      try Self.decode(#"{"format": 4, "anything": []}"#)
    }
  }

  private static func decode(_ text: String) throws(RunState.Failure) -> RunState {
    try RunState(decoding: Array(text.utf8))
  }

  private static func unsortedObjects(_ node: JSONNode) -> [[String]] {
    switch node.value {
    case .null, .bool, .number, .string: return []
    case .array(let elements): return elements.flatMap(unsortedObjects)
    case .object(let members):
      let keys = members.map(\.key)
      return (keys == keys.sorted() ? [] : [keys])
        + members.flatMap { unsortedObjects($0.value) }
    }
  }
}
