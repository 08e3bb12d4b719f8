@testable import AlertEngine
@testable import JSON
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Bands in bounded memory")
struct BandSketchTests {
  typealias Sketch = BandSketch<AlertPicture.PhaseBand>

  private static func instant(_ milliseconds: Int64) -> Instant {
    Instant(milliseconds: 1_795_000_000_000 + milliseconds)
  }

  /// The start of each band, and the end of the last.
  private static func sketch(
    _ marks: [(at: Int64, kind: AlertPicture.PhaseBand)], to end: Int64, limit: Int = 64
  ) -> Sketch {
    var sketch = Sketch(limit: limit)
    for mark in marks { sketch.append(mark.kind, from: instant(mark.at)) }
    sketch.extend(to: instant(end))
    return sketch
  }

  @Test("Times are exact while nothing is merged")
  func exact() {
    let sketch = Self.sketch(
      [(0, .inactive), (60, .inactive), (90, .pending), (95, .firing), (400, .recovering)], to: 500)
    #expect(
      sketch.bands == [
        .init(.inactive, from: Self.instant(0), to: Self.instant(90)),
        .init(.pending, from: Self.instant(90), to: Self.instant(95)),
        .init(.firing, from: Self.instant(95), to: Self.instant(400)),
        .init(.recovering, from: Self.instant(400), to: Self.instant(500)),
      ])
  }

  @Test("A band without duration is left out, and the next one is kept")
  func noTime() {
    let sketch = Self.sketch(
      [(0, .pending), (0, .firing), (50, .pending), (50, .inactive)], to: 90)
    #expect(
      sketch.bands == [
        .init(.firing, from: Self.instant(0), to: Self.instant(50)),
        .init(.inactive, from: Self.instant(50), to: Self.instant(90)),
      ])
    #expect(Self.sketch([], to: 90).bands.isEmpty)
    #expect(Self.sketch([(7, .firing)], to: 7).bands.map(\.kind) == [.firing])
  }

  /// The durations of bands.
  enum Lengths: CaseIterable {
    case even, uneven, longAmongShort

    func next(_ generator: inout SplitMix64) -> Int64 {
      switch self {
      case .even: 60_000
      case .uneven: Int64(generator.next() % 3_600_000) + 1
      case .longAmongShort: generator.next() % 100 == 0 ? 86_400_000 : 1_000
      }
    }
  }

  @Test(
    "No firing is lost, nothing overlaps, and no limit is exceeded", arguments: Lengths.allCases)
  func firings(lengths: Lengths) throws {
    var generator = SplitMix64(seed: 3)
    let kinds = AlertPicture.PhaseBand.allCases
    for (count, limit) in [(10, 32), (1_000, 32), (20_000, 256)] {
      var time: Int64 = 0
      var marks: [(at: Int64, kind: AlertPicture.PhaseBand)] = []
      for _ in 0..<count {
        marks.append((time, kinds[Int(generator.next() % UInt64(kinds.count))]))
        time += lengths.next(&generator)
      }
      let bands = Self.sketch(marks, to: time, limit: limit).bands
      #expect(bands.count <= limit + 1)
      #expect(bands.first?.from == Self.instant(0) && bands.last?.to == Self.instant(time))
      #expect(zip(bands, bands.dropFirst()).allSatisfy { $0.to == $1.from && $0.from < $1.from })
      // Each firing is within firing bands; both are in chronological order.
      var rest = bands[...]
      for (index, mark) in marks.enumerated() where mark.kind == .firing {
        let begin = Self.instant(mark.at)
        let end = Self.instant(index + 1 < marks.count ? marks[index + 1].at : time)
        rest = rest.drop { $0.to <= begin }
        let around = rest.prefix { $0.from < end }
        #expect(!around.isEmpty && around.allSatisfy { $0.kind == .firing })
      }
    }
  }

  @Test("A long band among many short ones keeps its times")
  func long() {
    var marks: [(at: Int64, kind: AlertPicture.PhaseBand)] = [(0, .inactive), (1_000_000, .firing)]
    for index in 0..<500 {
      marks.append((2_000_000 + Int64(index) * 10, index % 2 == 0 ? .pending : .inactive))
    }
    let bands = Self.sketch(marks, to: 9_000_000, limit: 32).bands
    #expect(
      bands.contains {
        $0.kind == .firing && $0.from == Self.instant(1_000_000)
          && $0.to == Self.instant(2_000_000)
      })
    #expect(bands.count <= 33)
  }

  @Test("A band shows what was seen: numbers, a missing metric, no evidence, or no sample")
  func picture() {
    var picture = AlertPicture()
    func at(_ minute: Int) -> Instant { Self.instant(Int64(minute) * 60_000) }
    picture.draw(.good(.sample(Sample(.number(1)))), .inactive, at: at(0))
    picture.draw(.bad(.missing), .pending, at: at(1))
    picture.draw(.unknown(.lowVolume(count: 3, sample: Sample(.number(2)))), .pending, at: at(2))
    picture.draw(.unknown(.gone), .pending, at: at(3))
    picture.noteGap(from: at(3))
    picture.draw(.bad(.sample(Sample(.number(3)))), .firing, at: at(90))
    picture.draw(.good(.wrongType(found: "a string")), .recovering, at: at(91))
    picture.draw(.bad(.unreachable(cause: "down")), .firing, at: at(92))
    picture.finish(at: at(93))
    #expect(picture.values.points.map(\.value) == [1, 2, 3])
    #expect(
      picture.sight.bands.map(\.kind) == [.seen, .missing, .unknown, .gap, .seen, .missing, .seen])
    #expect(picture.sight.bands.map(\.from) == [0, 1, 2, 3, 90, 91, 92].map(at))
    #expect(
      picture.phases.bands.map(\.kind) == [.inactive, .pending, .firing, .recovering, .firing])
    #expect(picture.phases.bands.last?.to == at(93))
  }
}
