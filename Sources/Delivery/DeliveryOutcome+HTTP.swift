internal import AlertEngine
internal import HTTP
internal import Text

extension DeliveryOutcome {
  /// The outcome of a request that got no response.
  init(_ failure: HTTPFailure) {
    func transient(arrived: Bool, unreachable: Bool = false) -> DeliveryOutcome {
      .transient(
        TransientFailure(
          reason: .noResponse(failure.description), mayHaveArrived: arrived,
          isUnreachable: unreachable))
    }
    switch failure {
    case .nameNotResolved, .refused, .proxy: self = transient(arrived: false, unreachable: true)
    case .timedOut, .reset, .truncated, .http2, .displaced, .other: self = transient(arrived: true)
    case .notHTTP, .unreadableHead, .tooLarge, .encoded, .headersTooLarge, .workerDied:
      self = .unconfirmed(reason: .noResponse(failure.description))
    case .workerUnavailable, .cancelled: self = transient(arrived: false)
    // The server hung up during the handshake.
    case .tls where failure.isTransient: self = transient(arrived: true)
    case .tls, .redirect, .headerRefused: self = .broken(reason: .noResponse(failure.description))
    }
  }

  /// The outcome by a response's status alone.
  ///
  /// - Parameters:
  ///   - response: the whole response.
  ///   - now: when it arrived, for a `Retry-After` that is a date.
  init(status response: HTTPResponse, at now: Instant) {
    let reason = response.reason
    switch response.status {
    case 200...299: self = .delivered(reference: nil)
    case 400, 413, 422: self = .poison(reason: reason)
    case 408, 425, 429, 500...599:
      // The service behind a gateway that gave up may have received it.
      let mayHaveArrived = [500, 502, 504].contains(response.status)
      self = .transient(
        TransientFailure(
          reason: reason, retryAfter: response.retryAfter(at: now), mayHaveArrived: mayHaveArrived))
    // 401, 403, 404, 410, redirects, and anything else that is not about this message.
    default: self = .broken(reason: reason)
    }
  }
}

extension HTTPResponse {
  /// The most bytes of a response that are quoted.
  static let quotedBytes = 256

  /// The beginning of the body, as untrusted text.
  var text: String { String(decoding: body.prefix(4_096), as: UTF8.self) }

  /// Whether the body is an HTML page, whatever its type.
  var isWebPage: Bool {
    let begin = text.lowercased().drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    return begin.hasPrefix("<!doctype html") || begin.hasPrefix("<html")
  }

  /// The status and the beginning of the body, safe to show once secrets are redacted.
  var reason: DeliveryFailure { .status(status, quote: quote) }

  /// The same for a success that did not come from the service; `missing` is what the service's own
  /// response would have.
  func lacking(_ missing: String) -> DeliveryFailure {
    .notTheService(status: status, quote: quote, missing: missing)
  }

  /// The words of the body; of a web page, its title.
  private var quote: String {
    let title = isWebPage ? text.firstMatch(of: /<title[^>]*>([^<]*)/.ignoresCase())?.1 : nil
    let text = title ?? text[...]
    let words = String(decoding: text.utf8.prefix(Self.quotedBytes), as: UTF8.self)
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard isWebPage else { return printable(words, limit: Self.quotedBytes) }
    return title == nil || words.isEmpty ? "a web page" : "a web page, \(words.quoted)"
  }

  /// The `Retry-After` header's seconds, or the time until its date.
  func retryAfter(at now: Instant) -> Duration? {
    header("Retry-After").flatMap { RetryPause.asked(by: $0, at: now) }
  }
}
