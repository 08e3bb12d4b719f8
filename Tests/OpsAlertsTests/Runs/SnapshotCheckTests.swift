@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("Checking rules against a snapshot")
struct SnapshotCheckTests {
  private static let configuration = #"""
    {"defaults": {"comparison": "gt", "duration_minutes": 5},
     "rules": [
      {"name": "high", "metric_path": "load", "threshold": 1},
      {"name": "low", "metric_path": "load", "comparison": "lt", "threshold": 1},
      {"name": "queue", "metric_path": "queues.*.depth", "threshold": 5},
      {"name": "lost", "metric_path": "queues.mail.dept", "threshold": 5},
      {"name": "maybe", "metric_path": "nowhere", "threshold": 5, "on_missing": "clear"},
      {"name": "guarded", "metric_path": "queues.mail.depth", "threshold": 7, "min_request_count": 10},
      {"name": "growth", "metric_path": "errors", "measure": "ratio", "denominator_path": "total",
       "window_minutes": 60, "threshold": 0.5},
      {"name": "moved", "metric_path": "mail.queue_depth", "threshold": 5},
      {"name": "query", "metric_path": "$.queue.new.depth", "threshold": 5}]}
    """#

  private static let snapshot =
    #"{"load": 3, "errors": 12, "total": 4000, "queues": {"mail": {"depth": 2}, "news": {"depth": 8}}}"#

  private func check(
    _ options: String
  ) async throws -> (code: ExitCode, output: String, told: [String]) {
    let folder = try Folder()
    try folder.write(Self.configuration, to: "c.json")
    try folder.write(Self.snapshot, to: "s.json")
    let world = World()
    let code = await world.run(
      "check --config \(folder.file("c.json")) "
        + options.replacing("s.json", with: folder.file("s.json")))
    return (code, world.output, world.told.filter { !$0.contains(": note: ") })
  }

  private static let lines = """
      high         bad      3 (limit > 1)
      low          good     3 (limit < 1)
      queue[mail]  good     2 (limit > 5)
      queue[news]  bad      8 (limit > 5)
    """

  private static let counters =
    "\n  growth       unknown  warming up: not enough history for the 1 h window yet, now 12 of 4000\n"

  @Test("Each rule and instance has a verdict and a value, in the order of the configuration")
  func verdicts() async throws {
    let run = try await check("--snapshot s.json")
    #expect(run.code == .success)
    #expect(run.output.contains(Self.lines.replacing("\n    ", with: "\n")), "\(run.output)")
    #expect(run.output.contains(Self.counters), "\(run.output)")
    #expect(run.output.contains("\nsnapshot: /"))
  }

  @Test("A path that leads nowhere and a guard without a number are warnings")
  func warns() async throws {
    let run = try await check("--snapshot s.json --strict")
    #expect(run.code == .usage)
    #expect(run.told.count == 4, "\(run.told)")
    #expect(run.told.contains { $0.contains("moved: ") && $0.contains("mean queues.mail.depth?") })
    #expect(run.told.contains { $0.contains("query: ") && $0.contains("mean queues.news.depth?") })
    #expect(
      run.told.contains {
        $0.contains(
          "lost: there is nothing at queues.mail.dept (queues.mail has depth: did you mean")
          && $0.hasSuffix("[selects_nothing]")
      })
    #expect(run.told.contains { $0.contains("guarded: ") && $0.hasSuffix("[no_request_count]") })
  }

  @Test("A denominator or a threshold that is not there is named, at its place")
  func otherPaths() async throws {
    let folder = try Folder()
    try folder.write(
      """
      {"defaults": {"comparison": "gt", "duration_minutes": 5}, "rules": [
        {"name": "limit", "metric_path": "load", "threshold_path": "limits.none"},
        {"name": "share", "metric_path": "load", "measure": "quotient", "threshold": 1,
         "denominator_path": "nowhere"}]}
      """, to: "c.json")
    try folder.write(Self.snapshot, to: "s.json")
    let world = World()
    _ = await world.run(
      "check --config \(folder.file("c.json")) --snapshot \(folder.file("s.json"))")
    let told = world.told.filter { $0.hasSuffix("[selects_nothing]") }
    #expect(told.count == 2, "\(world.told)")
    #expect(told.contains { $0.contains("c.json:2:62: limit: there is nothing at limits.none (") })
    #expect(told.contains { $0.contains("c.json:4:") && $0.contains("nothing at nowhere (") })
  }

  @Test("--live takes the endpoint from options, which need it")
  func live() async throws {
    let folder = try Folder()
    try folder.write(Self.configuration, to: "c.json")
    let world = World()
    world.answer(Self.snapshot)
    let check = "check --config \(folder.file("c.json")) --metrics-url https://api.example/m"
    #expect(await world.run("\(check) --live") == .success)
    #expect(world.output.contains("\nsnapshot: https://api.example/m\n"), "\(world.output)")
    #expect(await world.run(check) == .usage)
    #expect(world.told.last?.contains("--live") == true, "\(world.told)")
  }
}
