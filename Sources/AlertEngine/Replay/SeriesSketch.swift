package import Text

/// A series of numbers in bounded memory: however long it is, no peak is lost.
///
/// Time is divided into buckets of equal width; if there are too many, neighbours are merged and
/// the width doubles. Each bucket keeps its lowest and its highest number with their exact times. A
/// series with at most half as many samples as the limit is kept in full, unless its samples are
/// very uneven.
package struct SeriesSketch: Hashable, Sendable {
  /// A number and when it was seen.
  package struct Point: Hashable, Sendable {
    package var at: Instant
    package var value: Double

    package init(at: Instant, value: Double) {
      self.at = at
      self.value = value
    }
  }

  /// The points within one width of time.
  struct Bucket: Hashable, Sendable {
    /// The number of widths between the beginning and this bucket.
    fileprivate var index: Int64
    fileprivate(set) var first: Point
    fileprivate(set) var lowest: Point
    fileprivate(set) var highest: Point
    fileprivate(set) var last: Point
    fileprivate(set) var count: Int

    /// Its points in chronological order, without duplicates: at most four.
    var points: [Point] {
      var points: [Point] = []
      for point in [first] + [lowest, highest].sorted(by: { $0.at < $1.at }) + [last]
      where points.last != point { points.append(point) }
      return points
    }
  }

  /// The maximum number of buckets.
  let limit: Int
  private(set) var buckets: [Bucket] = []
  private var start: Instant?
  /// In milliseconds.
  private var width: Int64 = 1
  /// The end of the last bucket, exclusive, in milliseconds.
  private var end: Int64 = .min

  init(limit: Int = 1_024) {
    self.limit = max(2, limit)
  }

  /// Whether every number is among the points.
  package var isWhole: Bool { buckets.allSatisfy { $0.count == $0.points.count } }

  /// All points in chronological order.
  package var points: [Point] { buckets.flatMap(\.points) }

  /// Adds a number, which must not be earlier than the previous one.
  mutating func append(_ value: Double, at instant: Instant) {
    let point = Point(at: instant, value: value)
    if instant.milliseconds < end {
      buckets[buckets.count - 1].add(point)
      return
    }
    let start = start ?? instant
    self.start = start
    var index = (instant.milliseconds - start.milliseconds) / width
    while buckets.count >= limit {
      halve()
      index = (instant.milliseconds - start.milliseconds) / width
    }
    if let last = buckets.last, last.index == index {
      buckets[buckets.count - 1].add(point)
    } else {
      buckets.append(
        Bucket(
          index: index, first: point, lowest: point, highest: point, last: point, count: 1))
    }
    end = start.milliseconds + (index + 1) * width
  }

  /// Doubles the width, and merges the buckets that now coincide.
  private mutating func halve() {
    width *= 2
    var merged: [Bucket] = []
    merged.reserveCapacity(limit)
    for var bucket in buckets {
      bucket.index /= 2
      if let last = merged.last, last.index == bucket.index {
        merged[merged.count - 1].add(bucket)
      } else {
        merged.append(bucket)
      }
    }
    buckets = merged
  }
}

extension SeriesSketch.Bucket {
  fileprivate mutating func add(_ point: SeriesSketch.Point) {
    if point.value < lowest.value { lowest = point }
    if point.value > highest.value { highest = point }
    last = point
    count += 1
  }

  fileprivate mutating func add(_ later: Self) {
    if later.lowest.value < lowest.value { lowest = later.lowest }
    if later.highest.value > highest.value { highest = later.highest }
    last = later.last
    count += later.count
  }
}
