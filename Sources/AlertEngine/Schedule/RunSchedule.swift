package import Text

/// When a target is sampled, once in each run.
package enum RunSchedule: Hashable, Sendable {
  /// Forever, with this time between two runs, above zero.
  case every(Duration)
  /// At these times, each later than the one before.
  case runs([Instant])

  /// The time between two runs, or the median of the times between them; `nil` for fewer than two.
  package var cadence: Duration? {
    switch self {
    case .every(let interval): interval
    case .runs: gaps.isEmpty ? nil : gaps.sorted()[(gaps.count - 1) / 2]
    }
  }

  /// The longest time between two runs; `nil` for fewer than two.
  package var longestGap: Duration? {
    switch self {
    case .every(let interval): interval
    case .runs: gaps.max()
    }
  }

  private var gaps: [Duration] {
    switch self {
    case .every: []
    case .runs(let times): zip(times.dropFirst(), times).map { $0 - $1 }
    }
  }
}
