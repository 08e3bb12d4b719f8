internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing

/// A limit of the system, and what the program says that it lacks.
struct ScarceLimit: CustomTestStringConvertible, Sendable {
  /// As `prlimit` takes it.
  let option: String
  let sentence: String

  var testDescription: String { option }

  /// A command that starts another one under the limit, within a time in which nothing hangs.
  func wrapper(as user: [String] = []) -> [String] {
    ["timeout", "120"] + user + ["prlimit", option, "--"]
  }

  // With 3, the system cannot load the program's libraries.
  static let descriptors = [4, 6, 8, 12].map {
    ScarceLimit(
      option: "--nofile=\($0)",
      sentence: "this process may not open 24 more files: raise its limit")
  }
  static let threads = [2, 3, 5, 8].map {
    ScarceLimit(
      option: "--nproc=\($0)", sentence: "this process may not start 8 threads: raise the")
  }
  /// With these, the program has enough threads, but its HTTP worker has not.
  static let threadsOfWorker = [9, 12].map {
    ScarceLimit(
      option: "--nproc=\($0)", sentence: "cannot run the HTTP worker (this process may not")
  }
}

/// A user without any process: a limit on processes counts all of a user's, and none for root.
private enum OtherUser {
  static let wrapper = [
    "setpriv", "--reuid=48211", "--regid=48211", "--clear-groups", "--bounding-set=-all", "--",
  ]

  static let exists: Bool = {
    let probe = try? ProgramRun(
      wrapper + ["true"], in: "/", variables: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
    return probe?.endNow(within: .seconds(60)).code == 0
  }()
}

/// A file system without `/proc`, which only this program sees.
private enum NoProc {
  static let wrapper = ["unshare", "-m", "sh", "-c", "umount -l /proc && exec \"$@\"", "sh"]

  static let isPossible: Bool = {
    let probe = try? ProgramRun(
      wrapper + ["true"], in: "/", variables: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
    return probe?.endNow(within: .seconds(60)).code == 0
  }()
}

/// Every command, with an endpoint that responds; the first one evaluates it.
private let everyCommand = [
  ["--config", "config.json", "--state", "state/s.json", "--deadline", "60s"],
  ["watch", "--config", "config.json", "--state", "state/s.json", "--for", "1ms"],
  ["check", "--config", "config.json"], ["check", "--print-schema"],
  ["status", "--config", "config.json", "--state", "old.json"],
  ["status", "--config", "config.json", "--state", "old.json", "--format", "json"],
  ["replay", "--config", "config.json", "recording.jsonl"],
  ["replay", "--config", "config.json", "--format", "json", "recording.jsonl"],
  ["test", "--config", "config.json", "tests.json"],
  ["notify-test", "--config", "config.json"], ["demo"], ["demo", "--serve", "1ms"],
  ["--help"], ["--version"],
]

@Suite(
  "A machine that lacks something", .promptly, .inTurn,
  .disabled(if: isSanitized, "a sanitizer needs memory and threads itself"))
struct ScarceMachineTests {
  private func place(_ service: Service) async throws -> Workplace {
    let place = try Workplace()
    try place.write(Given.delivering(to: ["webhook"]), to: "config.json")
    try place.write(Given.good, to: "good.json")
    let recorded =
      #"{"observed_at": "2026-01-01T00:00:00Z", "target": "a", "snapshot": \#(Given.good)}"#
    try place.write(recorded + "\n", to: "recording.jsonl")
    let tests =
      #"{"tests": [{"name": "t", "series": {"errors.rate": "0.01x3"}, "transitions": []}]}"#
    try place.write(tests, to: "tests.json")
    let first = try await place.run(
      ["--config", "config.json", "--snapshot", "good.json", "--state", "old.json", "--no-deliver"])
    try #require(first.code == 0, "\(first.errors)")
    try FileManager.default.createDirectory(
      atPath: place.file("state"), withIntermediateDirectories: true)
    chmod(place.file("state"), 0o777)
    return place
  }

  private func variables(_ service: Service) -> [String: String] {
    Given.variables(at: service.base).merging(["OPS_API_BASE_URL": service.base]) { $1 }
  }

  /// Runs a command under a limit, and expects exit code 4, a true sentence, a free lock, and nothing
  /// that speaks ill of the endpoint.
  private func expect(
    _ limit: ScarceLimit, of command: [String], in place: Workplace, _ service: Service,
    as user: [String] = []
  ) async throws {
    // Another user may not read the build's folder.
    let copy = user.isEmpty ? [] : ["sh", "-c", "shift; exec ./program \"$@\"", "sh"]
    let run = try await place.run(
      command, variables: variables(service), wrapper: limit.wrapper(as: user) + copy)
    #expect(run.code == 4, "\(command): \(run.errors)")
    #expect(run.errors.contains(limit.sentence), "\(command): \(run.errors)")
    let isBlamed = run.errorLines.contains {
      $0.contains("127.0.0.1") && !$0.contains(limit.sentence)
    }
    #expect(!isBlamed, "\(command): \(run.errors)")
    #expect(run.took < .seconds(60))
    if place.names.contains("state/s.json") {
      let state: StateDocument = try decoded(place.text(of: "state/s.json"))
      for target in state.targets.keys {
        #expect(state.phase(of: "endpoint_down", in: target) == "inactive")
      }
      try FileManager.default.removeItem(atPath: place.file("state/s.json"))
    }
    let state = place.file("state/s.json")
    _ = try StateFile.lock(state, timeout: .seconds(1)).get()
    try FileManager.default.removeItem(atPath: place.file("state"))
    try FileManager.default.createDirectory(
      atPath: place.file("state"), withIntermediateDirectories: true)
    chmod(place.file("state"), 0o777)
  }

  @Test("A lack of descriptors is named, and nothing is blamed on the endpoint")
  func descriptors() async throws {
    let service = try Service()
    let place = try await place(service)
    for limit in ScarceLimit.descriptors {
      try await expect(limit, of: everyCommand[0], in: place, service)
    }
  }

  @Test("A lack of stack is named, and nothing is blamed on the endpoint")
  func stack() async throws {
    let service = try Service()
    let place = try await place(service)
    for kibibytes in [32, 64, 1_023] {
      let limit = ScarceLimit(
        option: "--stack=\(kibibytes << 10)",
        sentence: "a thread of this process may not have 1024 KiB of stack: raise its limit")
      try await expect(limit, of: everyCommand[0], in: place, service)
    }
  }

  @Test("Every command names what it lacks", arguments: everyCommand)
  func commands(command: [String]) async throws {
    let service = try Service()
    try await expect(
      ScarceLimit.descriptors[2], of: command, in: try await place(service), service)
  }

  @Test(
    "A monitoring system gets one line, and the exit code of UNKNOWN",
    arguments: [everyCommand[0], ["status", "--config", "config.json", "--state", "old.json"]])
  func plugin(command: [String]) async throws {
    let service = try Service()
    let place = try await place(service)
    let limit = ScarceLimit.descriptors[2]
    let line = "OPS ALERTS UNKNOWN - nothing was evaluated: \(limit.sentence)"
    for format in [["--format", "nagios"], ["--format=nagios"]] {
      let run = try await place.run(
        command + format, variables: variables(service), wrapper: limit.wrapper())
      #expect(run.code == 3 && run.output.hasPrefix(line), "\(run.output)\(run.errors)")
      #expect(run.output.split(separator: "\n").count == 1)
    }
    let argument = try await place.run(
      command + ["--format=nagios"],
      wrapper: ["sh", "-c", "exec \"$@\" \"$(printf 's\\377')\"", "sh"])
    #expect(argument.code == 3)
    #expect(argument.output.hasSuffix(" is not UTF-8\n"), "\(argument.output)")
  }

  @Test(
    "A lack of threads is named, and nothing is blamed on the endpoint",
    .enabled(if: OtherUser.exists, "only root can be a user with a limit of its own: run as root"))
  func threads() async throws {
    let service = try Service()
    let place = try await place(service)
    try place.install(builtExecutable, as: "program")
    for limit in ScarceLimit.threads + ScarceLimit.threadsOfWorker {
      try await expect(
        limit, of: everyCommand[0], in: place, service, as: OtherUser.wrapper)
    }
  }

  @Test(
    "Too little memory ends in exit code 4 and a correct message, or does not matter",
    arguments: [
      ("as", 100), ("as", 150), ("as", 200), ("as", 300), ("as", 400), ("data", 20), ("data", 60),
      ("data", 100),
    ])
  func memory(resource: String, mebibytes: Int) async throws {
    let service = try Service()
    let place = try await place(service)
    let limit = ScarceLimit(option: "--\(resource)=\(mebibytes << 20)", sentence: "")
    let run = try await place.run(
      everyCommand[0], variables: variables(service), wrapper: limit.wrapper())
    let isLoaded = !run.errors.contains("error while loading shared libraries")
    let words = ["may not use 64 MiB more memory", "may not start 8 threads", "out of memory"]
    #expect(run.code == 0 || run.code == 4 || !isLoaded, "\(run.errors)")
    #expect(run.code != 4 || words.contains(where: run.errors.contains), "\(run.errors)")
    #expect(!run.errors.contains("127.0.0.1"), "\(run.errors)")
  }

  @Test("Output that cannot be written is an error of every command", arguments: everyCommand)
  func fullOutput(command: [String]) async throws {
    let service = try Service()
    let place = try await place(service)
    let run = try await place.run(
      command, variables: variables(service), output: .file("/dev/full"))
    #expect(run.code == 4, "\(run.errors)")
    #expect(run.errors.contains("error: cannot write to standard output"), "\(run.errors)")
  }

  @Test(
    "Output that cannot be written is the error, even without an endpoint",
    arguments: [everyCommand[0], everyCommand[1]])
  func fullOutputWithoutEndpoint(command: [String]) async throws {
    let service = try Service()
    let place = try await place(service)
    let run = try await place.run(
      command + ["--retries", "0"],
      variables: variables(service).merging(["OPS_API_BASE_URL": "http://127.0.0.1:9"]) { $1 },
      output: .file("/dev/full"))
    #expect(run.code == 4, "\(run.errors)")
    #expect(run.errors.contains("error: cannot write to standard output"), "\(run.errors)")
  }

  @Test("Closed descriptors end in an exit code, and no file takes their place")
  func closedDescriptors() async throws {
    let service = try Service()
    let place = try await place(service)
    for (redirections, code) in [("<&-", 0), ("2>&-", 0), (">&-", 4), ("<&- >&- 2>&-", 4)] {
      let run = try await place.run(
        everyCommand[0], variables: variables(service),
        wrapper: ["timeout", "120", "sh", "-c", "exec \"$@\" \(redirections)", "sh"])
      #expect(run.code == Int32(code), "\(redirections): \(run.errors)")
      let _: StateDocument = try decoded(place.text(of: "state/s.json"))
    }
  }

  @Test(
    "Without /proc the arguments are unknown: exit code 4",
    .enabled(if: NoProc.isPossible, "needs root, and a container that lets it unmount /proc"))
  func noProc() async throws {
    let run = try await Workplace().run(["--version"], wrapper: NoProc.wrapper)
    #expect(run.code == 4)
    #expect(
      run.errors
        == "ops-alert-eval: error: the arguments cannot be read: is /proc mounted?\n")
  }
}
