internal import JSON
internal import Text

/// The values of one document from `/ops/metrics` at the paths of the rules.
package struct Snapshot: Sendable {
  let extraction: Extraction
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
  /// The instant of a timestamp in a snapshot.
  ///
  /// A string must be RFC 3339; a number is seconds since 1970, or milliseconds if it is above
  /// 1e11.
  var asInstant: Instant? {
    switch self {
    case .string(let text): return Instant(rfc3339: text)
    case .number(let number):
      let milliseconds = number > 1e11 ? number : number * 1_000
      guard milliseconds.magnitude <= 1e15 else { return nil }
      let rounded = Int64(milliseconds.rounded())
      return Instant.writable.contains(rounded) ? Instant(milliseconds: rounded) : nil
    case .bool: return nil
    }
  }
}
