package import Text

/// The wait before a retry.
package struct RetryPause: Sendable {
  /// A random duration from zero to the one given.
  package typealias Jitter = @Sendable (_ atMost: Duration) -> Duration

  let jitter: Jitter
  package let now: @Sendable () -> Instant

  package init(jitter: @escaping Jitter = RetryPause.random, now: @escaping @Sendable () -> Instant)
  {
    self.jitter = jitter
    self.now = now
  }

  static let random: Jitter = { .nanoseconds(Int64.random(in: 0...$0.wholeNanoseconds)) }

  /// The pause after attempt n (from 0): random up to min(10 s, 0.5 s · 2ⁿ), but at least what
  /// `Retry-After` asks for.
  package func pause(afterAttempt attempt: Int, retryAfter: String?) -> Duration {
    let asked = retryAfter.flatMap { Self.asked(by: $0, at: now()) } ?? .zero
    return pause(afterAttempt: attempt, atLeast: asked)
  }

  /// The same, with a known minimum.
  package func pause(afterAttempt attempt: Int, atLeast asked: Duration) -> Duration {
    let spread: Duration = min(.seconds(10), .milliseconds(500 << min(attempt, 5)))
    return max(jitter(spread), asked)
  }

  /// The wait of a `Retry-After` header: seconds, or the time until an HTTP date; nil if it is neither.
  package static func asked(by header: String, at now: Instant) -> Duration? {
    if let seconds = Double(header), seconds.isFinite, (0...1e9).contains(seconds) {
      return .milliseconds(Int64((seconds * 1_000).rounded(.up)))
    }
    return Instant(httpDate: header).map { max(.zero, $0 - now) }
  }
}

extension Instant {
  /// The date format of HTTP: `Sun, 06 Nov 1994 08:49:37 GMT`.
  init?(httpDate text: String) {
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let words = text.split(separator: " ")
    guard words.count == 6, words[0].last == ",", words[5] == "GMT" else { return nil }
    guard let month = months.firstIndex(where: { $0 == words[2] }) else { return nil }
    let digits = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    self.init(rfc3339: "\(words[3])-\(digits)-\(words[1])T\(words[4])Z")
  }
}

extension Duration {
  /// The whole nanoseconds in this duration; good for 292 years.
  var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
