internal import JSON
internal import Text

extension Scalar {
  /// The time that this is.
  ///
  /// - Parameter zone: the zone of a text that names none.
  /// - Returns: the time, or why there is none.
  func time(in zone: TimeOffset? = nil) -> TimeReading {
    switch self {
    case .string(let text): TimeReading(text, zone: zone)
    case .number(let number): TimeReading(epoch: number)
    case .bool: .notATime
    }
  }
}
