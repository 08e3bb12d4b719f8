internal import HTTP
internal import Text

/// One endpoint to fetch from.
struct FetchTarget: Sendable {
  let name: String
  let address: HTTPAddress
  let token: BearerToken?
  /// The variable to suggest if the endpoint requires a token.
  let tokenVariable: String

  init(
    name: String, address: HTTPAddress, token: BearerToken?,
    tokenVariable: String = "OPS_API_BEARER_TOKEN"
  ) {
    self.name = name
    self.address = address
    self.token = token
    self.tokenVariable = tokenVariable
  }

  /// Whether the token would be sent in clear text over a network.
  var sendsTokenInClear: Bool {
    token != nil && address.scheme == .http && !address.isLoopback
  }
}

/// The limits of a fetch.
struct FetchSettings: Sendable {
  /// For one attempt.
  var timeout: Duration
  /// Attempts after the first.
  var retries: Int
  /// For all targets and attempts together.
  var deadline: Duration

  init(
    timeout: Duration = .seconds(10), retries: Int = 2, deadline: Duration = .seconds(60)
  ) {
    self.timeout = timeout
    self.retries = retries
    self.deadline = deadline
  }
}

/// The outcome of one target.
enum FetchOutcome: Sendable {
  /// A body, not yet parsed; `latency` is that of the successful attempt.
  case snapshot(bytes: [UInt8], latency: Duration, attempts: Int)
  case failed(FetchFailure, attempts: Int)
  /// The deadline came before a full attempt.
  case notAttempted
}

/// The outcome of the target at an index of the list.
struct FetchedTarget: Sendable {
  let place: Int
  let outcome: FetchOutcome
  /// The time of receipt: the one that a snapshot is evaluated at.
  let at: Instant
}

/// Refuses targets whose token a plain-http proxy would read.
func refuseTokensThroughProxies(
  _ targets: [FetchTarget], environment: [String: String]
) throws(TokenThroughProxy) {
  let rules = ProxyRules(environment: environment)
  for target in targets where target.token != nil && target.address.scheme == .http {
    guard let variable = rules.proxyVariable(for: target.address) else { continue }
    throw TokenThroughProxy(variable: variable, hostAndPort: target.address.hostAndPort)
  }
}
