internal import Files
internal import Foundation
internal import HTTP
internal import Reports
internal import Synchronization
internal import Text

/// Plays an incident: an endpoint on loopback, evaluated over real HTTP.
///
/// The clock is virtual; the rest is `evaluate`: the same worker and engine, and a state file in a
/// temporary folder.
struct DemoRun {
  /// When the incident begins on the virtual clock.
  static let begin = Instant(milliseconds: 1_772_013_600_000)

  let options: DemoOptions
  let environment: RunEnvironment

  init(_ options: DemoOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() async -> ExitCode {
    if let time = options.serve { return await serve(for: time) }
    do {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let configuration = folder.path + "/demo.json"
      try AtomicFile.replace(configuration, with: Array(DemoIncident.configuration.utf8))
      let minute = Mutex(0)
      let server = try LoopbackServer(lifetime: .seconds(600)) { _ in
        Self.reply(atMinute: minute.withLock(\.self))
      }
      defer { server.stop() }
      let client = environment.startClient(seeing: [:], within: .seconds(60))
      defer { client.shutDown() }
      let address = Self.address(of: server)
      say(introduction(address))
      var story = DemoStory(style: TerminalStyle(isOn: environment.isColored(options.color)))
      for now in stride(from: 0, through: DemoIncident.lastMinute, by: DemoIncident.step) {
        minute.withLock { $0 = now }
        let run = EvaluationRun(
          evaluation(of: configuration, at: address, in: folder),
          in: virtualEnvironment(atMinute: now))
        let outcome = await run.outcome(through: client)
        guard let target = outcome.targets.first, outcome.problems.isEmpty,
          target.errors.isEmpty != DemoIncident.isDown(atMinute: now)
        else {
          throw DemoFailure(errors: outcome.report.errors + outcome.targets.flatMap(\.errors))
        }
        say(story.advance(target, at: outcome.now))
        if now == DemoIncident.reportMinute { say(report(outcome)) }
      }
      return environment.say(story.summary)
    } catch {
      environment.fail(.demo(.play, reason: "\(error)"))
      return .state
    }
  }

  /// Serves the endpoint alone, its incident stretched over a duration.
  ///
  /// Requests are not kept, so that it can run for days.
  private func serve(for time: Duration) async -> ExitCode {
    do {
      let begin = ContinuousClock.now
      let server = try LoopbackServer(
        port: options.port ?? 0, lifetime: time, silence: .seconds(30), keepsRequests: false
      ) { request in
        guard request.path == Self.path else { return .response(404) }
        return Self.reply(
          atMinute: DemoIncident.minute(after: ContinuousClock.now - begin, of: time))
      }
      defer { server.stop() }
      let code = environment.say(Self.address(of: server) + "\n")
      guard code == .success else { return code }
      try await Task.sleep(until: begin + time, clock: .continuous)
      return .success
    } catch {
      environment.fail(.demo(.serve, reason: "\(error)"))
      return .state
    }
  }

  private static let path = "/ops/metrics"

  private static func address(of server: LoopbackServer) -> String {
    "http://127.0.0.1:\(server.port)\(path)"
  }

  private static func reply(atMinute minute: Int) -> LoopbackServer.Reply {
    switch DemoIncident.response(atMinute: minute) {
    case .snapshot(let body): .response(body: body)
    case .down: .response(503)
    }
  }

  private func evaluation(
    of configuration: String, at address: String, in folder: TemporaryFolder
  ) -> EvaluateOptions {
    var evaluation = EvaluateOptions()
    evaluation.config = configuration
    evaluation.metricsURL = address
    evaluation.targetName = "demo"
    evaluation.state = .file(folder.path + "/state.json")
    evaluation.retries = 0
    // The endpoint is in this process: it is slow only if the machine is.
    evaluation.timeout = .seconds(120)
    evaluation.deadline = .seconds(240)
    evaluation.verbosity = .quiet
    return evaluation
  }

  /// The demo's own world: a virtual clock, none of the user's variables, no diagnostics.
  private func virtualEnvironment(atMinute minute: Int) -> RunEnvironment {
    var virtual = environment
    virtual.variables = [:]
    virtual.now = { Self.begin + .minutes(Double(minute)) }
    virtual.onDiagnostic = { _ in }
    return virtual
  }

  private func introduction(_ address: String) -> String {
    """
    A \(DemoIncident.lastMinute)-minute incident on a virtual clock, evaluated every \
    \(DemoIncident.step) minutes
    over real HTTP from \(address), with three rules:

    """
  }

  /// The report of `evaluate` at the height of the incident.
  private func report(_ outcome: RunOutcome) -> String {
    let report = TextReport(detail: .normal, isColored: environment.isColored(options.color))
    let lines = report.render(outcome.report).split(
      separator: "\n", omittingEmptySubsequences: false)
    return "\nWhat 'ops-alert-eval' prints at that moment:\n\n"
      + lines.map { $0.isEmpty ? "" : "  | " + $0 }.joined(separator: "\n")
  }

  private func say(_ text: String) {
    guard !options.isQuiet else { return }
    _ = environment.print(text + "\n")
  }
}

/// The incident did not play as expected: something on this machine interferes.
private struct DemoFailure: Error, CustomStringConvertible {
  let errors: [String]

  var description: String { errors.joined(separator: "; ") }
}

/// A private folder, to be removed with its contents.
struct TemporaryFolder {
  let path: String

  init() throws(FileFailure) {
    var template = Array((NSTemporaryDirectory() + "/ops-alert-eval-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw FileFailure(cannot: "make a folder in", NSTemporaryDirectory())
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func remove() {
    try? FileManager.default.removeItem(atPath: path)
  }
}
