package import HTTP
package import Text

/// One endpoint to ask.
package struct FetchTarget: Sendable {
  package let name: String
  package let address: HTTPAddress
  package let token: BearerToken?
  /// The variable to name when the endpoint wants a token and there is none.
  package let tokenVariable: String

  package init(
    name: String, address: HTTPAddress, token: BearerToken?,
    tokenVariable: String = "OPS_API_BEARER_TOKEN"
  ) {
    self.name = name
    self.address = address
    self.token = token
    self.tokenVariable = tokenVariable
  }

  /// Whether the token would cross a network for all to read: worth a warning.
  package var sendsTokenInClear: Bool {
    token != nil && address.scheme == .http && !address.isLoopback
  }
}

/// The limits of a fetch.
package struct FetchSettings: Sendable {
  /// What one attempt may take.
  package var timeout: Duration
  /// Attempts after the first.
  package var retries: Int
  /// What all targets and attempts may take together.
  package var deadline: Duration

  package init(
    timeout: Duration = .seconds(10), retries: Int = 2, deadline: Duration = .seconds(60)
  ) {
    self.timeout = timeout
    self.retries = retries
    self.deadline = deadline
  }
}

/// What came of one target.
package enum FetchOutcome: Sendable {
  /// A body, not yet known to be JSON; `latency` is that of the attempt that brought it.
  case snapshot(bytes: [UInt8], latency: Duration, attempts: Int)
  case failed(FetchFailure)
  /// The deadline came before the target had an attempt of its whole timeout.
  case notAttempted
}

/// What came of the target at a place of the list, and when that was known.
package struct FetchedTarget: Sendable {
  package let place: Int
  package let outcome: FetchOutcome
  /// The time of receipt: the one that a snapshot stands for.
  package let at: Instant
}

/// Refuses targets whose token a proxy would read.
package func refuseTokensThroughProxies(
  _ targets: [FetchTarget], environment: [String: String]
) throws(TokenThroughProxy) {
  let rules = ProxyRules(environment: environment)
  for target in targets where target.token != nil && target.address.scheme == .http {
    guard let variable = rules.proxyVariable(for: target.address) else { continue }
    throw TokenThroughProxy(variable: variable, hostAndPort: target.address.hostAndPort)
  }
}
