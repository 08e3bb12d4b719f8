internal import AlertEngine
internal import Delivery
internal import HTTP

extension EvaluationRun {
  /// Reads the address of the heartbeat, which is a secret; `nil` without `--heartbeat`.
  func heartbeat(of configuration: Configuration) throws(RunFailure) -> HTTPAddress? {
    guard options.heartbeat else { return nil }
    guard let source = configuration.heartbeat else {
      throw .mistake(.noHeartbeat(configuration: options.config))
    }
    var secrets = Secrets(
      variables: environment.variables, patience: min(options.deadline, Secrets.longestPatience))
    defer { environment.secrets.take(secrets) }
    do throws(ReceiverMistake) {
      if let address = try secrets.address(source) { return address }
    } catch {
      throw .mistake(.heartbeat(error))
    }
    throw .mistake(.noHeartbeatURL(source))
  }

  /// Requests the heartbeat, once, if the run has evaluated, saved and delivered; a failure is only
  /// a warning.
  func sendHeartbeat(after outcome: RunOutcome) async {
    guard let url = outcome.heartbeat, !options.dryRun, options.delivers, options.statePath != nil,
      !outcome.targets.isEmpty
    else { return }
    switch outcome.exitCode(failOn: options.failOn) {
    case .success, .alerts, .noEvidence, .delivery: break
    case .usage, .state: return
    }
    let failure = await environment.withTransport(
      for: DeliveryLimits.attempt, from: environment.now()
    ) { transport -> String? in
      do throws(HTTPFailure) {
        let request = HTTPRequest(
          .get, url, deadline: DeliveryLimits.attempt, bodyLimit: DeliveryLimits.responseBytes)
        let status = try await transport.response(to: request).status
        return (200...299).contains(status) ? nil : "the response was \(status)"
      } catch {
        return error.description
      }
    }
    if let failure { environment.warn(.heartbeat(reason: failure)) }
  }
}
