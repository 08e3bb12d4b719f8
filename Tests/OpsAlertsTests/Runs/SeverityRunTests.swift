@testable import HTTP
@testable import JSON
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Receivers limited to some severities")
struct SeverityRunTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    world.setUpReceivers()
  }

  /// The receivers by host.
  private static let receivers = [
    "am.example": World.alertmanager, "hook.example": World.hook, "pager.example": World.pager,
  ]

  private func run(
    _ snapshot: String, to hosts: [String], _ options: String = "", more: String = "",
    atMinute minute: Double
  ) async throws -> ExitCode {
    let rules = ["warning", "critical"].map { severity in
      """
      {"name": "\(severity)", "metric_path": "v", "comparison": "gt", "threshold": 5,
        "duration_minutes": 0, "severity": "\(severity)"}
      """
    }
    let receivers = hosts.compactMap { Self.receivers[$0] }.map {
      #"\#($0.dropLast()), "severities": ["critical"]\#(more)}"#
    }
    let list = receivers.isEmpty ? "" : ", \"receivers\": [\(receivers.joined(separator: ", "))]"
    try folder.write("{\"rules\": [\(rules.joined(separator: ", "))]\(list)}", to: "c.json")
    world.answer(snapshot)
    return await world.run(
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
        + "--metrics-url https://api.example/m --fail-on never --deadline 1h " + options,
      atMinute: minute)
  }

  /// The rules named in each request to a host.
  private func told(_ host: String) -> [String] {
    world.memory.withLock(\.requests).filter { $0.url.host == host }.map { request in
      let body = String(decoding: request.body, as: UTF8.self)
      return ["warning", "critical"].filter { body.contains("\"\($0)\"") }.joined(separator: "+")
    }
  }

  @Test(
    "A receiver gets only its severities, whether it was configured before or after the firing",
    arguments: ["am.example", "hook.example", "pager.example"], [true, false])
  func severities(host: String, isConfiguredLate: Bool) async throws {
    _ = try await run(#"{"v": 9}"#, to: isConfiguredLate ? [] : [host], atMinute: 0)
    _ = try await run(#"{"v": 9}"#, to: [host], atMinute: 10)
    _ = try await run(#"{"v": 1}"#, to: [host], atMinute: 20)
    let requests = told(host)
    #expect(requests.allSatisfy { !$0.contains("warning") }, "\(requests)")
    switch (host, isConfiguredLate) {
    // The firing, its repetition and the resolution; a new receiver gets older firings as well.
    case ("am.example", false): #expect(requests.count == 3)
    case (_, _): #expect(requests.count == 2)
    }
  }

  @Test("A receiver that is not set up is reported as skipped only for its severities")
  func skipped() async throws {
    world.set("HOOK", nil)
    _ = try await run(#"{"v": 9}"#, to: ["hook.example"], "--format json", atMinute: 0)
    let report = try JSONNode.parse(Array(world.output.utf8))
    let skipped = report.strings().filter { $0.key == "outcome" }.map(\.text)
    #expect(skipped == ["skipped"])
  }

  @Test("A receiver that gets every alert in every run gets no reminders")
  func noReminders() async throws {
    for (minute, event) in [(0.0, "firing"), (250, "reminder"), (500, "reminder")] {
      _ = try await run(
        #"{"v": 9}"#, to: ["am.example", "hook.example"], "--format json", atMinute: minute)
      let report = try JSONNode.parse(Array(world.output.utf8)).strings()
      let receivers = report.filter { $0.key == "receiver" }.map(\.text)
      let events = report.filter { $0.key == "event" }.map(\.text)
      #expect(events.allSatisfy { $0 == event })
      #expect(receivers == (minute == 0 ? ["am", "hook"] : ["hook"]))
    }
    #expect(told("am.example").count == 3)
    #expect(told("hook.example").count == 3)
  }

  @Test("A required receiver that is not set up is a usage error unless delivery is off")
  func required() async throws {
    world.set("HOOK", nil)
    for (options, code) in [("", ExitCode.usage), ("--no-deliver", .success)] {
      #expect(
        try await run(
          #"{"v": 1}"#, to: ["hook.example"], options, more: #", "required": true"#, atMinute: 0)
          == code)
    }
  }

  @Test("A target's token is redacted from a receiver's response")
  func targetToken() async throws {
    world.set("OPS_API_BEARER_TOKEN", "m3trics-t0ken")
    world.answer("not m3trics-t0ken", status: 400, from: "hook.example")
    let line = "--output \(folder.file("r.json"))"
    #expect(
      try await run(#"{"v": 9}"#, to: ["hook.example"], line, atMinute: 0) == .delivery)
    let kept =
      try world.output + world.told.joined() + folder.read("r.json") + folder.read("s.json")
    #expect(!kept.contains("m3trics"))
    #expect(kept.contains("[redacted]"))
  }
}
