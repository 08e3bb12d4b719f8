/// The buckets of a classic histogram of Prometheus.
struct Histogram {
  /// The upper bound of a bucket, and how many observations are at or below it.
  struct Bucket {
    var bound: Double
    var count: Double
  }

  /// In the order of their bounds, which differ; the counts never fall.
  private let buckets: [Bucket]

  /// - Parameter counts: the count for each bound, in any order.
  init(_ counts: [Double: Double]) {
    var most = 0.0
    buckets = counts.sorted { $0.key < $1.key }.map { bound, count in
      most = max(most, count)
      return Bucket(bound: bound, count: most)
    }
  }

  /// How many observations there are: the count of the bucket `+Inf`; `nil` without it.
  var observations: Double? {
    guard let last = buckets.last, last.bound == .infinity else { return nil }
    return last.count
  }

  /// A quantile, interpolated within its bucket as Prometheus does.
  ///
  /// - Parameter quantile: from 0 to 1.
  /// - Returns: `nil` without observations, or with fewer than two buckets.
  func value(at quantile: Double) -> Double? {
    guard let observations, observations > 0, buckets.count > 1 else { return nil }
    let rank = quantile * observations
    let index = buckets.dropLast().firstIndex { $0.count >= rank } ?? buckets.count - 1
    guard index < buckets.count - 1 else { return buckets[index - 1].bound }
    let bucket = buckets[index]
    guard index > 0 else {
      return bucket.bound <= 0 ? bucket.bound : bucket.bound * (rank / bucket.count)
    }
    let before = buckets[index - 1]
    let share = (rank - before.count) / (bucket.count - before.count)
    return before.bound + (bucket.bound - before.bound) * share
  }
}
