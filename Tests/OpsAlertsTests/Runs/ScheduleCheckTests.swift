@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("Checking rules against a schedule")
struct ScheduleCheckTests {
  private static let configuration = #"""
    {"rules": [
      {"name": "slow", "metric_path": "a", "comparison": "gt", "threshold": 1, "duration_minutes": 10},
      {"name": "once", "metric_path": "a", "comparison": "gt", "threshold": 1, "duration_minutes": 0,
       "targets": ["api"]}], "targets": [
        {"name": "api", "metrics_url": "https://a.example/"},
        {"name": "web", "metrics_url": "https://w.example/"}]}
    """#

  private func check(
    _ options: String, recording: String = ""
  ) async throws -> (code: ExitCode, output: String, told: [String]) {
    let folder = try Folder()
    try folder.write(Self.configuration, to: "c.json")
    try folder.write(recording, to: "runs.jsonl")
    let world = World()
    let code = await world.run(
      "check --config \(folder.file("c.json")) "
        + options.replacing("runs.jsonl", with: folder.file("runs.jsonl")))
    let told = world.told.filter { !$0.contains(": note: ") }
    return (code, world.output, told.map { $0.replacing(folder.file(""), with: "") })
  }

  private static func recording(_ runs: [(target: String, times: [String])]) -> String {
    runs.flatMap { target, times in
      times.map {
        #"{"observed_at": "2026-11-21T\#($0):00Z", "target": "\#(target)", "error": "refused"}"#
          + "\n"
      }
    }.joined()
  }

  @Test("Text says it in aligned words, below the rules")
  func words() async throws {
    let run = try await check("--every 15m")
    #expect(run.code == .success && run.told.isEmpty)
    #expect(
      run.output.contains(
        """
        schedule: a run every 15 m
          slow           fires 15 to 30 m after a breach begins  resolves 0 to 15 m after it ends  sees no outage of 15 m, all of 30 m or more
          once           fires 0 to 15 m after a breach begins   resolves 0 to 15 m after it ends  sees 33 % of outages of 5 m, all of 15 m or more
          endpoint_down  fires 15 to 30 m after a breach begins  resolves 0 to 15 m after it ends  sees no outage of 15 m, all of 30 m or more

        """))
  }

  @Test("A rule that a schedule defeats is a warning, and a mistake with --strict")
  func warnings() async throws {
    let run = try await check("--every 90m --strict")
    #expect(run.code == .usage)
    #expect(run.told.count == 1)
    #expect(
      run.told.first?.contains(
        ": slow, endpoint_down: with a run every 1 h 30 m, one sample per run is no "
          + "continuous evidence, since max_gap_minutes is less; use evaluate --confirm, run more often, "
          + "or raise max_gap_minutes [needs_confirm]") == true, "\(run.told)")
  }

  @Test("JSON has the bounds in minutes, and rules stays a list of names")
  func json() async throws {
    let run = try await check("--every 15m --format json")
    #expect(run.output.contains("\"rules\": [\n    \"slow\",\n    \"once\"\n  ],"))
    #expect(
      run.output.contains(
        """
          "schedule": {
            "every_minutes": 15,
            "rules": [
              {
                "name": "slow",
                "fires_after_minutes": {
                  "shortest": 15,
                  "longest": 30
                },
                "resolves_after_minutes": {
                  "shortest": 0,
                  "longest": 15
                },
                "seen": {
                  "5m": 0,
                  "15m": 0,
                  "30m": 1,
                  "60m": 1
                },
                "undecided": 0,
                "findings": []
              },
        """))
  }

  @Test("Each target has its own runs, and a rule those of its targets")
  func targets() async throws {
    let recording = Self.recording([
      ("api", ["10:00", "10:05", "10:10", "10:20"]), ("web", ["10:01", "10:31", "11:01"]),
    ])
    let run = try await check("--runs runs.jsonl", recording: recording)
    #expect(run.code == .success && run.told.isEmpty, "\(run.told)")
    #expect(run.output.contains("schedule: the 7 runs of "))
    #expect(run.output.contains(", usually one every 30 m, longest gap 30 m\n"))
    #expect(run.output.contains("  slow           fires 10 m to 1 h after a breach begins "))
    #expect(run.output.contains("  once           fires 0 to 10 m after a breach begins "))
    #expect(run.output.contains("\n  breaches that had not fired by the last run are left out\n"))
  }

  @Test("A history names itself as incomplete, and nothing is concluded from its gaps")
  func history() async throws {
    let history = ["10:00", "12:00", "14:00", "16:00", "18:00"].map {
      #"{"at":"2026-11-21T\#($0):00Z","event":"firing","kind":"transition","rule":"slow","target":"api"}"#
        + "\n"
    }.joined()
    let run = try await check("--runs runs.jsonl", recording: history)
    #expect(run.code == .success)
    #expect(run.told.count == 1 && run.told[0].contains("is a history, which has only the runs in"))
    #expect(run.output.contains("  slow           fires 4 to 6 h after a breach begins "))
  }

  private static let mistakes: [(options: String, recording: String, told: String)] = [
    ("--runs runs.jsonl", "", "does not have two runs of any target; --runs takes a recording"),
    (
      "--runs runs.jsonl", recording([("api", ["10:00"]), ("web", ["10:00"])]),
      "does not have two runs of any target"
    ),
    ("--runs none.jsonl", "", "none.jsonl"),
    ("--every 10ms", "", "--every needs a duration of at least 1s"),
    ("--every 5m --runs runs.jsonl", "", "--every and --runs cannot be used together"),
  ]

  @Test("A schedule that is none is a usage error", arguments: mistakes)
  func refused(options: String, recording: String, told: String) async throws {
    let run = try await check(options, recording: recording)
    #expect(run.code == .usage)
    #expect(run.told.joined().contains(told), "\(run.told)")
  }
}
