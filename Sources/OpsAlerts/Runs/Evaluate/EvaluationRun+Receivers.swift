internal import AlertEngine
internal import Delivery
internal import HTTP

/// The receivers of this run, and how often they are reminded.
struct Receivers: Sendable {
  /// In the order of the configuration.
  var ready: [ReadyReceiver] = []
  /// Those without their variable.
  var skipped: [ReceiverSettings] = []
  /// The names of those that the state does not know by name and type.
  var new: Set<String> = []
  var secrets: Secrets
  var notifications = NotificationSettings()

  /// The type of a receiver; a webhook if it is no longer configured.
  func type(of name: String) -> ReceiverType {
    all.first { $0.name == name }?.type ?? ReceiverCatalogue.webhook
  }

  /// Those that may have to be told of what was firing before.
  var unacquainted: [ReceiverSettings] {
    all.filter { new.contains($0.name) || $0.type.forgetsAlerts }
  }

  /// All configured receivers, set up or not.
  var all: [ReceiverSettings] { ready.map(\.settings) + skipped }

  var names: Set<String> { Set(all.map(\.name)) }
}

extension EvaluationRun {
  /// Reads the addresses and tokens of all receivers; nothing is sent yet.
  ///
  /// - Parameters:
  ///   - configuration: its receivers.
  ///   - targets: their credentials are secrets as well, whether or not there are receivers.
  /// - Returns: the receivers; none if nothing is delivered.
  /// - Throws: a mistake for an address or token that cannot be used.
  func prepareReceivers(
    _ configuration: Configuration, beside targets: [TargetSource]
  ) throws(RunFailure) -> Receivers {
    var receivers = Receivers(
      secrets: Secrets(
        variables: environment.variables, patience: min(options.deadline, Secrets.longestPatience)))
    defer { environment.secrets.take(receivers.secrets) }
    for case .endpoint(let target) in targets {
      for credential in target.credentials {
        receivers.secrets.keep(whole: credential.secrets, from: credential.source)
      }
    }
    receivers.notifications = configuration.notifications
    let settings = Self.settings(configuration, environment)
    guard !settings.isEmpty else { return receivers }
    guard options.statePath != nil else {
      if options.snapshot == nil || options.deliver == true {
        environment.warn(.deliveryWithoutState)
      }
      return receivers
    }
    try Self.makeReady(settings, isNeeded: options.delivers, &receivers)
    return receivers
  }

  /// Notes the receivers that are skipped: once, and again only after they were not.
  func noteSkipped(_ receivers: Receivers, in state: inout RunState) {
    for setting in receivers.skipped
    where options.verbosity == .verbose || !state.skippedReceivers.contains(setting.name) {
      environment.note(.receiverSkipped(setting, by: receivers))
    }
    state.skippedReceivers = receivers.skipped.map(\.name).sorted()
  }

  /// Finds out which receivers are new, and drops what is owed to one whose name belongs to another
  /// type now.
  func meet(_ receivers: inout Receivers, in outbox: inout Outbox, into outcome: inout RunOutcome) {
    let (new, owed) = outbox.meet(receivers.all)
    receivers.new = new
    for (name, dropped) in owed.sorted(by: { $0.key < $1.key }) where !dropped.isEmpty {
      outcome.notifications += dropped.map {
        DeliveryResult(receiver: name, notification: $0, outcome: .skipped, reason: .retyped)
      }
      environment.warn(.dropped(receiver: name, dropped.count, .retyped))
    }
  }

  /// The receivers of the configuration, else the webhook of `OPS_ALERT_WEBHOOK_URL`.
  static func settings(
    _ configuration: Configuration, _ environment: RunEnvironment
  ) -> [ReceiverSettings] {
    let variable = "OPS_ALERT_WEBHOOK_URL"
    guard configuration.receivers.isEmpty, environment.variable(variable) != nil else {
      return configuration.receivers
    }
    return [
      ReceiverSettings(
        name: ReceiverCatalogue.webhook.name, type: ReceiverCatalogue.webhook,
        sources: [.url: .variable(variable)])
    ]
  }

  /// Makes receivers ready; one without its variable is skipped, or a mistake if required.
  static func makeReady(
    _ settings: [ReceiverSettings], isNeeded: Bool, _ receivers: inout Receivers
  ) throws(RunFailure) {
    let catalogue = ReceiverCatalogue.standard
    for setting in settings {
      var missing: String?
      do throws(ReceiverMistake) {
        if let receiver = try catalogue.receiver(for: setting, reading: &receivers.secrets) {
          receivers.ready.append(ReadyReceiver(settings: setting, receiver: receiver))
        } else if setting.isRequired, isNeeded {
          missing = receivers.secrets.missing(for: setting)
        } else {
          receivers.skipped.append(setting)
        }
      } catch {
        throw .mistake(.receiver(setting.name, error))
      }
      if let missing { throw .mistake(.requiredReceiver(setting.name, missing: missing)) }
    }
  }
}

extension RunNote {
  /// The note about a receiver without its variable.
  static func receiverSkipped(_ settings: ReceiverSettings, by receivers: Receivers) -> RunNote {
    .receiverSkipped(settings.name, missing: receivers.secrets.missing(for: settings))
  }
}
