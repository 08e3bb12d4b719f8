internal import JSON

/// What a service publishes at one path, sample by sample.
struct SampleSeries: Hashable, Sendable {
  /// The most samples that a test may have.
  static let mostSamples = 100_000
  static let mostInTest = 1_000
  /// The most samples of all series of a test together.
  static let mostValues = 2_000_000

  /// What is at the path in one sample.
  enum Cell: Hashable, Sendable {
    case scalar(Scalar)
    case null
    /// There is nothing at the path.
    case missing
    /// There is no snapshot at this time.
    case down
  }

  /// A run of equal or evenly spaced samples.
  struct Run: Hashable {
    var first: Cell
    /// The difference between one sample and the next; 0 if they are not numbers.
    var step = 0.0
    var count: Int

    /// The sample at an index that is less than `count`.
    subscript(index: Int) -> Cell {
      guard step != 0, case .scalar(.number(let number)) = first else { return first }
      return .scalar(.number(number + step * Double(index)))
    }
  }

  let runs: [Run]
  /// How many samples there are; meaningless for a single held sample.
  let count: Int
  /// Whether one sample is held for the whole test.
  let holds: Bool

  /// Iterates over the samples; a held sample repeats endlessly.
  struct Cursor {
    private let series: SampleSeries
    private var run = 0
    private var index = 0

    init(_ series: SampleSeries) { self.series = series }

    /// The next sample; `missing` after the last one.
    mutating func next() -> Cell {
      guard run < series.runs.count else { return .missing }
      let cell = series.runs[run][index]
      guard !series.holds else { return cell }
      index += 1
      if index == series.runs[run].count { (run, index) = (run + 1, 0) }
      return cell
    }
  }
}
