internal import HTTP

/// Why a target returned no snapshot.
struct FetchFailure: Error, Hashable, Sendable {
  enum Reason: Hashable, Sendable {
    /// There was no complete response.
    case noResponse(HTTPFailure)
    /// No token was sent; `variable` is the one to set.
    case tokenRequired(variable: String)
    case tokenRejected(source: String)
    case accessDenied(tokenSource: String)
    case notFound(path: String)
    case proxyCredentialsRequired
    case permanentlyGone
    case rateLimited
    case serverError(status: Int)
    /// Any other status that does not mean success.
    case unexpectedStatus(Int)
    case emptyBody(status: Int)
    case html
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
    case 200...299: Self.reason(inBodyOf: response)
    case 401 where token == nil: .tokenRequired(variable: tokenVariable)
    case 401: .tokenRejected(source: tokenSource)
    case 403: .accessDenied(tokenSource: tokenSource)
    case 404: .notFound(path: address.path)
    case 407: .proxyCredentialsRequired
    case 410: .permanentlyGone
    case 429: .rateLimited
    case 500...599: .serverError(status: response.status)
    case let status: .unexpectedStatus(status)
    }
  }

  private var tokenSource: String { token?.source ?? tokenVariable }

  private static func reason(inBodyOf response: HTTPResponse) -> FetchFailure.Reason? {
    let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
    guard let first = response.body.first(where: { !blanks.contains($0) }) else {
      return .emptyBody(status: response.status)
    }
    let type = response.header("Content-Type")?.lowercased() ?? ""
    // Some frameworks send JSON as text/html.
    let isObject = [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(first)
    return type.hasPrefix("text/html") && !isObject || first == UInt8(ascii: "<") ? .html : nil
  }
}
