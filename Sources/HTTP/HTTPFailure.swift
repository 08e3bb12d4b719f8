internal import Text

/// Why a request got no answer, one case a cause.
///
/// Its words are this program's own: they hold neither URL nor token, whatever the system said.
package enum HTTPFailure: Error, Hashable, Codable {
  /// The host's name (or the proxy's) has no address.
  case nameNotResolved
  /// The connection was refused, or there is no way to the host.
  case refused
  case timedOut(after: Duration)
  /// The connection was closed before a response was there.
  case reset
  /// The connection was closed inside the body.
  case truncated
  case tls(String)
  case redirect(status: Int)
  case tooLarge(limit: Int)
  /// The body is compressed though plain was asked for; unpacking it could take all memory.
  case encoded(String)
  case notHTTP
  case headersTooLarge
  /// A header of the request has a value that HTTP does not allow.
  case headerRefused(name: String)
  /// The answer ended the worker, and a second worker that had no other request.
  case workerDied(signal: Int32)
  /// The worker was ended because of another request, and no time was left to ask again.
  case displaced
  case workerUnavailable(String)
  case cancelled
  /// Anything else: the system's code for it, and its text where that is harmless.
  case other(code: Int, text: String)

  /// Whether the head of the answer may have been whole.
  var isAboutTheBody: Bool {
    switch self {
    case .timedOut, .truncated, .tooLarge, .encoded: true
    case .nameNotResolved, .refused, .reset, .tls, .redirect, .notHTTP, .headersTooLarge: false
    case .headerRefused, .workerDied, .displaced, .workerUnavailable, .cancelled, .other: false
    }
  }

  /// Whether the same request may well succeed a little later.
  package var isTransient: Bool {
    switch self {
    case .nameNotResolved, .refused, .timedOut, .reset, .truncated, .workerDied, .displaced: true
    case .tls, .redirect, .tooLarge, .encoded, .notHTTP, .headersTooLarge, .headerRefused: false
    case .workerUnavailable, .cancelled, .other: false
    }
  }
}

extension HTTPFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .nameNotResolved: "the host name cannot be resolved"
    case .refused: "the connection was refused"
    case .timedOut(let limit): "no whole answer came within \(limit.inWords)"
    case .reset: "the connection was closed before a response came"
    case .truncated: "the response broke off before its end"
    case .tls(let text): "TLS failed (\(text))"
    case .redirect(let status): "the answer is a redirect (\(status)), which is not followed"
    case .tooLarge(let limit): "the response is larger than \(byteCount(limit))"
    case .encoded(let name): "the response is compressed (\(name)) though plain was asked for"
    case .notHTTP: "the answer is not HTTP"
    case .headersTooLarge: "the response has too many headers"
    case .headerRefused(let name): "the value for the \(name) header holds forbidden characters"
    case .workerDied(let signal): "the response ended the HTTP worker (signal \(signal))"
    case .displaced: "another request ended the HTTP worker, and no time was left"
    case .workerUnavailable(let reason): "the HTTP worker is not available (\(reason))"
    case .cancelled: "the request was cancelled"
    case .other(let code, let text):
      "the request failed (\(text.isEmpty ? "code \(code)" : "\(text), code \(code)"))"
    }
  }
}

/// A number of bytes as people say it: `16 MiB`, `512 bytes`.
package func byteCount(_ count: Int) -> String {
  let mebibyte = 1 << 20
  return count >= mebibyte && count % mebibyte == 0 ? "\(count / mebibyte) MiB" : "\(count) bytes"
}

extension Duration {
  /// As people write limits: `10 s`, `0.5 s`, `50 ms`.
  package var inWords: String {
    guard wholeMilliseconds >= 100 else { return "\(wholeMilliseconds) ms" }
    let tenths = wholeMilliseconds / 100
    return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  }
}
