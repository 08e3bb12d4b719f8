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

  /// The longest wait that a server can ask for.
  static let longestAsked = Duration.seconds(3_600)

  /// The wait of a `Retry-After` header: seconds, or the time until an HTTP date, but an hour at most;
  /// nil if it is neither.
  package static func asked(by header: String, at now: Instant) -> Duration? {
    let isNumber = header.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
    if isNumber, let seconds = Double(header) {
      return .milliseconds(Int64((min(seconds, 3_600) * 1_000).rounded(.up)))
    }
    return Instant(httpDate: header).map { min(max(.zero, $0 - now), longestAsked) }
  }
}

extension Instant {
  /// The date formats of HTTP: `Sun, 06 Nov 1994 08:49:37 GMT`, and the two that it asks to read:
  /// `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
  init?(httpDate text: String) {
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    var words = text.split { $0 == " " || $0 == "-" }.map(String.init)
    if words.count == 5 {
      words = [words[0] + ",", words[2], words[1], words[4], words[3], "GMT"]
    }
    guard words.count == 6, words[0].last == ",", words[5] == "GMT" else { return nil }
    guard let month = months.firstIndex(where: { $0 == words[2] }) else { return nil }
    let digits: (String) -> String = { $0.count == 1 ? "0\($0)" : $0 }
    // Two digits are a year from 1970 to 2069.
    let year = words[3].count == 2 ? (words[3] < "70" ? "20" : "19") + words[3] : words[3]
    self.init(rfc3339: "\(year)-\(digits("\(month + 1)"))-\(digits(words[1]))T\(words[4])Z")
  }
}

extension Duration {
  /// The whole nanoseconds in this duration; good for 292 years.
  var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
