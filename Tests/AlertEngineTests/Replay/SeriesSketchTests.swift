@testable import AlertEngine
internal import TestSupport
internal import Testing
@testable import Text

@Suite("A series in bounded memory")
struct SeriesSketchTests {
  private static func instant(_ milliseconds: Int64) -> Instant {
    Instant(milliseconds: 1_795_000_000_000 + milliseconds)
  }

  private static func sketch(
    _ samples: [(at: Int64, value: Double)], limit: Int = 64
  ) -> SeriesSketch {
    var sketch = SeriesSketch(limit: limit)
    for sample in samples { sketch.append(sample.value, at: instant(sample.at)) }
    return sketch
  }

  /// Steps between samples, in milliseconds.
  enum Steps: CaseIterable {
    case even, uneven, bursts, none

    func next(_ generator: inout SplitMix64) -> Int64 {
      switch self {
      case .even: 60_000
      case .uneven: Int64(generator.next() % 120_000) + 1
      // Seconds apart, and occasionally a day.
      case .bursts: generator.next() % 500 == 0 ? 86_400_000 : 1_000
      case .none: 0
      }
    }
  }

  @Test("No peak is lost, with its exact time, and no limit is exceeded", arguments: Steps.allCases)
  func peaks(steps: Steps) throws {
    var generator = SplitMix64(seed: 11)
    for (count, limit) in [(1, 2), (3, 2), (50, 64), (1_000, 2), (1_000, 16), (20_000, 64)] {
      var time: Int64 = 0
      let samples = (0..<count).map { _ -> (at: Int64, value: Double) in
        time += steps.next(&generator)
        return (time, Double(Int64(bitPattern: generator.next()) % 1_000_000))
      }
      let sketch = Self.sketch(samples, limit: limit)
      #expect(sketch.buckets.count <= limit)
      #expect(sketch.buckets.reduce(0) { $0 + $1.count } == count)
      let points = sketch.points
      #expect(points.count <= 4 * limit)
      let seen = Set(samples.map { [Double($0.at), $0.value] })
      let origin = Self.instant(0)
      #expect(
        points.allSatisfy { seen.contains([Double(($0.at - origin).wholeMilliseconds), $0.value]) })
      #expect(points.map(\.value).min() == samples.map(\.value).min())
      #expect(points.map(\.value).max() == samples.map(\.value).max())
      #expect(points.first?.at == samples.first.map { Self.instant($0.at) })
      #expect(points.last == samples.last.map { .init(at: Self.instant($0.at), value: $0.value) })
      #expect(zip(points, points.dropFirst()).allSatisfy { $0.at <= $1.at })
    }
  }

  @Test(
    "Of 20,000 samples, each interval keeps its lowest and highest", arguments: Steps.allCases)
  func stretches(steps: Steps) throws {
    var generator = SplitMix64(seed: 5)
    var sketch = SeriesSketch(limit: 256)
    var values: [Double] = []
    var time: Int64 = 0
    for _ in 0..<20_000 {
      let value = Double(generator.next() % 1_000_003)
      values.append(value)
      sketch.append(value, at: Self.instant(time))
      time += steps.next(&generator)
    }
    #expect(sketch.buckets.count <= sketch.limit)
    // Evenly spaced samples use a good part of the limit.
    if steps == .even { #expect(sketch.buckets.count > sketch.limit / 4) }
    var begin = 0
    for bucket in sketch.buckets {
      let part = values[begin..<begin + bucket.count]
      #expect(bucket.lowest.value == part.min() && bucket.highest.value == part.max())
      #expect(bucket.first.value == part.first && bucket.last.value == part.last)
      begin += bucket.count
    }
    #expect(begin == values.count)
    #expect(!sketch.isWhole)
  }

  @Test("A few samples are kept as they are", arguments: [0, 1, 3, 24, 32])
  func few(count: Int) {
    let samples = (0..<count).map { (at: Int64($0) * 60_000, value: Double($0 % 5)) }
    let sketch = Self.sketch(samples)
    #expect(sketch.points == samples.map { .init(at: Self.instant($0.at), value: $0.value) })
    #expect(sketch.isWhole)
  }

  @Test("Numbers at the same time do not hide each other")
  func equalTimes() {
    let sketch = Self.sketch([5, 1, 9, 5].map { (0, $0) })
    #expect(sketch.buckets.count == 1)
    #expect(sketch.points.map(\.value) == [5, 1, 9, 5])
  }

  @Test(
    "Extreme numbers are kept as they are",
    arguments: [0, -0.0, 1e300, -1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
  )
  func extremes(value: Double) {
    let sketch = Self.sketch((0..<200).map { (Int64($0), $0 == 77 ? value : 1) }, limit: 8)
    #expect(sketch.points.contains { $0.value == value && $0.at == Self.instant(77) })
  }

  @Test("Centuries between two samples cost no more than minutes")
  func farApart() {
    let samples = [0, 1, 2, 4_000_000_000_000, 4_000_000_000_001, 8_000_000_000_000]
    let sketch = Self.sketch(samples.map { (Int64($0), Double($0 % 7)) }, limit: 4)
    #expect(sketch.buckets.count <= 4)
    #expect(sketch.points.first?.at == Self.instant(0))
    #expect(sketch.points.last?.at == Self.instant(8_000_000_000_000))
  }
}
