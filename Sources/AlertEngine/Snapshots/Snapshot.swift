internal import JSON
internal import Text

/// The values of one document from `/ops/metrics` at the paths of the rules.
package struct Snapshot: Sendable {
  let extraction: Extraction
  /// The response that carried it.
  var response = ResponseFacts()
}

/// What a run fetched from a target.
package enum Reading: Sendable {
  case snapshot(Snapshot)
  /// There was no snapshot: the connection, a timeout, the status, the size or the JSON was the
  /// problem. The cause is one sentence that says what to do.
  case unreachable(cause: String)
  /// The run ended before this target was attempted.
  case notAttempted
}

extension Scalar {
  /// The instant of a timestamp that names its zone.
  var asInstant: Instant? {
    guard case .time(let instant) = time() else { return nil }
    return instant
  }

  /// The time that this is.
  ///
  /// - Parameters:
  ///   - zone: the zone of a text that names none.
  ///   - parse: how a text holds a number, which is then the time since 1970.
  /// - Returns: the time, or why there is none.
  func time(in zone: TimeOffset? = nil, parse: ValueParse? = nil) -> TimeReading {
    switch self {
    case .string(let text):
      guard let parse else { return TimeReading(text, zone: zone) }
      return parse.value(of: text).map(TimeReading.init(epoch:)) ?? .notATime
    case .number(let number): return TimeReading(epoch: number)
    case .bool: return .notATime
    }
  }
}
