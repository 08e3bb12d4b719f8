internal import Foundation
@testable import HTTP
internal import Synchronization
internal import TestSupport
internal import Testing

/// Kills the program at moments spread over a run, in parallel lanes.
///
/// `OPS_KILLS` says how many times, in all lanes together.
@Suite("A killed run", .promptly, .inTurn)
struct KillTests {
  private static let lanes = 4
  private static let kills =
    ProcessInfo.processInfo.environment["OPS_KILLS"].flatMap { Int($0) } ?? 24

  @Test(
    "A killed run leaves a complete state with everything that was printed", arguments: 0..<lanes)
  func kills(lane: Int) async throws {
    let enough = Self.kills / Self.lanes
    try #require(enough > 0)
    let place = try Workplace()
    let count = Mutex(0)
    let server = try LoopbackServer { _ in
      .json(
        count.withLock {
          $0 += 1; return $0 % 2 == 0
        } ? Given.good : Given.bad)
    }
    defer { server.stop() }
    try place.write(Given.firesAtOnce, to: "config.json")
    let arguments = [
      "--config", "config.json", "--state", "state.json", "--target-name", "api", "--format",
      "json", "--retries", "0", "--record", "seen.jsonl", "--metrics-url",
      "http://127.0.0.1:\(server.port)/ops/metrics",
    ]
    // The worker inherits this one, so that those left behind can be found.
    let mark = "lane-\(UUID().uuidString)"
    let variables = ["no_proxy": "127.0.0.1,\(mark)"]
    // Half of the lanes aim at what follows the answer: the save and the report.
    let moments = lane % 2 == 0 ? 0...1.4 : 0.6...1.3
    var whole = try await place.run(arguments, variables: variables).took

    var chance = SplitMix64(seed: UInt64(lane))
    var wereKilled = 0
    var printed = 0
    for _ in 0..<20 * enough where wereKilled < enough || printed == 0 {
      let run = try place.start(arguments, variables: variables)
      let ended = await run.end(within: whole * Double.random(in: moments, using: &chance))
      // A run that completes shows how long one takes at the machine's current load.
      whole = ended.code == nil ? whole * 1.05 : ended.took
      if ended.code == nil { wereKilled += 1 }

      let status = try await place.run(["status", "--state", "state.json", "--format", "json"])
      #expect(status.code == 0 && status.errors.isEmpty, "\(status.errors)")
      guard let report = try? ended.report else { continue }
      let state: StateDocument = try decoded(status.output)
      for transition in report.transitions {
        printed += 1
        let phase = transition.to == "firing" ? "firing" : "inactive"
        #expect(state.phase(of: transition.name) == phase)
        let last = try place.text(of: "state-history.jsonl").split(separator: "\n").last {
          $0.contains(#""kind": "transition", "rule": "\#(transition.name)""#)
        }
        #expect(last?.contains(#""event": "\#(transition.to)""#) == true)
      }
    }
    #expect(wereKilled >= enough)
    #expect(printed > 0, "otherwise this proves nothing")

    #expect(try await eventually { ProcessTable.marked(with: mark).isEmpty }, "no worker is left")
    let fixed = [
      "config.json", "seen.jsonl", "state-history.jsonl", "state.json", "state.json.lock",
      ".state.json.tmp",
    ]
    #expect(Set(place.names).isSubset(of: fixed), "no file is left")
    let lines = try place.text(of: "seen.jsonl").split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines {
      let seen: RecordedLine = try decoded(String(line))
      #expect(seen.snapshot != nil)
    }
    // The next run continues as if nothing had happened.
    let last = try await place.run(arguments, variables: variables)
    #expect([0, 1].contains(last.code))
    #expect(!place.names.contains(".state.json.tmp"))
  }
}
