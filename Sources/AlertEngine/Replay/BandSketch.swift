package import Text

/// What was the case from when to when, in bounded memory: the worst is never lost.
///
/// If there are too many bands, neighbours that are too short to be seen are merged, and the merged
/// band gets the worst of their kinds.
package struct BandSketch<Kind: Comparable & Hashable & Sendable>: Hashable, Sendable {
  package struct Band: Hashable, Sendable {
    package var kind: Kind
    package var from: Instant
    /// Not earlier than `from`; the start of the next band, or the end.
    package var to: Instant
    /// How many bands were merged into this one, including itself.
    package var count: Int

    package init(_ kind: Kind, from: Instant, to: Instant, count: Int = 1) {
      self.kind = kind
      self.from = from
      self.to = to
      self.count = count
    }

    fileprivate func isShorter(than duration: Duration) -> Bool { to - from < duration }
  }

  /// The maximum number of bands.
  let limit: Int
  /// In chronological order, without gaps between them.
  package private(set) var bands: [Band] = []

  package init(limit: Int = 4_096) {
    self.limit = max(32, limit)
  }

  /// Starts a band, not earlier than the last one.
  package mutating func append(_ kind: Kind, from instant: Instant) {
    guard let last = bands.last else { return bands.append(Band(kind, from: instant, to: instant)) }
    bands[bands.count - 1].to = instant
    guard last.kind != kind else { return }
    if last.to == last.from, last.from == instant {
      // The last band had no duration.
      bands.removeLast()
      return append(kind, from: instant)
    }
    bands.append(Band(kind, from: instant, to: instant))
    if bands.count > limit { merge() }
  }

  /// Extends the last band to an instant.
  package mutating func extend(to instant: Instant) {
    if !bands.isEmpty { bands[bands.count - 1].to = instant }
  }

  private mutating func merge() {
    guard let first = bands.first, let last = bands.last else { return }
    let shortest = (last.to - first.from) / (limit / 8)
    var merged: [Band] = []
    merged.reserveCapacity(limit)
    for band in bands.dropLast() {
      guard let before = merged.last,
        before.kind == band.kind
          || before.isShorter(than: shortest)
            && band.isShorter(than: shortest)
      else {
        merged.append(band)
        continue
      }
      merged[merged.count - 1] = Band(
        max(before.kind, band.kind), from: before.from, to: band.to,
        count: before.count + band.count)
    }
    // The last band is still growing.
    bands = merged + [last]
  }
}
