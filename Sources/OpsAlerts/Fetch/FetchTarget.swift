internal import AlertEngine
internal import HTTP
internal import Text

/// One endpoint to fetch from.
struct FetchTarget: Sendable {
  let name: String
  let address: HTTPAddress
  /// At most one of them is for the Authorization header.
  let credentials: [Credential]
  /// The variable to suggest if the endpoint requires a token.
  let tokenVariable: String
  let format: SnapshotFormat
  /// Any status if the format is `none`.
  let acceptedStatuses: AcceptedStatuses

  init(
    name: String, address: HTTPAddress, credentials: [Credential] = [],
    tokenVariable: String = "OPS_API_BEARER_TOKEN", format: SnapshotFormat = .json,
    acceptedStatuses: AcceptedStatuses = .success
  ) {
    self.name = name
    self.address = address
    self.credentials = credentials
    self.tokenVariable = tokenVariable
    self.format = format
    self.acceptedStatuses = format == .none ? .any : acceptedStatuses
  }

  /// Whether a credential would be sent in clear text over a network.
  var sendsCredentialInClear: Bool {
    !credentials.isEmpty && address.scheme == .http && !address.isLoopback
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
  case snapshot(bytes: [UInt8], response: ResponseFacts, latency: Duration, attempts: Int)
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

/// Refuses targets with a credential that a plain-http proxy would read.
func refuseCredentialsThroughProxies(
  _ targets: [FetchTarget], environment: [String: String]
) throws(CredentialThroughProxy) {
  let rules = ProxyRules(environment: environment)
  for target in targets where target.address.scheme == .http {
    guard let credential = target.credentials.first,
      let variable = rules.proxyVariable(for: target.address)
    else { continue }
    throw CredentialThroughProxy(
      variable: variable, credential: credential.kind.noun, hostAndPort: target.address.hostAndPort)
  }
}
