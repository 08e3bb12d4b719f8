internal import AlertEngine
internal import Delivery
internal import HTTP
internal import Text

/// Sends one marked test through the receivers and says what each of them answered.
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
      var receivers = Receivers(secrets: Secrets(variables: environment.variables))
      try EvaluationRun.makeReady(chosen, environment, isNeeded: true, &receivers)
      guard !receivers.ready.isEmpty else {
        throw .usage("no receiver to test: none of them is set up")
      }
      if let skipped = receivers.skipped.first, !options.receivers.isEmpty {
        throw .usage("receiver \(skipped.name) is not set up")
      }
      return await send(to: receivers, of: configuration)
    } catch {
      environment.fail(error.sentence)
      return error.code
    }
  }

  private func loadConfiguration() throws(RunFailure) -> Configuration {
    do throws(ConfigurationFileFailure) {
      return try ConfigurationFile.load(path: options.config)
    } catch {
      throw .usage("\(error)")
    }
  }

  private func choose(among settings: [ReceiverSettings]) throws(RunFailure) -> [ReceiverSettings] {
    guard !settings.isEmpty else {
      throw .usage(
        "\(printable(options.config)) has no receivers; docs/receivers.md shows how to add one")
    }
    let names = settings.map(\.name)
    for name in options.receivers where !names.contains(name) {
      let hint = didYouMean(name, among: names).map { "; \($0)" } ?? ""
      throw .usage("there is no receiver \"\(printable(name, limit: 60))\"\(hint)")
    }
    return options.receivers.isEmpty
      ? settings : settings.filter { options.receivers.contains($0.name) }
  }

  private func send(to receivers: Receivers, of configuration: Configuration) async -> ExitCode {
    let now = environment.now()
    let notification = test(at: now, labels: configuration.labels)
    let results = await environment.withTransport(for: options.deadline, from: now) { transport in
      await deliver(notification, to: receivers, over: transport)
    }
    let answers =
      results.map { ($0.receiver, $0.answer) } + receivers.skipped.map { ($0.name, "not set up") }
    let width = answers.map(\.0.count).max() ?? 0
    let lines = answers.map { name, answer in
      "\(name)\(String(repeating: " ", count: width - name.count))  \(answer)\n"
    }
    guard environment.print(lines.joined()) else { return .state }
    return results.allSatisfy { $0.outcome == .delivered } ? .success : .delivery
  }

  /// One task for each receiver; the results come in the order of the configuration.
  private func deliver(
    _ notification: AlertNotification, to receivers: Receivers, over transport: any Transport
  ) async -> [DeliveryResult] {
    let passes = await withTaskGroup(of: (Int, DeliveryPass).self) { group in
      for (place, ready) in receivers.ready.enumerated() {
        let notifier = Notifier(
          to: ready, over: transport, pause: RetryPause(now: environment.now),
          redact: receivers.secrets.redact)
        let pass = DeliveryPass(
          ReceiverQueue(rows: [OutboxRow(notification)]), of: ready.settings.name,
          type: ready.settings.type, digestOver: 1, at: transport.now)
        group.addTask { (place, await notifier.deliver(pass) { _ in }) }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    return passes.sorted { $0.0 < $1.0 }.flatMap(\.1.results)
  }

  /// An alert that nobody can take for a real one.
  private func test(at now: Instant, labels: [String: String]) -> AlertNotification {
    let begin = now - .seconds(720)
    let facts = AlertFacts(
      value: options.event == .firing ? "7.12 %" : "0.41 %", limit: "limit > 5 %",
      evidence: "12 m, 3 samples", sparkline: "▁▅█",
      peak: "9.1 %", peakAt: now - .seconds(360),
      summary: "Somebody is testing whether this message arrives", run: RunLinks(environment).run)
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
  /// What the receiver answered, for people.
  fileprivate var answer: String {
    let reason = (reason ?? "no time left").replacing("broken: ", with: "", maxReplacements: 1)
    return switch outcome {
    case .delivered: "delivered"
    case .deferred: "not delivered: \(reason)"
    case .dead, .skipped: "refused: \(reason)"
    }
  }
}
