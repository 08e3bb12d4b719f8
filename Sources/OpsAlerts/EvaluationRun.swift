internal import AlertEngine

/// One evaluation from the configuration to the report: the table of contents of this module.
///
/// Each stage lives in a folder of its own and knows no other; only this type knows them all.
package struct EvaluationRun: Sendable {
  let options: EvaluateOptions
  let environment: RunEnvironment

  package init(_ options: EvaluateOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  package func run() async -> ExitCode {
    // The client's process boots while this one reads its files.
    let client = options.snapshot == nil ? environment.startClient(environment.variables) : nil
    defer { client?.shutDown() }
    var outcome = await outcome(through: client)
    guard !outcome.isUsageError else { return .usage }
    report(&outcome)
    return outcome.exitCode(failOn: options.failOn)
  }

  /// Everything up to the report.
  func outcome(through client: (any HTTPClient)?) async -> RunOutcome {
    var outcome = RunOutcome()
    do throws(RunStop) {
      let configuration = try loadConfiguration()
      outcome.configurationVersion = configuration.version
      let evaluator = Evaluator(
        configuration, onMissing: options.allowMissingMetrics ? .hold : .alert)
      let targets = try chooseTargets(of: configuration)
      let receivers = try prepareReceivers(configuration, beside: targets)
      try keepFilesApart()
      var memory = try recall()
      let deadline = RunDeadline(options.deadline, sharedWithDelivery: !receivers.ready.isEmpty)
      let answers = await fetch(targets, through: client, within: deadline.forFetching)
      outcome.now = options.at ?? environment.now()
      evaluate(answers, by: evaluator, from: &memory.state, into: &outcome)
      let delivery = queue(for: receivers, of: configuration, in: &memory.state, into: &outcome)
      let isSaved = save(memory, into: &outcome)
      record(answers, into: &outcome)
      await deliver(
        delivery, memory: memory, isSaved: isSaved, within: deadline.left, into: &outcome)
    } catch {
      environment.fail(error.sentence)
      outcome.now = options.at ?? environment.now()
      outcome.stop(error)
    }
    return outcome
  }
}

/// What a run has found so far.
struct RunOutcome {
  var now = Instant(milliseconds: 0)
  var configurationVersion: String?
  var targets: [TargetReport] = []
  var errors: [String] = []
  /// Those of the errors that tell what the notifications tell as well.
  var deliveryErrors: Set<String> = []
  /// What came of each event for each receiver.
  var notifications: [DeliveryResult] = []
  private(set) var codes: Set<ExitCode> = []
  /// Whether something for the CI system could not be written: it hides nothing else.
  var lacksStepFile = false

  var report: RunReport {
    RunReport(
      generatedAt: now, configurationVersion: configurationVersion, targets: targets,
      notifications: notifications, errors: errors, deliveryErrors: deliveryErrors)
  }

  /// Nothing was fetched, written or sent, and nothing is reported.
  var isUsageError: Bool { codes.contains(.usage) }

  mutating func add(_ code: ExitCode) { codes.insert(code) }

  mutating func stop(_ stop: RunStop) {
    errors.append(stop.sentence)
    codes.insert(stop.code)
  }

  /// The most telling of everything that happened.
  ///
  /// - Parameter failOn: the mildest check status that counts as an alert.
  /// - Returns: success when nothing else holds.
  func exitCode(failOn: FailOn) -> ExitCode {
    let isAlarming = report.checks.contains { $0.status.isAtLeast(failOn) }
    let code = ExitCode.mostTelling(of: codes.union(isAlarming ? [.alerts] : []))
    return code == .success && lacksStepFile ? .state : code
  }
}

extension Check.Status {
  /// Whether this status makes a run exit with 1.
  fileprivate func isAtLeast(_ level: FailOn) -> Bool {
    switch level {
    case .never: false
    case .fail: self == .fail
    case .warn: self == .fail || self == .warn
    case .unknown: self == .fail || self == .warn || self == .unknown
    case .pending: self != .pass
    }
  }
}
