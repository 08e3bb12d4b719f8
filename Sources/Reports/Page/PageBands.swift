internal import AlertEngine
internal import Text

/// Bands as a picture can show them: those too short to be told apart are one, the worst of them.
struct PageBands<Kind: Comparable & Hashable & Sendable> {
  /// Neither overlapping nor more than a few for each column.
  private(set) var bands: [BandSketch<Kind>.Band] = []

  /// Takes what a sketch holds, and leaves out what needs no ink.
  ///
  /// - Parameters:
  ///   - sketched: in the order of time.
  ///   - plain: what is shown by nothing at all.
  ///   - column: what is shorter cannot be told apart.
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
