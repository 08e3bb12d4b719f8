@testable import AlertEngine
@testable import JSON
@testable import Reports
internal import Testing
@testable import Text

@Suite("Numbers and times in words")
struct QuantityTests {
  @Test(
    "A number has its unit",
    arguments: [
      (0.0712, MetricUnit.ratio, "7.12 %"), (0.05, .ratio, "5 %"), (1, .ratio, "100 %"),
      (8_000, .milliseconds, "8000 ms"), (4_120.7, .milliseconds, "4121 ms"),
      (0.000_12, .ratio, "0.012 %"), (90, .seconds, "90 s"), (5_400, .seconds, "1 h 30 m"),
      (1.7e12, .seconds, "1700000000000 s"), (1e308, .ratio, "1e+308"),
      (12, .count, "12"), (-3.5, .other("°C"), "-3.5 °C"), (0, .count, "0"),
      (1e20, .count, "1e+20"), (119.4, .seconds, "119 s"), (4_000.4, .seconds, "1 h 6 m"),
      (109_860, .seconds, "1 d 6 h 31 m"), (93_600, .seconds, "1 d 2 h"),
      (86_400 * 400 + 59, .seconds, "400 d"), (-5_400, .seconds, "-5400 s"),
      (0, .bytes(name: "B"), "0 B"), (1_023, .bytes(name: "B"), "1023 B"),
      (1_024, .bytes(name: "bytes"), "1 KiB"), (1_536 * 1_024, .bytes(name: "B"), "1.5 MiB"),
      (-2_147_483_648, .bytes(name: "B"), "-2 GiB"), (5e15, .bytes(name: "B"), "4547 TiB"),
      (1e300, .bytes(name: "B"), "1e+300 B"),
    ])
  func units(_ number: Double, _ unit: MetricUnit, _ expected: String) {
    #expect(Quantity.text(number, unit) == expected)
  }

  @Test("A number next to the threshold never looks like it")
  func apart() {
    #expect(Quantity.text(0.050_001, .ratio, apartFrom: 0.05) == "5.0001 %")
    #expect(Quantity.text(0.05.nextUp, .ratio, apartFrom: 0.05) != "5 %")
    #expect(Quantity.text(8_000.01, .milliseconds, apartFrom: 8_000) == "8000.01 ms")
    #expect(Quantity.text(86_401, .seconds, apartFrom: 86_400) == "1 d 1 s")
    #expect(Quantity.text(86_400.25, .seconds, apartFrom: 86_400) == "86400.3 s")
    #expect(Quantity.text(1_025, .bytes(name: "B"), apartFrom: 1_024) == "1.001 KiB")
    #expect(Quantity.text(8_000, .milliseconds, apartFrom: 8_000) == "8000 ms")
  }

  @Test("A unit from the configuration cannot move the cursor")
  func hostileUnit() {
    #expect(!Quantity.text(1, .other("\u{1b}[2J")).contains("\u{1b}"))
  }

  @Test(
    "A duration is given in its two largest units",
    arguments: [
      (0, "0 s"), (999, "999 ms"), (45_000, "45 s"), (720_000, "12 m"), (90_000, "1 m 30 s"),
      (3_900_000, "1 h 5 m"), (3_600_000, "1 h"), (183_600_000, "2 d 3 h"), (-5, "0 s"),
    ])
  func durations(_ milliseconds: Int64, _ expected: String) {
    #expect(Quantity.text(.milliseconds(milliseconds)) == expected)
  }
}

@Suite("Sparklines")
struct SparklineTests {
  static func recent(_ values: [Double?]) -> RecentValues {
    RecentValues(
      values.enumerated().map {
        .init(at: Instant(milliseconds: Int64($0)), value: $1, isEvidence: $1 != nil)
      })
  }

  @Test("Numbers above the threshold are in the upper half, the others in the lower")
  func crossing() {
    let line = Sparkline.text(
      Self.recent([0.01, 0.02, 0.05, 0.06, 0.1]), Condition(.gt, .number(0.05)))
    #expect(line == "▁▂▄▅█")
  }

  @Test("Bad numbers stand out, even if bad means below the threshold")
  func badBelow() {
    let marks = Sparkline.marks(Self.recent([1, 9]), Condition(.lt, .number(5)))
    #expect(marks.map(\.isBad) == [true, false])
  }

  @Test("An observation without a number is a dot, and one number alone gives no sparkline")
  func gaps() {
    #expect(Sparkline.text(Self.recent([1, nil, 3]), nil) == "▁·█")
    #expect(Sparkline.text(Self.recent([nil, 3]), nil) == "")
  }

  @Test("Numbers without a finite difference are drawn, too")
  func extremes() {
    let line = Sparkline.text(
      Self.recent([-1.7e308, 1.7e308]), Condition(.lt, .number(1.7e308)))
    #expect(line == "▁▄")
    #expect(Sparkline.text(Self.recent([-1.7e308, 0, 1.7e308]), nil).count == 3)
  }

  @Test("Equal numbers are a flat line")
  func flat() {
    #expect(Sparkline.text(Self.recent([2, 2, 2]), nil) == "▁▁▁")
    #expect(Sparkline.text(Self.recent([9, 9]), Condition(.gt, .number(5))) == "██")
  }
}
