internal import HTTP

/// Why a target gave no snapshot.
package struct FetchFailure: Error, Equatable, Sendable {
  /// One sentence that names the cause and what to do; it holds no secret.
  package let sentence: String
  /// The sentence without the target's address: the same for all targets that fail alike.
  package let cause: String
  package let attempts: Int

  package init(sentence: String, cause: String, attempts: Int) {
    self.sentence = sentence
    self.cause = cause
    self.attempts = attempts
  }
}

extension FetchTarget {
  /// The sentence for a request that got no answer.
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
      return "the name \(name) cannot be resolved: check the URL, the DNS and any proxy"
    case .refused:
      return "nothing listens on \(place) (connection refused, or no route): is the service up?"
    case .timedOut(let limit):
      return "\(place) gave no whole answer within \(limit.inWords): is it overloaded, "
        + "or --timeout too short?"
    case .reset:
      return "\(place) closed the connection without an answer: is the service restarting?"
    case .truncated:
      return "the answer of \(place) broke off: did the service or a proxy before it restart?"
    case .tls(let text):
      return "no trusted connection to \(place) (\(text)): check its certificate; "
        + "a private CA belongs in the system's store"
    case .redirect(let status):
      return "the endpoint answers with a redirect (\(status)), which is not followed: "
        + "set the final URL"
    case .tooLarge(let limit):
      return "the answer is larger than \(byteCount(limit)): is this the metrics endpoint?"
    case .encoded(let name):
      return "the answer is compressed (\(name)) though plain was asked for: "
        + "turn compression off for this endpoint"
    case .notHTTP:
      return "what listens on \(place) does not speak HTTP: check the port and http or https"
    case .headersTooLarge:
      return "the answer has too many headers: is this the metrics endpoint?"
    case .headerRefused(let name):
      return "the value for the \(name) header has forbidden characters: check where it comes from"
    case .workerDied(let signal):
      return "the answer of \(place) is so malformed that it ends the HTTP worker "
        + "(signal \(signal)): check what listens there"
    case .displaced:
      return "another target's answer ended the HTTP worker, and no time was left: "
        + "give the run more by --deadline"
    case .workerUnavailable(let reason):
      return "the HTTP worker does not run (\(reason)): check the installation and its limits"
    case .cancelled:
      return "the fetch was cancelled: run again"
    case .other(let code, let text):
      return "the request to \(place) failed (\(text.isEmpty ? "" : "\(text), ")code \(code)): "
        + "check the URL and the network"
    }
  }

  /// The sentence for an answer that holds no snapshot, or nil when it holds a body to read.
  func sentence(for response: HTTPResponse) -> String? {
    switch response.status {
    case 200...299: failure(aboutBodyOf: response)
    case 401 where token == nil: "the endpoint asks for a token (401): set \(tokenVariable)"
    case 401: "the endpoint refuses the token (401): check \(tokenSource)"
    case 403: "the endpoint forbids access (403): check the rights of the token in \(tokenSource)"
    case 404: "there is nothing at \(address.path) (404): check the URL"
    case 407: "the proxy asks for credentials (407): check the proxy variables or no_proxy"
    case 410: "the endpoint is gone for good (410): check the URL"
    case 429: "the endpoint is asked too often (429): run less often or raise its limit"
    case 500...599: "the service fails (\(response.status)): look at its log"
    case let status: "the endpoint answers with status \(status): check the URL and the service"
    }
  }

  private var tokenSource: String { token?.source ?? tokenVariable }

  private func failure(aboutBodyOf response: HTTPResponse) -> String? {
    let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
    guard let first = response.body.first(where: { !blanks.contains($0) }) else {
      return "the endpoint answered with an empty body (\(response.status)): check the service"
    }
    let type = response.header("Content-Type")?.lowercased() ?? ""
    guard type.hasPrefix("text/html") || first == UInt8(ascii: "<") else { return nil }
    return "HTML came instead of JSON: is this a login page, or the wrong URL?"
  }
}
