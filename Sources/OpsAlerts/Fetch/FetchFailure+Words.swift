internal import AlertEngine
internal import HTTP

extension FetchFailure {
  /// One sentence with the cause and what to do; it holds no secret, and names the endpoint if there
  /// is one.
  var sentence: String {
    if case .noResponse(.proxy) = reason { return reasonWords }
    return reasonWords + (proxyVariable.map { " (through the proxy in \($0))" } ?? "")
  }

  private var host: String { endpoint?.host ?? "…" }
  private var place: String { endpoint.map { "\($0.host):\($0.port)" } ?? "…" }

  private var reasonWords: String {
    switch reason {
    case .noResponse(let failure): words(for: failure)
    case .tokenRequired(let variable): "the endpoint requires a token (401): set \(variable)"
    case .loginRequired:
      "the endpoint requires a user and a password (401): see basic_auth_env of targets, or "
        + "--basic-auth-env"
    case .rejected(let sent, let needsLogin):
      "the endpoint rejects \(listing(sent.nouns)) (401): check \(listing(sent.sources))"
        + (needsLogin
          ? "; it asks for a user and a password, see basic_auth_env or --basic-auth-env" : "")
    case .accessDenied(let sent):
      "the endpoint denies access (403): check the permissions of \(listing(sent.nouns)) in "
        + listing(sent.sources)
    case .notFound(let path): "nothing found at \(path) (404): check the URL"
    case .proxyCredentialsRequired:
      "the proxy requires credentials (407): check the proxy variables or no_proxy"
    case .permanentlyGone: "the endpoint is permanently gone (410): check the URL"
    case .rateLimited:
      "the endpoint is rate-limited (429): run less often, or raise the endpoint's limit"
    case .serverError(let status): "the service returned an error (\(status)): check its log"
    case .unexpectedStatus(let status):
      "the endpoint returned status \(status): check the URL and the service"
    case .emptyBody(let status): "the response is empty (\(status)): check the service"
    case .html(let status, let format):
      "the response\(status.asRemark) is HTML instead of \(format.noun): is this a login page, or "
        + "the wrong URL?"
    }
  }

  private func words(for failure: HTTPFailure) -> String {
    switch failure {
    case .nameNotResolved: "cannot resolve \(host): check the URL and DNS"
    case .proxy(let failure): failure.words(host: host)
    case .refused:
      "cannot connect to \(place) (connection refused, or no route): is the service up?"
    case .timedOut(let limit):
      "\(place) sent no complete response within \(limit.inWords): is it overloaded, "
        + "or is --timeout too short?"
    case .reset:
      "\(place) closed the connection without a response: is the service restarting?"
    case .truncated:
      "the response from \(place) ended early: did the service or a proxy restart?"
    case .tls(let text) where HTTPFailure.tls(text).mayBePlainHTTP:
      "\(place) does not speak TLS (\(text)): is this plain http?"
    case .tls(let text):
      "the TLS connection to \(place) failed (\(text)): \(advice(onTLS: text))"
    case .http2(let text):
      "the HTTP/2 connection to \(place) failed (\(text)): check the service, and any proxy in front "
        + "of it"
    case .redirect(let status):
      "the endpoint redirects (\(status)), and redirects are not followed: use the final URL"
    case .tooLarge(let limit):
      "the response is larger than \(byteCount(limit)): is this the metrics endpoint?"
    case .encoded(let name):
      "the response is encoded (\(name)), which was not requested: "
        + "turn compression off for this endpoint"
    case .notHTTP:
      "\(place) does not speak HTTP: check the port, and http or https in the URL"
    case .unreadableHead:
      "\(failure.description): \(place) must send UTF-8, CRLF at the end of each line, and a "
        + "space after the status and after each colon"
    case .headersTooLarge:
      "the response has too many headers: is this the metrics endpoint?"
    case .headerRefused(let name):
      "the value of the \(name) header has invalid characters: check its source"
    case .workerDied(let signal):
      "a malformed response from \(place) crashed the HTTP worker (signal \(signal)): "
        + "check what is listening there"
    case .displaced:
      "another target's response crashed the HTTP worker, and no time was left to retry: "
        + "raise --deadline"
    case .workerUnavailable(let reason):
      "cannot run the HTTP worker (\(reason)): check the installation and its limits"
    case .cancelled:
      "the fetch was cancelled: run again"
    case .other(let code, let text):
      "the request to \(place) failed (\(text.isEmpty ? "" : "\(text), ")code \(code)): "
        + "check the URL and the network"
    }
  }
}

/// What to do about a TLS connection that failed, by the system's words for it.
private func advice(onTLS text: String) -> String {
  let words = text.lowercased()
  return if words.contains("certificate required") {
    "it requires a client certificate, which cannot be sent; use an address that does not"
  } else if ["protocol version", "unsupported protocol", "legacy sigalg"].contains(
    where: words.contains)
  {
    "it must offer TLS 1.2 or newer"
  } else if ["certificate", "subject name"].contains(where: words.contains) {
    "check its certificate; if it has a private CA, add that to the system's trust store"
  } else {
    "check the TLS settings of the service"
  }
}

extension SnapshotFormat {
  /// What a body of this format is, in a sentence.
  var noun: String {
    switch self {
    case .json: "JSON"
    case .prometheus: "Prometheus text"
    case .none: "anything"
    }
  }
}

extension Int {
  /// A status as a remark on its response, unless it means success: ` (503)`.
  var asRemark: String { (200...299).contains(self) ? "" : " (\(self))" }
}
