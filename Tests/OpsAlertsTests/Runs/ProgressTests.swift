internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing
@testable import Text

@Suite("The line of progress")
struct ProgressTests {
  private static let clear = "\r\u{1b}[K"

  @Test("Short work shows nothing; long work shows a line that is rewritten and then removed")
  func rewrites() {
    let written = Mutex<[String]>([])
    let line = ProgressLine(columns: { 20 }) { text in written.withLock { $0.append(text) } }
    let begin = ContinuousClock.now
    for milliseconds in [0, 500, 999, 1_000, 1_100, 1_199, 1_200, 5_000] {
      line.show(since: begin, at: begin + .milliseconds(milliseconds), "at \(milliseconds)")
    }
    line.clear()
    line.clear()
    #expect(
      written.withLock(\.self)
        == ["\rat 1000\u{1b}[K", "\rat 1200\u{1b}[K", "\rat 5000\u{1b}[K", Self.clear])
  }

  @Test("The line never wraps, and text in it cannot move the cursor")
  func isOneLine() {
    let written = Mutex("")
    let line = ProgressLine(columns: { 20 }) { text in written.withLock { $0 += text } }
    line.show("a\u{1b}[2J\n" + String(repeating: "b", count: 100))
    let shown = written.withLock(\.self).dropFirst().dropLast(3)
    #expect(shown.count <= 19 && String(shown).isPrintable)
  }

  @Test(
    "A replay shows the share of the bytes and the time left",
    arguments: [
      (0.25, 1_000, 10, "replaying: 25 %, 30 s left"),
      (0.999, 1_000, 2, "replaying: 99 %, 1 s left"),
      (1, 1_000, 2, "replaying: 100 %, 0 s left"), (nil, 3 << 20, 2, "replaying: 3 MiB"),
    ] as [(Double?, Int, Int, String)])
  func replay(share: Double?, bytes: Int, seconds: Int, words: String) {
    #expect(ReplayRun.progress((share, bytes), after: .seconds(seconds)) == words)
  }

  private static func confirm(in world: World) async throws -> [String] {
    let folder = try Folder()
    try folder.write("{\"rules\": [\(World.rule("v", minutes: 10))]}", to: "c.json")
    let bad = Result<HTTPResponse, HTTPFailure>.success(World.response(#"{"v":9}"#))
    let good = Result<HTTPResponse, HTTPFailure>.success(World.response(#"{"v":1}"#))
    world.answer(inTurn: [bad, bad, good])
    _ = await world.run(
      "--config \(folder.file("c.json")) --no-deliver --state \(folder.file("s.json")) --confirm "
        + "--metrics-url https://api.example/m")
    return world.memory.withLock(\.progress)
  }

  @Test("In a terminal, a confirming run rewrites what it waits for, and leaves nothing")
  func confirming() async throws {
    let world = World()
    world.memory.withLock { $0.hasProgress = true }
    let written = try await Self.confirm(in: world)
    #expect(written.count == 3 && written.last == Self.clear)
    #expect(written.dropLast().allSatisfy { $0.hasPrefix("\rconfirming, at most ") })
    #expect(world.told.allSatisfy { !$0.contains("confirming") })
  }

  @Test("In a pipe, there is no such line: a confirming run notes what it waits for")
  func inPipe() async throws {
    let world = World()
    #expect(try await Self.confirm(in: world).isEmpty)
    #expect(world.told.count { $0.contains("confirming, at most") } == 2)
  }
}
