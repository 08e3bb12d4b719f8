internal import Text

/// Why a request has no response, one case per cause.
///
/// Its description is this program's own and contains neither the URL nor the token.
package enum HTTPFailure: Error, Hashable, Codable {
  /// The host's name has no address.
  case nameNotResolved
  /// The connection was refused, or there is no route to the host.
  case refused
  /// The same of the proxy, which is all that a request through it connects to.
  case proxy(ProxyFailure)
  case timedOut(after: Duration)
  /// The connection was closed before a response.
  case reset
  /// The connection was closed in the middle of the body.
  case truncated
  case tls(String)
  /// The server broke the rules of HTTP/2, or ended the stream or the connection by them.
  case http2(String)
  case redirect(status: Int)
  case tooLarge(limit: Int)
  /// The body is encoded although that was not requested; decompressing it could exhaust memory.
  case encoded(String)
  case notHTTP
  /// The status line or a header cannot be read, so that even the status is unknown; `detail` is
  /// libcurl's word for it, if it has one.
  case unreadableHead(detail: String)
  case headersTooLarge
  /// A request header has an invalid value.
  case headerRefused(name: String)
  /// The response crashed a worker that had no other requests.
  case workerDied(signal: Int32)
  /// The worker was ended because of another request, and no time was left to retry.
  case displaced
  case workerUnavailable(String)
  case cancelled
  /// Anything else: the system's code, and its text if that is harmless.
  case other(code: Int, text: String)

  /// Whether the head of the response may have been complete.
  var isAboutTheBody: Bool {
    switch self {
    case .timedOut, .truncated, .tooLarge, .encoded, .headersTooLarge: true
    case .nameNotResolved, .refused, .proxy, .reset, .tls, .http2: false
    case .redirect, .notHTTP, .unreadableHead: false
    case .headerRefused, .workerDied, .displaced, .workerUnavailable, .cancelled, .other: false
    }
  }

  /// Whether the server may have answered a TLS handshake as plain http does: with text, or by
  /// hanging up.
  package var mayBePlainHTTP: Bool {
    guard case .tls(let text) = self else { return false }
    return ["wrong version number", Self.endOfHandshake, "http request"].contains(
      where: text.contains)
  }

  /// What OpenSSL says of a server that hangs up during the handshake, as a restarting one does.
  private static let endOfHandshake = "SSL_ERROR_SYSCALL"

  /// Whether a retry may succeed.
  package var isTransient: Bool {
    switch self {
    case .nameNotResolved, .refused, .proxy: true
    case .timedOut, .reset, .truncated, .http2, .workerDied, .displaced: true
    case .tls(let text): text.contains(Self.endOfHandshake)
    case .redirect, .tooLarge, .encoded, .notHTTP, .unreadableHead, .headersTooLarge: false
    case .headerRefused: false
    case .workerUnavailable, .cancelled, .other: false
    }
  }
}

extension HTTPFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .nameNotResolved: "the host name cannot be resolved"
    case .refused: "the connection was refused"
    case .proxy(let failure): failure.words(host: "the host")
    case .timedOut(let limit): "no complete response within \(limit.inWords)"
    case .reset: "the connection was closed before a response"
    case .truncated: "the response ended early"
    case .tls(let text):
      "TLS failed (\(text))" + (mayBePlainHTTP ? ": is this plain http?" : "")
    case .http2(let text): "HTTP/2 failed (\(text))"
    case .redirect(let status): "the response is a redirect (\(status)), which is not followed"
    case .tooLarge(let limit): "the response is larger than \(byteCount(limit))"
    case .encoded(let name): "the response is encoded (\(name)), which was not requested"
    case .notHTTP: "the response is not HTTP"
    case .unreadableHead(let detail):
      "the response's headers cannot be parsed" + (detail.isEmpty ? "" : " (\(detail))")
    case .headersTooLarge: "the response has too many headers"
    case .headerRefused(let name): "the value of the \(name) header has invalid characters"
    case .workerDied(let signal): "the response crashed the HTTP worker (signal \(signal))"
    case .displaced: "another request ended the HTTP worker, and no time was left to retry"
    case .workerUnavailable(let reason): "the HTTP worker is not available (\(reason))"
    case .cancelled: "the request was cancelled"
    case .other(let code, let text):
      "the request failed (\(text.isEmpty ? "code \(code)" : "\(text), code \(code)"))"
    }
  }
}

/// A size in words: `16 MiB`, `512 bytes`.
package func byteCount(_ count: Int) -> String {
  let mebibyte = 1 << 20
  return count >= mebibyte && count % mebibyte == 0 ? "\(count / mebibyte) MiB" : "\(count) bytes"
}

extension Duration {
  /// A time limit in words: `10 s`, `0.5 s`, `50 ms`.
  package var inWords: String {
    guard wholeMilliseconds >= 100 else { return "\(wholeMilliseconds) ms" }
    let tenths = wholeMilliseconds / 100
    return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  }
}
