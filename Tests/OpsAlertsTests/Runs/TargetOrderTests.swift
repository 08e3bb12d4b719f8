internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("The order of targets")
struct TargetOrderTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
  }

  private func run(
    _ names: [String], _ options: String, atMinute minute: Double = 0
  ) async throws -> ExitCode {
    let targets = names.map { #"{"name": "\#($0)", "base_url": "https://\#($0).example"}"# }
    try folder.write(
      """
      {"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold": 5,
        "duration_minutes": 0}], "targets": [\(targets.joined(separator: ", "))]}
      """, to: "c.json")
    return await world.run(
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --deadline 1h " + options,
      atMinute: minute)
  }

  /// One more target than are fetched at once.
  private static let names = (0...FetchSchedule.mostAtOnce).map { "t\($0)" }

  @Test(
    "The most recently evaluated target is fetched last, whatever its place in the configuration",
    arguments: [["t0"], ["t8"], ["t16"], ["t3", "t5"], ["t16", "t0"]])
  func longestUnseen(evaluated: [String]) async throws {
    let names = Self.names
    for name in names { world.answer(#"{"v": 1}"#, from: "\(name).example") }
    for (minute, name) in evaluated.enumerated() {
      let options = "--retries 0 --target \(name)"
      #expect(try await run(names, options, atMinute: Double(minute)) == .success)
    }
    let count = evaluated.count
    world.memory.withLock { memory in
      memory.onRequest = { [world] _ in
        // Hold back answers until the first round of requests is out.
        while world.memory.withLock({ $0.requests.count }) < count + FetchSchedule.mostAtOnce {
          await Task.yield()
        }
      }
    }
    #expect(try await run(names, "--retries 0", atMinute: 10) == .success)
    let hosts = world.memory.withLock(\.requests).dropFirst(count).map(\.url.host)
    #expect(hosts.count == names.count)
    #expect(hosts.last == evaluated.last.map { "\($0).example" })
  }

  @Test("A report lists targets in the order of the configuration, whichever responded first")
  func report() async throws {
    let names = ["east", "north", "west"]
    for name in names { world.answer(#"{"v": 9}"#, from: "\(name).example") }
    // The targets that answer at once have news, so they are processed early.
    world.answer(
      inTurn: [.failure(.refused), .success(World.response(#"{"v": 1}"#))], from: "east.example")
    world.setUpWebhook()
    #expect(try await run(names, "--retries 1 --format json") == .alerts)
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(world.output.utf8)) as? [String: Any])
    let targets = try #require(report["targets"] as? [[String: Any]])
    #expect(targets.map { $0["target"] as? String } == names)
  }
}
