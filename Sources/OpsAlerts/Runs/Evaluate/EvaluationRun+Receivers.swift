internal import AlertEngine
internal import Delivery
internal import HTTP

/// Who can be told in this run, and how often.
struct Receivers: Sendable {
  /// In the order of the configuration.
  var ready: [ReadyReceiver] = []
  /// Those whose variable is not set.
  var skipped: [ReceiverSettings] = []
  var secrets: Secrets
  var notifications = NotificationSettings()

  /// The kind of a receiver; of one that is not configured any more, a chat's.
  func type(of name: String) -> ReceiverType {
    all.first { $0.name == name }?.type ?? WebhookReceiver.type
  }

  /// Those that are configured, whether they are set up or not.
  var all: [ReceiverSettings] { ready.map(\.settings) + skipped }

  var names: Set<String> { Set(all.map(\.name)) }
}

extension EvaluationRun {
  /// Reads the addresses and tokens of all receivers; nothing is sent yet.
  ///
  /// - Parameters:
  ///   - configuration: who they are.
  ///   - targets: whose tokens are secrets as well.
  /// - Returns: who can be told; nobody where nothing is delivered.
  /// - Throws: a usage error for an address or token that cannot be used.
  func prepareReceivers(
    _ configuration: Configuration, beside targets: [TargetSource]
  ) throws(RunFailure) -> Receivers {
    var receivers = Receivers(secrets: Secrets(variables: environment.variables))
    receivers.notifications = configuration.notifications
    let settings = Self.settings(configuration, environment)
    guard !settings.isEmpty else { return receivers }
    guard options.statePath != nil else {
      if options.snapshot == nil || options.deliver == true {
        environment.warn("nobody is told of anything: without a state nothing is delivered")
      }
      return receivers
    }
    try Self.makeReady(settings, environment, isNeeded: options.delivers, &receivers)
    for case .endpoint(let target) in targets {
      if let token = target.token { receivers.secrets.keep(token.secretText) }
    }
    return receivers
  }

  /// The receivers of the configuration; where it names none, the one that a variable asks for.
  static func settings(
    _ configuration: Configuration, _ environment: RunEnvironment
  ) -> [ReceiverSettings] {
    let variable = "OPS_ALERT_WEBHOOK_URL"
    guard configuration.receivers.isEmpty, environment.variable(variable) != nil else {
      return configuration.receivers
    }
    return [
      ReceiverSettings(
        name: WebhookReceiver.type.name, type: WebhookReceiver.type,
        sources: [.url: .variable(variable)])
    ]
  }

  /// Makes receivers ready; one whose variable is unset is skipped, or a mistake if it is required.
  static func makeReady(
    _ settings: [ReceiverSettings], _ environment: RunEnvironment, isNeeded: Bool,
    _ receivers: inout Receivers
  ) throws(RunFailure) {
    let catalogue = ReceiverCatalogue.standard
    for setting in settings {
      do throws(ReceiverMistake) {
        if let receiver = try catalogue.receiver(for: setting, reading: &receivers.secrets) {
          receivers.ready.append(ReadyReceiver(settings: setting, receiver: receiver))
        } else if setting.isRequired, isNeeded {
          throw ReceiverMistake(
            "\(receivers.secrets.missing(for: setting)), and the receiver is required; nothing was "
              + "evaluated, and nobody was told")
        } else {
          receivers.skipped.append(setting)
          environment.note(
            "receiver \(setting.name) is skipped: \(receivers.secrets.missing(for: setting))")
        }
      } catch {
        throw .usage("receiver \(setting.name): \(error)")
      }
    }
  }
}
