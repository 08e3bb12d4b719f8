internal import AlertEngine
internal import Delivery
internal import HTTP
internal import Text

/// Sends one notification, marked as a test, and prints how each receiver responded.
struct NotifyTestRun {
  let options: NotifyTestOptions
  let environment: RunEnvironment

  init(_ options: NotifyTestOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() async -> ExitCode {
    do throws(RunFailure) {
      let configuration = try loadConfiguration()
      let chosen = try choose(among: EvaluationRun.settings(configuration, environment))
      var receivers = Receivers(
        secrets: Secrets(
          variables: environment.variables, patience: min(options.deadline, Secrets.longestPatience)
        ))
      try EvaluationRun.makeReady(chosen, isNeeded: true, &receivers)
      environment.secrets.take(receivers.secrets)
      for setting in receivers.skipped {
        environment.note(.receiverSkipped(setting, by: receivers))
      }
      guard !receivers.ready.isEmpty else {
        throw .mistake(.noReceiverSetUp)
      }
      if let skipped = receivers.skipped.first, !options.receivers.isEmpty {
        throw .mistake(.receiverNotSetUp(skipped.name))
      }
      return await send(to: receivers, of: configuration)
    } catch {
      environment.fail(error)
      return error.code ?? .usage
    }
  }

  private func loadConfiguration() throws(RunFailure) -> Configuration {
    do throws(ConfigurationFileFailure) {
      return try ConfigurationFile.load(path: options.config)
    } catch {
      throw .mistake(.configuration(error))
    }
  }

  private func choose(among settings: [ReceiverSettings]) throws(RunFailure) -> [ReceiverSettings] {
    guard !settings.isEmpty else {
      throw .mistake(.noReceivers(configuration: options.config))
    }
    let names = settings.map(\.name)
    for name in options.receivers where !names.contains(name) {
      throw .mistake(
        .unknown(.receiver, name, place: printable(options.config), known: names))
    }
    return options.receivers.isEmpty
      ? settings : settings.filter { options.receivers.contains($0.name) }
  }

  private func send(to receivers: Receivers, of configuration: Configuration) async -> ExitCode {
    environment.endBy(options.deadline)
    defer { environment.endBy(nil) }
    let now = environment.now()
    let notification = test(at: now, labels: configuration.labels)
    let results = await environment.withTransport(for: options.deadline, from: now) { transport in
      await deliver(notification, to: receivers, over: transport)
    }
    let responses =
      results.map { ($0.receiver, $0.response) } + receivers.skipped.map { ($0.name, "not set up") }
    let width = responses.map(\.0.count).max() ?? 0
    let lines = responses.map { name, response in
      "\(name)\(String(repeating: " ", count: width - name.count))  \(response)\n"
    }
    let code = environment.say(lines.joined())
    guard code == .success else { return code }
    return results.allSatisfy { $0.outcome == .delivered } ? .success : .delivery
  }

  /// Delivers concurrently; the results are in the order of the configuration.
  private func deliver(
    _ notification: AlertNotification, to receivers: Receivers, over transport: any Transport
  ) async -> [DeliveryResult] {
    let passes = await withTaskGroup(of: (Int, DeliveryPass).self) { group in
      for (place, ready) in receivers.ready.enumerated() {
        let notifier = Notifier(
          to: ready, over: transport, pause: RetryPause(now: environment.now),
          redact: environment.secrets.known.redact)
        let pass = DeliveryPass(
          ReceiverQueue(rows: [OutboxRow(notification)]), of: ready.settings.name,
          type: ready.settings.type, digestOver: 1, at: transport.now)
        group.addTask { (place, await notifier.deliver(pass) { _ in }) }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    return passes.sorted { $0.0 < $1.0 }.flatMap(\.1.results)
  }

  /// An alert that is clearly marked as a test.
  private func test(at now: Instant, labels: [String: String]) -> AlertNotification {
    let begin = now - .seconds(720)
    let facts = AlertFacts(
      value: options.event == .firing ? "7.12 %" : "0.41 %", limit: "> 5 %",
      number: options.event == .firing ? 0.0712 : 0.0041, threshold: 0.05,
      evidence: "12 m, 3 samples", sparkline: "▁▅█",
      peak: "9.1 %", peakAt: now - .seconds(360),
      summary: "This is a test of notification delivery", run: RunLinks(environment).run)
    let event: AlertNotification.Event =
      switch options.event {
      case .firing: .firing
      case .resolved: .resolved
      }
    return AlertNotification(
      event, target: "notify-test", key: AlertKey(rule: "notify_test"), severity: .info,
      labels: labels, at: now, activeAt: begin, firedAt: begin, facts: facts, isTest: true)
  }
}

extension DeliveryResult {
  /// How the receiver responded, in words.
  fileprivate var response: String {
    let cause = if case .broken(let text) = reason { text } else { "\(reason ?? .deadline)" }
    return switch outcome {
    case .delivered: "delivered"
    case .deferred: "not delivered: \(cause)"
    case .dead where reason?.isUnconfirmed == true: "not confirmed: \(cause)"
    case .dead, .skipped, .held: "refused: \(cause)"
    }
  }
}
