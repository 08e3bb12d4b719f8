@testable import OpsAlerts

@testable import AlertEngine
@testable import Delivery
internal import Foundation
@testable import HTTP
internal import Synchronization
internal import TestSupport
internal import Testing
@testable import Text

@Suite("The connection to services in one run")
struct RunTransportTests {
  private static let now = Instant(milliseconds: 1_790_000_000_000)
  private let clock = ScriptedClock()

  private func transport(
    timeLeft: Duration = .seconds(8),
    _ client: any HTTPClient = ScriptedClient(
      clock: ScriptedClock()
    ) { _, _ in .failure(.cancelled) }
  ) -> RunTransport<ScriptedClock> {
    RunTransport(timeLeft: timeLeft, from: Self.now, clock: clock) { client }
  }

  private func request(deadline: Duration) throws -> HTTPRequest {
    HTTPRequest(
      .post, try HTTPAddress("https://a.example/x"), headers: [], body: [], deadline: deadline,
      bodyLimit: 10)
  }

  @Test("A request has as much time as the run has left, and none after its end")
  func deadlines() async throws {
    let client = ScriptedClient(clock: clock) { _, _ in .success(HTTPResponse(status: 204)) }
    let transport = transport(client)
    let table: [(after: Duration, deadline: Duration)] = [
      (.zero, .seconds(5)), (.seconds(2), .seconds(5)), (.seconds(3), .seconds(3)),
    ]
    for (after, deadline) in table {
      clock.advance(by: after)
      #expect(try await transport.response(to: request(deadline: .seconds(5))).status == 204)
      #expect(client.asked.last?.request.deadline == deadline)
    }
    #expect(transport.now == Self.now + .seconds(5))
    clock.advance(by: .seconds(3))
    await #expect(throws: HTTPFailure.cancelled) {
      try await transport.response(to: request(deadline: .seconds(5)))
    }
    #expect(client.asked.count == 3)
  }

  @Test("The client is started once, with the first request")
  func starts() async throws {
    let starts = Mutex(0)
    let clock = clock
    let transport = RunTransport(timeLeft: .seconds(8), from: Self.now, clock: clock) {
      starts.withLock { $0 += 1 }
      return ScriptedClient(clock: clock) { _, _ in .success(HTTPResponse(status: 204)) }
    }
    #expect(await transport.pause(.seconds(1)))
    #expect(starts.withLock { $0 } == 0)
    for _ in 0..<3 { _ = try? await transport.response(to: request(deadline: .seconds(1))) }
    #expect(starts.withLock { $0 } == 1)
  }

  @Test("A pause that would reach the run's end is not started")
  func pauses() async {
    let transport = transport()
    let table: [(Duration, Bool, passed: Duration)] = [
      (.zero, true, .zero), (.seconds(5), true, .seconds(5)), (.seconds(3), false, .seconds(5)),
      (.seconds(9), false, .seconds(5)), (.milliseconds(2_999), true, .milliseconds(7_999)),
      (.milliseconds(1), false, .milliseconds(7_999)), (.zero, true, .milliseconds(7_999)),
    ]
    for (duration, isHad, passed) in table {
      #expect(await transport.pause(duration) == isHad)
      #expect(clock.now.offset == passed)
    }
    clock.advance(by: .milliseconds(1))
    #expect(await !transport.pause(.zero), "the end")
    clock.advance(by: .seconds(9))
    #expect(transport.timeLeft == .zero)
  }

  @Test(
    "How the mail program ended is known: its exit code, or the signal",
    arguments: [
      ("exit 0", .exited(0)), ("exit 69", .exited(69)), ("kill -9 $$", .killed(signal: 9)),
      ("cat >/dev/null; exit 3", .exited(3)),
    ] as [(String, MailEnd)])
  func ends(script: String, end: MailEnd) async {
    // More than a pipe holds: a program that does not read it must be able to end.
    let mail = [UInt8](repeating: 65, count: 300_000)
    #expect(await transport().run("/bin/sh", ["-c", script], input: mail) == end)
  }

  @Test("A mail program reads the whole mail and its end")
  func input() async throws {
    let folder = try Folder()
    let mail = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
    let path = folder.file("mail")
    #expect(
      await transport().run("/bin/sh", ["-c", "cat >\"$0\"", path], input: mail) == .exited(0))
    #expect(try Data(contentsOf: URL(filePath: path)) == Data(mail))
  }

  @Test(
    "A mail program that cannot be started is named as such",
    arguments: ["/no/such", "/tmp", "/etc/passwd"])
  func missing(program: String) async {
    #expect(await transport().run(program, [], input: [65]) == .notStarted)
  }

  /// The number of a process that a script has written, once its line is complete.
  private static func processID(in path: String) -> pid_t? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8), text.hasSuffix("\n")
    else { return nil }
    return pid_t(text.dropLast())
  }

  @Test(
    "A mail program that hangs is killed when the run ends, even if it ignores signals",
    arguments: ["exec sleep 1000", "trap '' TERM; while :; do sleep 1; done"])
  func hanging(script: String) async throws {
    let folder = try Folder()
    let mail = [UInt8](repeating: 65, count: 300_000)
    let path = folder.file("pid")
    let clock = EventClock { Self.processID(in: path) != nil }
    let line = RunTransport(timeLeft: .seconds(8), from: Self.now, clock: clock) {
      ScriptedClient(clock: ScriptedClock()) { _, _ in .failure(.cancelled) }
    }
    #expect(
      await line.run("/bin/sh", ["-c", "echo $$ >\"$0\"; \(script)", path], input: mail)
        == .late(after: .seconds(8)))
    let process = try #require(Self.processID(in: path))
    #expect(kill(process, 0) == -1 && errno == ESRCH)
  }

  @Test(
    "A mail program that leaves a child behind is done when it ends, and the child keeps running",
    arguments: ["sleep 1000 &", "setsid sleep 1000 >/dev/null 2>&1 </dev/null &"])
  func leavingChild(script: String) async throws {
    let folder = try Folder()
    let path = folder.file("pid")
    let clock = EventClock { false }
    let line = RunTransport(timeLeft: .seconds(8), from: Self.now, clock: clock) {
      ScriptedClient(clock: ScriptedClock()) { _, _ in .failure(.cancelled) }
    }
    let script = "cat >/dev/null; \(script) echo $! >\"$0\"; exit 0"
    #expect(await line.run("/bin/sh", ["-c", script, path], input: [65]) == .exited(0))
    let child = try #require(Self.processID(in: path))
    #expect(kill(child, SIGKILL) == 0)
  }

  @Test("No mail program is started when the run's time is up")
  func tooLate() async throws {
    let folder = try Folder()
    let path = folder.file("mail")
    clock.advance(by: .seconds(1))
    let transport = transport(timeLeft: .zero)
    #expect(
      await transport.run("/bin/sh", ["-c", "cat >\"$0\"", path], input: [65])
        == .notHandedOver(reason: .outOfTime))
    #expect(folder.names.isEmpty)
  }

  @Test("A mail program inherits only its standard files")
  func openFiles() async throws {
    let folder = try Folder()
    let (state, path) = (folder.file("state.json"), folder.file("files"))
    let lock = try StateFile.lock(state, timeout: .zero).get()
    let script = "ls -l /proc/$$/fd >\"$0\""
    #expect(await transport().run("/bin/sh", ["-c", script, path], input: []) == .exited(0))
    let files = try folder.read("files")
    #expect(files.contains("/dev/null") && !files.contains("state.json"), "\(files)")
    #expect(try lock.load() == nil, "it was open all the time")
  }

  @Test("A mail program inherits only the environment that mail needs")
  func environment() async throws {
    let folder = try Folder()
    let path = folder.file("names")
    #expect(await transport().run("/bin/sh", ["-c", "env >\"$0\"", path], input: []) == .exited(0))
    let names = try folder.read("names").split(separator: "\n").compactMap {
      $0.split(separator: "=").first.map(String.init)
    }
    // The shell adds some of its own.
    let known: Set = [
      "PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "PWD", "OLDPWD", "SHLVL", "_",
    ]
    #expect(Set(names).subtracting(known).isEmpty)
    #expect(!Set(ProcessInfo.processInfo.environment.keys).subtracting(known).isEmpty)
  }
}
