internal import TestSupport

@testable import AlertEngine
internal import Foundation
@testable import Reports
internal import Testing
@testable import Text

@testable internal import OpsAlerts

@Suite("Scales, lines and colours of a page")
struct PageScaleTests {
  private static func instant(_ text: String) throws -> Instant {
    try #require(Instant(rfc3339: text))
  }

  @Test(
    "Times along the axis are round, few, and in UTC",
    arguments: [
      (
        "2026-02-25T10:00:00Z", "2026-02-25T10:01:00Z",
        "10:00:00 10:00:10 10:00:20 10:00:30 10:00:40 10:00:50 10:01:00"
      ),
      (
        "2026-02-25T10:03:00Z", "2026-02-25T10:44:00Z",
        "10:05 10:10 10:15 10:20 10:25 10:30 10:35 10:40"
      ),
      (
        "2026-02-25T22:10:00Z", "2026-02-26T02:00:00Z",
        "22:30 23:00 23:30 26 Feb 00:30 01:00 01:30 02:00"
      ),
      (
        "2026-02-25T09:00:00Z", "2026-02-27T09:00:00Z",
        "12:00 18:00 26 Feb 06:00 12:00 18:00 27 Feb 06:00"
      ),
      ("2026-02-20T09:00:00Z", "2026-02-26T09:00:00Z", "21 Feb 22 Feb 23 Feb 24 Feb 25 Feb 26 Feb"),
      ("2026-02-25T09:00:00Z", "2026-03-27T09:00:00Z", "2 Mar 9 Mar 16 Mar 23 Mar"),
      ("2025-03-05T00:00:00Z", "2026-03-05T00:00:00Z", "May Jul Sep Nov 2026 Mar"),
      ("1990-03-05T00:00:00Z", "2026-03-05T00:00:00Z", "1995 2000 2005 2010 2015 2020 2025"),
      (
        "2026-02-25T10:00:00Z", "2026-02-25T10:00:00Z",
        "09:59:30 09:59:40 09:59:50 10:00:00 10:00:10 10:00:20 10:00:30"
      ),
      (
        "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
        "0 1000 2000 3000 4000 5000 6000 7000 8000 9000"
      ),
    ])
  func times(from: String, to: String, labels: String) throws {
    let scale = TimeScale(from: try Self.instant(from), to: try Self.instant(to))
    #expect(scale.marks.map(\.label).joined(separator: " ") == labels)
    #expect(scale.marks.allSatisfy { (0...1).contains(scale.share(of: $0.at)) })
    // On a phone every other one is left out.
    #expect(scale.marks.count < 3 || scale.marks.count { !$0.isMinor } <= 5)
  }

  @Test("In another zone, days and months begin there")
  func zone() throws {
    let zone = ClockZone(name: "Asia/Kolkata") { _ in 19_800 }
    let labels = try [
      ("2026-02-25T09:00:00Z", "2026-02-27T09:00:00Z"),
      ("2025-03-05T00:00:00Z", "2026-03-05T00:00:00Z"),
    ].map { from, to in
      let scale = TimeScale(from: try Self.instant(from), to: try Self.instant(to))
      return ClockZone.$current.withValue(zone) {
        scale.marks.map { "\($0.at.rfc3339.dropFirst(8)) \($0.label)" }.prefix(3).joined(
          separator: ", ")
      }
    }
    #expect(
      labels == [
        "25T12:30:00Z 18:00, 25T18:30:00Z 26 Feb, 26T00:30:00Z 06:00",
        "30T18:30:00Z May, 30T18:30:00Z Jul, 31T18:30:00Z Sep",
      ])
  }

  @Test("From a second to a century, an axis has marks, but not too many")
  func spans() throws {
    var span: Int64 = 1_000
    while span < 100 * 366 * 86_400_000 {
      let from = try Self.instant("2026-02-25T09:17:31Z")
      let scale = TimeScale(from: from, to: from + .milliseconds(span))
      #expect((1...10).contains(scale.marks.count), "\(span)")
      #expect(zip(scale.marks, scale.marks.dropFirst()).allSatisfy { $0.at < $1.at })
      span = span * 5 / 4
    }
  }

  @Test(
    "Numbers along the axis are round, and in the rule's unit",
    arguments: [
      ([0.01, 0.14, 0.05], .ratio, "0 % 5 % 10 %"),
      ([2_100, 10_900, 8_000], .milliseconds, "0 ms 5000 ms 10000 ms"),
      ([600, 3_900], .seconds, "0 s 30 m 1 h"), ([3, 7], .seconds, "0 s 2 s 4 s 6 s"),
      ([0, 400_000], .seconds, "0 s 2 d 4 d"), ([1, 9], .other("requests a minute"), "0 5"),
      ([5, 5, 5], nil, "4.5 5 5.5"), ([], nil, "0 0.5 1"), ([-3, -2], nil, "-3 -2.5 -2"),
      ([-0.0, 0], nil, "0 0.5 1"), ([1e300, -1e300], nil, "-1e+300 0 1e+300"),
      ([1_000.1, 1_000.2], nil, "1000.1 1000.15 1000.2"),
      ([1e-9, 3e-9], nil, "0 1e-09 2e-09 3e-09"),
    ] as [([Double], MetricUnit?, String)])
  func values(numbers: [Double], unit: MetricUnit?, labels: String) {
    let scale = ValueScale(of: numbers, unit: unit)
    #expect(scale.marks.map(\.label).joined(separator: " ") == labels)
  }

  @Test("Any numbers fit on the axis")
  func extremes() {
    let numbers: [Double] = [
      0, -0.0, 1, -1, 1e-300, .leastNonzeroMagnitude, 1e300, .greatestFiniteMagnitude,
      -.greatestFiniteMagnitude, 1e15, 1e15 + 1, 0.1 + 0.2, 0.3,
    ]
    for one in numbers {
      for other in numbers {
        let scale = ValueScale(of: [one, other], unit: nil)
        #expect(scale.low < scale.high)
        #expect((0...1).contains(scale.share(of: one)) && (0...1).contains(scale.share(of: other)))
        #expect((2...7).contains(scale.marks.count), "\(one) \(other) \(scale.marks)")
        #expect(scale.marks.allSatisfy { $0.value.isFinite && $0.label.utf8.count <= 24 })
      }
    }
  }

  @Test("A thinned line keeps the peaks of every column, and breaks where there are no samples")
  func line() throws {
    var generator = SplitMix64(seed: 9)
    let origin = try Self.instant("2026-02-25T09:00:00Z")
    let points = (0..<20_000).map { index in
      SeriesSketch.Point(
        at: origin + .seconds(index), value: Double(generator.next() % 1_000_000))
    }
    let time = TimeScale(from: origin, to: origin + .seconds(20_000))
    let gap = BandSketch<AlertPicture.Sight>.Band(
      .gap, from: origin + .seconds(9_999), to: origin + .seconds(10_000))
    let line = PlotLine(points, sight: [gap], time: time, columns: 100)
    #expect(line.pieces.count == 2)
    let drawn = line.pieces.flatMap(\.self)
    #expect(drawn.count <= 404)
    for column in 0..<100 {
      let part = points[(column * 200)..<(column * 200 + 200)].map(\.value)
      #expect(
        drawn.contains { $0.value == part.max() } && drawn.contains { $0.value == part.min() })
    }
    let values = ValueScale(of: points.map(\.value), unit: nil)
    #expect(line.paths(time, values).line.utf8.count < 8_000)
  }

  @Test("Short bands merge into the most severe one; long bands and firings stay")
  func bands() throws {
    let origin = try Self.instant("2026-02-25T09:00:00Z")
    var bands: [PageAlert.PhaseBand] = []
    for index in 0..<10_000 {
      let from = origin + .seconds(index * 10)
      let kind = AlertPicture.PhaseBand.allCases[index % 4]
      bands.append(.init(kind, from: from, to: from + .seconds(10)))
    }
    let end = origin + .seconds(100_000)
    bands.append(.init(.firing, from: end, to: end + .seconds(50_000)))
    let shown = PageBands(bands, without: .inactive, column: .seconds(600)).bands
    #expect(shown.count < 600)
    #expect(shown.allSatisfy { $0.kind == .firing })
    #expect(shown.last?.to == end + .seconds(50_000))
    #expect(PageBands(Array(bands[1...3]), without: .inactive, column: .zero).bands.count == 3)
  }

  @Test("Letters and marks contrast with the background, in light and dark mode")
  func contrast() {
    for color in [PagePalette.light(of:), PagePalette.dark(of:)] {
      for paper in [PagePalette.paper, .panel] {
        for ink in PagePalette.allCases where ink.isForText || ink.isForMarks {
          let contrast = Self.contrast(color(ink), color(paper))
          #expect(contrast >= (ink.isForText ? 4.5 : 3), "\(ink) on \(paper): \(contrast)")
        }
      }
    }
    // Words stand on faint bands, too: 13 % of their colour.
    for color in [PagePalette.light(of:), PagePalette.dark(of:)] {
      for tint in [PagePalette.firing, .pending, .recovering] {
        let behind = Self.mix(color(tint), 0.13, color(.paper))
        #expect(Self.contrast(Self.rgb(color(.ink)), behind) >= 4.5)
      }
    }
    #expect(abs(Self.contrast("#000000", "#ffffff") - 21) < 0.01)
  }

  private static func rgb(_ color: String) -> [Double] {
    let number = Int(color.dropFirst(), radix: 16) ?? 0
    return [number >> 16, number >> 8 & 0xFF, number & 0xFF].map { Double($0) / 255 }
  }

  private static func mix(_ color: String, _ share: Double, _ paper: String) -> [Double] {
    zip(rgb(color), rgb(paper)).map { $0 * share + $1 * (1 - share) }
  }

  private static func contrast(_ one: String, _ other: String) -> Double {
    contrast(rgb(one), rgb(other))
  }

  /// As WCAG 2.2 defines it: 1 to 21.
  private static func contrast(_ one: [Double], _ other: [Double]) -> Double {
    let lights = [one, other].map { color in
      let parts = color.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
      return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
    return ((lights.max() ?? 0) + 0.05) / ((lights.min() ?? 0) + 0.05)
  }
}

extension PagePalette {
  fileprivate static func light(of color: PagePalette) -> String { color.light }
  fileprivate static func dark(of color: PagePalette) -> String { color.dark }
}
