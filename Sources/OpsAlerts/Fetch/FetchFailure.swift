internal import AlertEngine
internal import HTTP

extension HTTPResponse {
  /// Whether it has a challenge of the scheme `Basic` (RFC 9110, section 11.6.1).
  fileprivate var asksForLogin: Bool {
    (header("WWW-Authenticate") ?? "").split(separator: ",").contains { challenge in
      challenge.drop { $0 == " " }.lowercased().hasPrefix("basic")
    }
  }
}

/// Why a target returned no snapshot.
struct FetchFailure: Error, Hashable, Sendable {
  enum Reason: Hashable, Sendable {
    /// There was no complete response.
    case noResponse(HTTPFailure)
    /// No token was sent; `variable` is the one to set.
    case tokenRequired(variable: String)
    /// The same where the endpoint asks for a user and a password.
    case loginRequired
    /// - Parameter needsLogin: whether it asks for a user and a password, and none were sent.
    case rejected(SentCredentials, needsLogin: Bool)
    case accessDenied(SentCredentials)
    case notFound(path: String)
    case proxyCredentialsRequired
    case permanentlyGone
    case rateLimited
    case serverError(status: Int)
    /// Any other status that does not mean success.
    case unexpectedStatus(Int)
    case emptyBody(status: Int)
    case html(status: Int, SnapshotFormat)
  }

  /// The credentials that were sent, in words, and where they were read.
  struct SentCredentials: Hashable, Sendable {
    let nouns: [String]
    let sources: [String]
  }

  struct Endpoint: Hashable, Sendable {
    let host: String
    let port: Int
  }

  let reason: Reason
  /// `nil` if the failure stands for that of several targets.
  var endpoint: Endpoint?
  /// The variable that names the proxy of the request; `nil` without a proxy.
  var proxyVariable: String?

  /// The same for all targets that fail alike.
  var withoutEndpoint: FetchFailure {
    FetchFailure(reason: reason, proxyVariable: proxyVariable)
  }
}

extension FetchTarget {
  /// The failure of a fetch from this target.
  func failure(_ reason: FetchFailure.Reason) -> FetchFailure {
    FetchFailure(
      reason: reason, endpoint: FetchFailure.Endpoint(host: address.host, port: address.port))
  }

  /// Why a response has no snapshot; `nil` if it has a body to parse.
  func failure(in response: HTTPResponse) -> FetchFailure? {
    reason(in: response).map(failure)
  }

  private func reason(in response: HTTPResponse) -> FetchFailure.Reason? {
    switch response.status {
    case let status where acceptedStatuses.contains(status): reason(inBodyOf: response)
    case 401 where credentials.isEmpty:
      response.asksForLogin ? .loginRequired : .tokenRequired(variable: tokenVariable)
    case 401:
      .rejected(
        sentCredentials,
        needsLogin: response.asksForLogin && !credentials.contains { $0.kind == .login })
    case 403: .accessDenied(sentCredentials)
    case 404: .notFound(path: address.path)
    case 407: .proxyCredentialsRequired
    case 410: .permanentlyGone
    case 429: .rateLimited
    case 500...599: .serverError(status: response.status)
    case let status: .unexpectedStatus(status)
    }
  }

  private var sentCredentials: FetchFailure.SentCredentials {
    credentials.isEmpty
      ? FetchFailure.SentCredentials(nouns: ["the token"], sources: [tokenVariable])
      : FetchFailure.SentCredentials(
        nouns: credentials.map(\.kind.noun), sources: credentials.map(\.source))
  }

  private func reason(inBodyOf response: HTTPResponse) -> FetchFailure.Reason? {
    guard format != .none else { return nil }
    let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
    guard let first = response.body.first(where: { !blanks.contains($0) }) else {
      return .emptyBody(status: response.status)
    }
    let type = response.header("Content-Type")?.lowercased() ?? ""
    // Some frameworks send every text as text/html.
    let isHTML =
      type.hasPrefix("text/html") && format == .json
      && SnapshotFormat(revealedBy: response.body) == nil
    return isHTML || first == UInt8(ascii: "<") ? .html(status: response.status, format) : nil
  }
}
