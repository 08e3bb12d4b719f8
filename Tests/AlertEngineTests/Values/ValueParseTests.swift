@testable import AlertEngine
internal import Testing

@Suite("Numbers in texts")
struct ValueParseTests {
  @Test(
    "A text is a number in its notation",
    arguments: [
      (.number, "12", 12), (.number, "0.1", 0.1), (.number, "-0.1", -0.1), (.number, "+5", 5),
      (.number, " 12\t", 12), (.number, "1e3", 1_000), (.number, "1.5E-2", 0.015),
      (.number, "123456789.123456789", 123_456_789.123_456_789), (.number, "1e-999", 0),
      (.number, "9007199254740993", 9_007_199_254_740_992), (.number, "0", 0),
      (.number, "1.7976931348623157e308", .greatestFiniteMagnitude),

      (.percent, "87 %", 0.87), (.percent, "87%", 0.87), (.percent, "0.00%", 0),
      (.percent, "-1.5 %", -0.015), (.percent, "100%", 1), (.percent, "29%", 0.29),
      (.percent, "57%", 0.57), (.percent, "7%", 0.07), (.percent, " 12.5  % ", 0.125),

      (.bytes, "0", 0), (.bytes, "512", 512), (.bytes, "512B", 512), (.bytes, "512 b", 512),
      (.bytes, "1kB", 1_000), (.bytes, "1KB", 1_000), (.bytes, "1.5 MB", 1_500_000),
      (.bytes, "1.1GB", 1_100_000_000), (.bytes, "2TB", 2e12), (.bytes, "2PB", 2e15),
      (.bytes, "2EB", 2e18), (.bytes, "1KiB", 1_024), (.bytes, "1Ki", 1_024),
      (.bytes, "1.5MiB", 1_572_864), (.bytes, "2Gi", 0x1p31), (.bytes, "1TiB", 0x1p40),
      (.bytes, "1PiB", 0x1p50), (.bytes, "1Ei", 0x1p60), (.bytes, "1kb", 1_024),
      (.bytes, "16.5gb", 16.5 * 0x1p30), (.bytes, "3mb", 3 * 0x1p20), (.bytes, "3tb", 3 * 0x1p40),
      (.bytes, "3pb", 3 * 0x1p50), (.bytes, "-1b", -1), (.bytes, "1e3", 1_000),

      (.duration, "54.6ms", 0.0546), (.duration, "1m30s", 90), (.duration, "1h2m3.5s", 3_723.5),
      (.duration, "0", 0), (.duration, "0s", 0), (.duration, "-1.5h", -5_400),
      (.duration, "+5s", 5), (.duration, "2d", 172_800), (.duration, "1w2d", 777_600),
      (.duration, "100us", 1e-4), (.duration, "100µs", 1e-4), (.duration, "100\u{3BC}s", 1e-4),
      (.duration, "7ns", 7e-9), (.duration, "1h 30m", 5_400), (.duration, "54.6 ms", 0.0546),
      (.duration, "05m", 300), (.duration, "PT5M", 300), (.duration, "P1DT2H", 93_600),
      (.duration, "PT0.25S", 0.25), (.duration, "PT36H", 129_600), (.duration, "P2W", 1_209_600),
      (.duration, "-PT1H1M1S", -3_661), (.duration, "P3D", 259_200), (.duration, "PT0S", 0),

      (.quantity, "250m", 0.25), (.quantity, "1255272Ki", 1_285_398_528), (.quantity, "1e3", 1_000),
      (.quantity, "1E3", 1_000), (.quantity, "1E", 1e18), (.quantity, "2k", 2_000),
      (.quantity, "2M", 2e6), (.quantity, "2G", 2e9), (.quantity, "2T", 2e12),
      (.quantity, "2P", 2e15),
      (.quantity, "3Mi", 3 * 0x1p20), (.quantity, "3Gi", 3 * 0x1p30),
      (.quantity, "3Ti", 3 * 0x1p40),
      (.quantity, "3Pi", 3 * 0x1p50), (.quantity, "3Ei", 3 * 0x1p60),
      (.quantity, "156340n", 156_340e-9),
      (.quantity, "5u", 5e-6), (.quantity, "100m", 0.1), (.quantity, "8", 8),
      (.quantity, "-1.5k", -1_500),
      (.quantity, "12e-1", 1.2),
    ] as [(ValueParse, String, Double)])
  func reads(kind: ValueParse, text: String, expected: Double) {
    #expect(kind.value(of: text) == expected)
  }

  @Test(
    "A text in another notation is no number",
    arguments: [
      (
        .number,
        [
          "1.", ".5", "007", "-00", "1e", "1e+", "0x10", "1_000", "1,5", "12 MB", "--1", "+-1",
          "1 2",
          "１２", "1.2.3", "1 e3", "twelve",
        ]
      ),
      (.percent, ["87", "87 percent", "%", "87%%", "87 % x", "1e1%", "87％"]),
      (
        .bytes,
        ["1Kb", "1Mb", "1mB", "1kiB", "1K", "1M", "1 k B", "kB", "1 MB 2 kB", "1e3kB", "1eb"]
      ),
      (
        .duration,
        [
          "5", "5 minutes", "1s1m", "1m1m", "1m-30s", "m", "1.m", "1e3s", "P", "PT", "P1DT", "P1Y",
          "P1M",
          "PT5", "PT1S1M", "P1H", "PT1D", "pt5m", "P-1D", "1ms5", "T5M", "PTT5M", "-", "1:30",
        ]
      ),
      (.quantity, ["1K", "1ki", "1e3Ki", "1 Ki Mi", "m", "1.5.5", "1kB", "1Zi", "1µ"]),
    ] as [(ValueParse, [String])])
  func refuses(kind: ValueParse, texts: [String]) {
    for text in texts { #expect(kind.value(of: text) == nil, "\(text)") }
  }

  @Test(
    "No kind takes an empty text, NaN, infinity or a number that overflows",
    arguments: ValueParse.allCases)
  func isFinite(kind: ValueParse) {
    let unit = ["percent": "%", "duration": "s"][kind.rawValue] ?? ""
    let digits = String(repeating: "9", count: 400)
    for text in [
      "", " ", "NaN", "nan", "Inf", "-Infinity", digits + unit, "1e309", "-1e999\(unit)",
    ] {
      #expect(kind.value(of: text) == nil, "\(text)")
    }
  }

  @Test(
    "A unit may not take a number beyond the range of a double",
    arguments: [(.bytes, "EB"), (.bytes, "EiB"), (.quantity, "Ei"), (.duration, "w")]
      as [(ValueParse, String)])
  func unitOverflows(kind: ValueParse, unit: String) {
    let digits = String(repeating: "9", count: 308)
    #expect(kind.value(of: "\(digits)\(unit)") == nil)
  }
}
