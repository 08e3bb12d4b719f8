package import AlertEngine
package import HTTP
package import Text

/// Delivers one receiver's queue in one run.
package struct Notifier: Sendable {
  /// How often a waiting notifier checks whether it is overtaken.
  private static let glance = Duration.milliseconds(100)

  private let ready: ReadyReceiver
  private let transport: any Transport
  private let pause: RetryPause
  private let redact: @Sendable (String) -> String

  /// A notifier of one receiver.
  ///
  /// - Parameters:
  ///   - ready: the receiver.
  ///   - transport: sends its requests.
  ///   - pause: how long to wait before another attempt.
  ///   - redact: removes every secret from a text.
  package init(
    to ready: ReadyReceiver, over transport: any Transport, pause: RetryPause,
    redact: @escaping @Sendable (String) -> String
  ) {
    self.ready = ready
    self.transport = RedactingTransport(
      transport: transport, sparesTaken: type(of: ready.receiver).readsResponses, redact: redact)
    self.pause = pause
    self.redact = redact
  }

  /// Sends what is due until nothing is left or the run's time is up.
  ///
  /// - Parameters:
  ///   - pass: the queue to deliver.
  ///   - isOvertaken: for a pass that continues later, whether to stop now; what is left is then
  ///     not deferred. `nil` for the last pass of a run.
  ///   - publish: called with the queue after each response, so that it can be saved.
  /// - Returns: the pass, as far as it got.
  package func deliver(
    _ pass: consuming DeliveryPass, until isOvertaken: (() -> Bool)? = nil,
    publish: (ReceiverQueue) -> Void
  ) async -> DeliveryPass {
    var pass = pass
    var isFirst = true
    delivery: while isOvertaken?() != true {
      switch pass.next(at: transport.now) {
      case .done: break delivery
      case .wait(let time):
        let rest = max(time - transport.now, .milliseconds(1))
        guard await transport.pause(isOvertaken == nil ? rest : min(rest, Self.glance)) else {
          break delivery
        }
      case .send(let batch):
        let pace = type(of: ready.receiver).pace
        guard await transport.pause(isFirst ? .zero : pace) else { break delivery }
        isFirst = false
        let outcome = await send(batch)
        pass.record(outcome, of: batch, at: transport.now, pause: wait(after: outcome, batch))
        publish(pass.queue)
      }
    }
    if isOvertaken == nil { pass.finish(at: transport.now) }
    publish(pass.queue)
    return pass
  }

  /// Repeats ongoing alerts to a receiver that forgets them.
  ///
  /// A failed one does not stop the others, unless they would fail as well.
  ///
  /// - Parameter notifications: these alerts as they stand now.
  /// - Returns: the last failure; `nil` if all were delivered.
  package func repeatAll(_ notifications: [AlertNotification]) async -> DeliveryOutcome? {
    var last: DeliveryOutcome?
    for notification in notifications {
      guard await transport.pause(.zero) else {
        return last ?? .transient(TransientFailure(reason: .outOfTime))
      }
      var outcome = await send(DeliveryBatch([notification]))
      if case .poison = outcome {
        outcome = await send(DeliveryBatch([notification], isPlain: true))
      }
      switch outcome {
      case .delivered: continue
      case .poison, .unconfirmed: last = outcome
      case .broken: return outcome
      case .transient(let failure):
        last = outcome
        if failure.isUnreachable || failure.retryAfter != nil { return outcome }
      }
    }
    return last
  }

  /// Closes what the service still shows as open for alerts that are good.
  ///
  /// - Parameters:
  ///   - good: their fingerprints.
  ///   - isStateNew: whether the state may have been lost.
  /// - Returns: an outcome for each item to close.
  package func reconcile(good: Set<String>, isStateNew: Bool) async -> [DeliveryOutcome] {
    let outcomes = await ready.receiver.reconcile(
      good: good, isStateNew: isStateNew, over: transport)
    return outcomes.map { $0.changingTexts { redact($0) } }
  }

  private func send(_ batch: DeliveryBatch) async -> DeliveryOutcome {
    let message = Message(
      batch, to: ready.settings.name, at: transport.now, redact: redact)
    let outcome = await ready.receiver.deliver(message, reference: batch.reference, over: transport)
    return outcome.changingTexts { printable(redact($0), limit: 300) }
  }

  private func wait(after outcome: DeliveryOutcome, _ batch: DeliveryBatch) -> Duration {
    guard case .transient(let failure) = outcome else { return .zero }
    return pause.pause(afterAttempt: batch.tries, atLeast: failure.retryAfter ?? .zero)
  }
}

extension Message {
  /// The message that carries a batch.
  ///
  /// - Parameters:
  ///   - batch: its notifications are shown without secrets, which an endpoint may repeat.
  ///   - receiver: its name in the configuration.
  ///   - now: when it is sent.
  ///   - redact: removes every secret from a text.
  package init(
    _ batch: DeliveryBatch, to receiver: String, at now: Instant, redact: (String) -> String
  ) {
    self.init(
      batch.notifications.map { $0.showing(redact) }, to: receiver, at: now,
      form: batch.isPlain ? .plain : .full)
  }
}

extension DeliveryOutcome {
  fileprivate func changingTexts(_ change: (String) -> String) -> DeliveryOutcome {
    switch self {
    case .delivered: return self
    case .transient(var failure):
      failure.reason = failure.reason.changingTexts(change)
      return .transient(failure)
    case .unconfirmed(let reason): return .unconfirmed(reason: reason.changingTexts(change))
    case .broken(let reason): return .broken(reason: reason.changingTexts(change))
    case .poison(let reason): return .poison(reason: reason.changingTexts(change))
    }
  }
}
