internal import AlertEngine
internal import Text

/// A series as a line of few points: each column of the picture keeps its first, lowest, highest
/// and last number, so that no peak is lost.
struct PlotLine {
  typealias Point = SeriesSketch.Point

  /// How fine the line is drawn, across and up.
  static let width = 5_000.0
  static let height = 1_000.0

  /// Runs of points without a break in the evidence; each has at least one.
  let pieces: [[Point]]

  /// - Parameters:
  ///   - points: in time order.
  ///   - sight: the line is broken where there was no sample or no evidence.
  ///   - time: the picture's width.
  ///   - columns: how many there are, at least 1.
  init(
    _ points: [Point], sight: [BandSketch<AlertPicture.Sight>.Band], time: TimeScale, columns: Int
  ) {
    var pieces: [[Point]] = []
    var piece: [Point] = []
    var bands = sight[...]
    for point in points {
      if let last = piece.last {
        bands = bands.drop { $0.to <= last.at }
        if Self.isTorn(by: bands, from: last.at, to: point.at) {
          pieces.append(piece)
          piece = []
        }
      }
      piece.append(point)
    }
    if !piece.isEmpty { pieces.append(piece) }
    self.pieces = pieces.map { Self.thinned($0, time, columns) }
  }

  /// Whether the evidence was interrupted between two numbers.
  private static func isTorn(
    by bands: ArraySlice<BandSketch<AlertPicture.Sight>.Band>, from: Instant, to: Instant
  ) -> Bool {
    for band in bands {
      guard band.from < to else { return false }
      switch band.kind {
      case .seen: continue
      // An observation without evidence may still have a number: then the band begins with it.
      case .missing, .unknown: if band.from > from { return true }
      case .gap: if band.to > from { return true }
      }
    }
    return false
  }

  private static func thinned(_ points: [Point], _ time: TimeScale, _ columns: Int) -> [Point] {
    guard points.count > 4 else { return points }
    var thinned: [Point] = []
    var rest = points[...]
    while let first = rest.first {
      let column = Self.column(of: first, time, columns)
      let group = rest.prefix { Self.column(of: $0, time, columns) == column }
      rest = rest.dropFirst(group.count)
      guard group.count > 4, let last = group.last,
        let lowest = group.min(by: { $0.value < $1.value }),
        let highest = group.max(by: { $0.value < $1.value })
      else {
        thinned += group
        continue
      }
      let inner = [lowest, highest].sorted { $0.at < $1.at }
      for point in [first] + inner + [last] where thinned.last != point { thinned.append(point) }
    }
    return thinned
  }

  private static func column(of point: Point, _ time: TimeScale, _ columns: Int) -> Int {
    min(columns - 1, Int(time.share(of: point.at) * Double(columns)))
  }

  /// A step at least this long has far fewer samples than usual; `nil` if no step is usual.
  private var longStep: Duration? {
    let lengths = pieces.flatMap { piece in
      zip(piece, piece.dropFirst()).map { $1.at - $0.at }
    }.sorted()
    return lengths.count < 8 ? nil : lengths[lengths.count * 3 / 4] * 5
  }

  /// The line as the data of two paths: the usual steps, and the long ones.
  func paths(_ time: TimeScale, _ values: ValueScale) -> (line: String, bridges: String) {
    var (line, bridges) = ("", "")
    let longStep = longStep
    for piece in pieces {
      var last: (point: Point, x: Int, y: Int)?
      for point in piece {
        let x = Int((time.share(of: point.at) * Self.width).rounded())
        let y = Int(((1 - values.share(of: point.value)) * Self.height).rounded())
        if let last, longStep.map({ point.at - last.point.at <= $0 }) ?? true {
          let (right, down) = (x - last.x, y - last.y)
          line += down < 0 ? "l\(right)\(down)" : "l\(right) \(down)"
        } else {
          if let last { bridges += "M\(last.x) \(last.y)L\(x) \(y)" }
          // A line of no length shows its round ends.
          line += "M\(x) \(y)h0"
        }
        last = (point, x, y)
      }
    }
    return (line, bridges)
  }
}
