internal import Foundation
@testable import HTTP
internal import Synchronization
internal import Testing

/// Kills the program a hundred times, at moments spread over a run, in lanes side by side.
@Suite("A killed run", .inTurn)
struct KillTests {
  @Test("A killed run leaves a complete state with everything that was printed", arguments: 0..<4)
  func hundredKills(lane: UInt64) async throws {
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

    var chance = SeededGenerator(seed: lane)
    var wereKilled = 0
    var printed = 0
    for _ in 0..<100 where wereKilled < 25 {
      let run = try place.start(arguments, variables: variables)
      let ended = await run.end(within: whole * Double.random(in: moments, using: &chance))
      // A run that came to its end tells how long one takes at the machine's present load.
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
      }
    }
    #expect(wereKilled == 25)
    #expect(printed > 0, "otherwise this proves nothing")

    #expect(try await eventually { ProcessTable.marked(with: mark).isEmpty }, "no worker is left")
    let fixed = ["config.json", "seen.jsonl", "state.json", "state.json.lock", ".state.json.tmp"]
    #expect(Set(place.names).isSubset(of: fixed), "no file is left")
    let lines = try place.text(of: "seen.jsonl").split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines {
      let seen: RecordedLine = try decoded(String(line))
      #expect(seen.snapshot != nil)
    }
    // And the next run goes on as if nothing had been.
    let last = try await place.run(arguments, variables: variables)
    #expect([0, 1].contains(last.code))
    #expect(!place.names.contains(".state.json.tmp"))
  }
}

/// SplitMix64: the same numbers in every run of the tests.
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
