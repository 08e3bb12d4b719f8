internal import AlertEngine
internal import Delivery
internal import HTTP
internal import Text

/// Sends notifications, marked as tests, and prints how each receiver responded.
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
      let subject = try subject(in: configuration)
      let chosen = try choose(
        among: EvaluationRun.settings(configuration, environment), for: subject, configuration)
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
      return await send(
        notifications(of: subject, configuration, at: environment.now()), to: receivers)
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

  /// What the alerts of the chosen rule are about; `nil` without one.
  private func subject(in configuration: Configuration) throws(RunFailure) -> Subject? {
    guard let name = options.rule else { return nil }
    let subjects = configuration.subjects
    guard let subject = subjects[name] else {
      let known = configuration.rules.map(\.name) + [EndpointSettings.ruleName]
      throw .mistake(.unknown(.rule, name, place: printable(options.config), known: known))
    }
    return subject
  }

  private func choose(
    among settings: [ReceiverSettings], for subject: Subject?, _ configuration: Configuration
  ) throws(RunFailure) -> [ReceiverSettings] {
    guard !settings.isEmpty else {
      throw .mistake(.noReceivers(configuration: options.config))
    }
    let names = settings.map(\.name)
    for name in options.receivers where !names.contains(name) {
      throw .mistake(
        .unknown(.receiver, name, place: printable(options.config), known: names))
    }
    let named =
      options.receivers.isEmpty
      ? settings : settings.filter { options.receivers.contains($0.name) }
    guard let subject else { return named }
    let taking = named.filter { $0.takes(subject, in: configuration) }
    // A named receiver that takes no such alert is a mistake; the others are left out.
    if let other = named.first(where: { !$0.takes(subject, in: configuration) }),
      taking.isEmpty || !options.receivers.isEmpty
    {
      throw .mistake(
        .notTaken(rule: subject.name, by: options.receivers.isEmpty ? nil : other.name))
    }
    return taking
  }

  private func send(
    _ notifications: [AlertNotification], to receivers: Receivers
  ) async -> ExitCode {
    environment.endBy(options.deadline)
    defer { environment.endBy(nil) }
    let now = environment.now()
    let results = await environment.withTransport(for: options.deadline, from: now) { transport in
      await deliver(notifications, to: receivers, over: transport)
    }
    let responses =
      results.map { results in
        let words = results.map { result in
          notifications.count > 1
            ? "\(result.notification.event.rawValue) \(result.response)" : result.response
        }
        return (results.first?.receiver ?? "", words.joined(separator: ", "))
      } + receivers.skipped.map { ($0.name, "not set up") }
    let width = responses.map(\.0.count).max() ?? 0
    let lines = responses.map { name, response in
      "\(name)\(String(repeating: " ", count: width - name.count))  \(response)\n"
    }
    let code = environment.say(lines.joined())
    guard code == .success else { return code }
    let isDelivered = results.joined().allSatisfy { $0.outcome == .delivered }
    return isDelivered ? .success : .delivery
  }

  /// Delivers to all receivers concurrently, to each in order; the results of each are in the order
  /// of the configuration.
  private func deliver(
    _ notifications: [AlertNotification], to receivers: Receivers, over transport: any Transport
  ) async -> [[DeliveryResult]] {
    let results = await withTaskGroup(of: (Int, [DeliveryResult]).self) { group in
      for (place, ready) in receivers.ready.enumerated() {
        let notifier = Notifier(
          to: ready, over: transport, pause: RetryPause(now: environment.now),
          redact: environment.secrets.known.redact)
        group.addTask {
          var queue = ReceiverQueue()
          var results: [DeliveryResult] = []
          for notification in notifications where queue.rows.isEmpty {
            if notification.event == .firing {
              // Its thread keeps the service's identifier for the resolution.
              queue.queueFiring(notification)
            } else {
              queue.rows.append(OutboxRow(notification))
            }
            let pass = DeliveryPass(
              queue, of: ready.settings.name, type: ready.settings.type, digestOver: 1,
              at: transport.now)
            let done = await notifier.deliver(pass) { _ in }
            results += done.results
            queue = done.queue
          }
          return (place, results)
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    return results.sorted { $0.0 < $1.0 }.map(\.1)
  }

  private func notifications(
    of subject: Subject?, _ configuration: Configuration, at now: Instant
  ) -> [AlertNotification] {
    guard let subject else { return [test(at: now, labels: configuration.labels)] }
    let rehearsal = AlertRehearsal(
      of: subject, instance: subject.rule?.measurement.hasInstances == true ? "example" : nil,
      at: now)
    let maker = NotificationMaker(configuration, links: RunLinks(environment), at: now)
    let steps: [(TestEvent, AlertRehearsal.Step?)] = [
      (.firing, rehearsal.firing), (.resolved, rehearsal.resolved),
    ]
    return steps.compactMap { event, step in
      guard options.event == nil || options.event == event, let step else { return nil }
      // Not the name of a real target, so that no test touches the incident of a real alert.
      var made = maker.notification(
        of: step.transition, target: Self.target, check: step.check)
      made?.at = now
      made?.isTest = true
      return made
    }
  }

  private static let target = "notify-test"

  /// An alert that is clearly marked as a test.
  private func test(at now: Instant, labels: [String: String]) -> AlertNotification {
    let begin = now - .seconds(720)
    let isFiring = options.event != .resolved
    let facts = AlertFacts(
      value: isFiring ? "7.12 %" : "0.41 %", limit: "> 5 %",
      number: isFiring ? 0.0712 : 0.0041, threshold: 0.05,
      evidence: "12 m, 3 samples", sparkline: "▁▅█",
      peak: "9.1 %", peakAt: now - .seconds(360),
      summary: "This is a test of notification delivery", run: RunLinks(environment).run)
    return AlertNotification(
      isFiring ? .firing : .resolved, target: Self.target, key: AlertKey(rule: "notify_test"),
      severity: .info,
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
