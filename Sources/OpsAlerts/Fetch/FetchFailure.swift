internal import HTTP

/// Why a target gave no snapshot.
struct FetchFailure: Error, Equatable, Sendable {
  /// One sentence with the cause and what to do; it holds no secret.
  let sentence: String
  /// The sentence without the target's address: the same for all targets that fail alike.
  let cause: String
  let attempts: Int
}

extension FetchTarget {
  /// The sentence for a request without a response.
  func sentence(for failure: HTTPFailure) -> String {
    Self.sentence(for: failure, name: address.host, place: "\(address.host):\(address.port)")
  }

  /// The same without the address.
  static func cause(of failure: HTTPFailure) -> String {
    sentence(for: failure, name: "…", place: "…")
  }

  private static func sentence(
    for failure: HTTPFailure, name: String, place: String
  ) -> String {
    switch failure {
    case .nameNotResolved:
      return "cannot resolve \(name): check the URL, DNS and any proxy"
    case .refused:
      return "nothing listens on \(place) (connection refused, or no route): is the service up?"
    case .timedOut(let limit):
      return "\(place) sent no complete response within \(limit.inWords): is it overloaded, "
        + "or --timeout too short?"
    case .reset:
      return "\(place) closed the connection without a response: is the service restarting?"
    case .truncated:
      return "the response of \(place) ended early: did the service or a proxy restart?"
    case .tls(let text):
      return "the TLS connection to \(place) failed (\(text)): check its certificate; "
        + "add a private CA to the system's trust store"
    case .redirect(let status):
      return "the endpoint redirects (\(status)), which is not followed: use the final URL"
    case .tooLarge(let limit):
      return "the response is larger than \(byteCount(limit)): is this the metrics endpoint?"
    case .encoded(let name):
      return "the response is compressed (\(name)), which was not requested: "
        + "turn compression off for this endpoint"
    case .notHTTP:
      return "\(place) does not speak HTTP: check the port, and http or https"
    case .headersTooLarge:
      return "the response has too many headers: is this the metrics endpoint?"
    case .headerRefused(let name):
      return "the value of the \(name) header has invalid characters: check where it comes from"
    case .workerDied(let signal):
      return "the malformed response of \(place) crashed the HTTP worker (signal \(signal)): "
        + "check what listens there"
    case .displaced:
      return "another target's response crashed the HTTP worker, and no time was left to retry: "
        + "raise --deadline"
    case .workerUnavailable(let reason):
      return "cannot run the HTTP worker (\(reason)): check the installation and its limits"
    case .cancelled:
      return "the fetch was cancelled: run again"
    case .other(let code, let text):
      return "the request to \(place) failed (\(text.isEmpty ? "" : "\(text), ")code \(code)): "
        + "check the URL and the network"
    }
  }

  /// The sentence for a response without a snapshot; nil if it has a body to read.
  func sentence(for response: HTTPResponse) -> String? {
    switch response.status {
    case 200...299: failure(aboutBodyOf: response)
    case 401 where token == nil: "the endpoint requires a token (401): set \(tokenVariable)"
    case 401: "the endpoint rejects the token (401): check \(tokenSource)"
    case 403:
      "the endpoint denies access (403): check the permissions of the token in \(tokenSource)"
    case 404: "nothing found at \(address.path) (404): check the URL"
    case 407: "the proxy requires credentials (407): check the proxy variables or no_proxy"
    case 410: "the endpoint is permanently gone (410): check the URL"
    case 429: "the endpoint limits the rate of requests (429): run less often or raise its limit"
    case 500...599: "the service fails (\(response.status)): look at its log"
    case let status: "the endpoint answers with status \(status): check the URL and the service"
    }
  }

  private var tokenSource: String { token?.source ?? tokenVariable }

  private func failure(aboutBodyOf response: HTTPResponse) -> String? {
    let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
    guard let first = response.body.first(where: { !blanks.contains($0) }) else {
      return "the response is empty (\(response.status)): check the service"
    }
    let type = response.header("Content-Type")?.lowercased() ?? ""
    guard type.hasPrefix("text/html") || first == UInt8(ascii: "<") else { return nil }
    return "the response is HTML instead of JSON: is this a login page, or the wrong URL?"
  }
}
