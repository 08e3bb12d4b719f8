internal import AlertEngine
internal import Text

/// Bands at the resolution of a picture: those too short to tell apart are merged into the worst of
/// them.
struct PageBands<Kind: Comparable & Hashable & Sendable> {
  /// Neither overlapping nor more than a few for each column.
  private(set) var bands: [BandSketch<Kind>.Band] = []

  /// Merges the bands of a sketch, and leaves out the plain ones.
  ///
  /// - Parameters:
  ///   - sketched: in time order.
  ///   - plain: the kind that is not drawn.
  ///   - column: the time that one column spans; shorter bands cannot be told apart.
  init(_ sketched: [BandSketch<Kind>.Band], without plain: Kind, column: Duration) {
    for band in sketched where band.kind > plain {
      guard let last = bands.last, band.from - last.to < column else {
        bands.append(band)
        continue
      }
      let areShort = last.to - last.from < column && band.to - band.from < column
      guard areShort || last.kind == band.kind else {
        bands.append(band)
        continue
      }
      bands[bands.count - 1] = .init(
        max(last.kind, band.kind), from: last.from, to: band.to, count: last.count + band.count)
    }
  }
}
