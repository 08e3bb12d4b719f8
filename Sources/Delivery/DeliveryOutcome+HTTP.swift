package import AlertEngine
package import HTTP
package import Text

extension DeliveryOutcome {
  /// What a request without an answer means for its message.
  package init(_ failure: HTTPFailure) {
    func transient(arrived: Bool, unreachable: Bool = false) -> DeliveryOutcome {
      .transient(
        TransientFailure(
          reason: failure.description, mayHaveArrived: arrived, isUnreachable: unreachable))
    }
    switch failure {
    case .nameNotResolved, .refused: self = transient(arrived: false, unreachable: true)
    case .timedOut, .reset, .truncated, .workerDied, .displaced: self = transient(arrived: true)
    case .notHTTP, .tooLarge, .encoded, .headersTooLarge, .other: self = transient(arrived: true)
    case .workerUnavailable, .cancelled: self = transient(arrived: false)
    case .tls, .redirect, .headerRefused: self = .broken(reason: failure.description)
    }
  }

  /// What an answer means for its message, by its status alone.
  ///
  /// - Parameters:
  ///   - response: the whole answer.
  ///   - now: when it came, for a `Retry-After` that is a date.
  package init(status response: HTTPResponse, at now: Instant) {
    let reason = response.reason
    switch response.status {
    case 200...299: self = .delivered(reference: nil)
    case 400, 413, 422: self = .poison(reason: reason)
    case 408, 425, 429, 500...599:
      // Behind a gateway that gave up, the service may have got it.
      let mayHaveArrived = [500, 502, 504].contains(response.status)
      self = .transient(
        TransientFailure(
          reason: reason, retryAfter: response.retryAfter(at: now), mayHaveArrived: mayHaveArrived))
    // 401, 403, 404, 410, redirects, and whatever else is not about this message.
    default: self = .broken(reason: reason)
    }
  }
}

extension HTTPResponse {
  /// The most bytes of an answer that a reason quotes.
  static let quotedBytes = 256

  /// The status and what the body begins with, safe to show once secrets are redacted.
  package var reason: String {
    let text = String(decoding: body.prefix(Self.quotedBytes), as: UTF8.self)
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let quote = text.isEmpty ? "" : ": \(printable(text, limit: Self.quotedBytes))"
    return "status \(status)\(quote)"
  }

  /// What the `Retry-After` header asks for: seconds, or the time until a date.
  package func retryAfter(at now: Instant) -> Duration? {
    header("Retry-After").flatMap { RetryPause.asked(by: $0, at: now) }
  }
}
