internal import JSON

/// What a service publishes at one path, sample by sample.
struct SampleSeries: Hashable, Sendable {
  /// More samples than this a test may not have.
  static let mostSamples = 100_000
  static let mostInTest = 1_000
  /// The most samples of all series of a test together.
  static let mostValues = 2_000_000

  /// What one sample has at the path.
  enum Cell: Hashable, Sendable {
    case scalar(Scalar)
    case null
    /// There is nothing at the path.
    case missing
    /// There is no snapshot at all at this time.
    case down
  }

  /// Like samples one after the other.
  struct Run: Hashable {
    var first: Cell
    /// What each sample is more than the one before; 0 for what is no number.
    var step = 0.0
    var count: Int

    /// The sample at an index that is less than `count`.
    subscript(index: Int) -> Cell {
      guard step != 0, case .scalar(.number(let number)) = first else { return first }
      return .scalar(.number(number + step * Double(index)))
    }
  }

  let runs: [Run]
  /// How many samples there are; meaningless where the one there is holds.
  let count: Int
  /// One sample that holds for the whole test.
  let holds: Bool

  /// Goes through the samples, without end where the one there is holds.
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
