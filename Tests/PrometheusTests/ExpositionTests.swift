internal import JSON
@testable import Prometheus
internal import TestSupport
internal import Testing

@Suite("The Prometheus text format")
struct ExpositionTests {
  @Test("A document gives the samples of the names that were asked for, in its order")
  func keepsWantedNames() throws {
    let exposition = try read(
      """
      # HELP requests_total Requests, by \\\\ and code.
      # TYPE requests_total counter
      requests_total{method="post",code="200"} 1027 1395066363000
      requests_total{code="400",method="post"} 3 1395066363000

      # A comment, and a name that nobody asked for.
      other{a="b"} 1.458255915e9
      up 1
      """, keeping: ["requests_total", "up"])
    #expect(
      shown(exposition.samples(named: "requests_total")) == [
        "code=200,method=post 1027.0 @1395066363000.0",
        "code=400,method=post 3.0 @1395066363000.0",
      ])
    #expect(shown(exposition.samples(named: "up")) == [" 1.0"])
    #expect(exposition.samples(named: "other").isEmpty)
    #expect(!exposition.isTerminated)
    #expect(exposition.repetitions == 0)
  }

  @Test(
    "Blanks and tabs separate tokens, and may surround a line",
    arguments: [
      "x{a=\"1\",b=\"2\"} 5\n", "x{b=\"2\",a=\"1\",} 5\n",
      "\t x \t{ a = \"1\" ,\tb = \"2\" , } 5 \t\n",
      "x{a=\"1\",b=\"2\"}5\n", "\n\n \t\nx{a=\"1\",b=\"2\"}\t5\n\n",
      "x{a=\"1\",b=\"2\",c=\"\"} 5\n",
      "{\"x\",a=\"1\",b=\"2\"} 5\n", "{ \"x\" , \"b\" = \"2\", \"a\"=\"1\" } 5\n",
    ])
  func allowsBlanks(document: String) throws {
    #expect(shown(try read(document).samples(named: "x")) == ["a=1,b=2 5.0"])
  }

  @Test("Names of metrics and labels in quotes may have any characters")
  func namesMayBeQuoted() throws {
    let exposition = try read(
      "{\"http.requests\",\"a \\\"b\\\"\"=\"1\"} 5\n{\"ü\"} 6\n", keeping: ["http.requests", "ü"])
    #expect(shown(exposition.samples(named: "http.requests")) == ["a \"b\"=1 5.0"])
    #expect(shown(exposition.samples(named: "ü")) == [" 6.0"])
  }

  @Test("A label value may have escapes, other scripts and control characters")
  func unescapesValues() throws {
    let exposition = try read("x{path=\"C:\\\\DIR\\n\\\"é\\\"\t\u{1}\",b=\"日本\"} 1\n")
    let labels = try #require(exposition.samples(named: "x").first).labels
    #expect(labels["path"] == "C:\\DIR\n\"é\"\t\u{1}")
    #expect(labels["b"] == "日本")
    #expect(labels["c"] == "")
  }

  @Test(
    "A value is a decimal number of Go, or infinite",
    arguments: [
      ("1", 1), ("+1", 1), ("-1", -1), ("007", 7), (".5", 0.5), ("5.", 5), ("-.5e1", -5),
      ("0.1", 0.1), ("1e3", 1_000), ("1E+3", 1_000), ("1e-3", 0.001), ("1e-999", 0),
      ("9007199254740993", 9_007_199_254_740_992),
      ("1.7976931348623157e308", 0x1.fffffffffffffp1023), ("+Inf", .infinity),
      ("-Inf", -.infinity), ("Inf", .infinity), ("inf", .infinity), ("-INFINITY", -.infinity),
    ] as [(String, Double)])
  func readsValues(text: String, expected: Double) throws {
    #expect(try #require(read("x \(text)\n").samples(named: "x").first).value == expected)
  }

  @Test("NaN in any case is not a number", arguments: ["NaN", "nan", "NAN"])
  func readsNaN(text: String) throws {
    #expect(try #require(read("x \(text)\n").samples(named: "x").first).value.isNaN)
  }

  @Test("Minus zero keeps its sign")
  func readsMinusZero() throws {
    #expect(try #require(read("x -0\n").samples(named: "x").first).value.sign == .minus)
  }

  @Test("OpenMetrics has timestamps in seconds, exemplars, units and an end")
  func readsOpenMetrics() throws {
    let exposition = try read(
      """
      # TYPE foo_seconds histogram
      # UNIT foo_seconds seconds
      # HELP foo_seconds Any \\text \\"here".
      foo_seconds_bucket{le="0.1"} 8 # {} 0.054
      foo_seconds_bucket{le="1.0"} 11 1520879607.789 # {trace_id="KOO5S4",a="b"} 0.67 1520879606.5
      foo_seconds_bucket{le="+Inf"} 17 -1.5 # {trace_id="a"} 1e1
      foo_seconds_count{path="C:\\Dir"} 17
      # EOF
      """, keeping: ["foo_seconds_bucket", "foo_seconds_count"])
    #expect(
      shown(exposition.samples(named: "foo_seconds_bucket")) == [
        "le=0.1 8.0", "le=1.0 11.0 @1520879607789.0", "le=+Inf 17.0 @-1500.0",
      ])
    #expect(shown(exposition.samples(named: "foo_seconds_count")) == ["path=C:\\Dir 17.0"])
  }

  @Test(
    "A document has a family if it describes it or has a sample of it",
    arguments: [
      ("x 1\n", ["x"]), ("# HELP x\n", ["x"]), ("# HELP x Some text.\n", ["x"]),
      ("#\tTYPE\tx\tgauge\n", ["x"]), ("# TYPE x histogram\n", ["x", "x_bucket", "x_count"]),
      ("# TYPE x summary\n", ["x", "x_count"]), ("# TYPE x counter\n", ["x", "x_total"]),
      ("# TYPE \"x\" gauge\n", ["x"]), ("# TYPE y counter\n# x\n# HELPx x\n", []),
    ] as [(String, [String])])
  func knowsFamilies(document: String, expected: [String]) throws {
    let names = ["x", "x_bucket", "x_count", "x_total"]
    let exposition = try read(document, keeping: names)
    #expect(names.filter(exposition.hasFamily) == expected)
    #expect(!exposition.hasFamily("y"))
  }

  @Test(
    "Of the samples of one series, the latest counts, and the first of equal ones",
    arguments: [
      ("x 1\nx 2\n", [" 1.0"], 1), ("x 1 5\nx 2 6\n", [" 2.0 @6.0"], 1),
      ("x 1 6\nx 2 5\nx 3 6\n", [" 1.0 @6.0"], 2),
      ("x{a=\"1\",b=\"2\"} 1\nx 7\nx{b=\"2\",a=\"1\"} 2\n", ["a=1,b=2 1.0", " 7.0"], 1),
      ("x{a=\"\"} 1\nx 2\n", [" 1.0"], 1), ("x 1 5\nx 2\nx 3 6\nx 4\n", [" 2.0"], 3),
      ("x{a=\"bc\"} 1\nx{ab=\"c\"} 2\n", ["a=bc 1.0", "ab=c 2.0"], 0),
    ] as [(String, [String], Int)])
  func dropsRepetitions(document: String, expected: [String], repetitions: Int) throws {
    let exposition = try read(document)
    #expect(shown(exposition.samples(named: "x")) == expected)
    #expect(exposition.repetitions == repetitions)
  }

  @Test("Random series come back as they were written")
  func readsRandomSeries() throws {
    var generator = SplitMix64(seed: 20_261_126)
    let pieces = ["a", "\"", "\\", "\n", "é", "日", "=", ",", "}", " ", "#", "0"]
    for _ in 0..<300 {
      var document = ""
      var expected: [String] = []
      for index in 0..<Int.random(in: 1...40, using: &generator) {
        var labels = [("i", "\(index)")]
        for name in ["A", "_", "b2", "longer_name"] where Bool.random(using: &generator) {
          let value = (0..<Int.random(in: 1...20, using: &generator)).compactMap { _ in
            pieces.randomElement(using: &generator)
          }
          labels.append((name, value.joined()))
        }
        let value = Double(Int.random(in: -1_000...1_000, using: &generator)) / 64
        let written = labels.shuffled(using: &generator).map { name, value in
          let escaped = value.map { ["\"": "\\\"", "\\": "\\\\", "\n": "\\n"][$0] ?? "\($0)" }
          return "\(name)=\"\(escaped.joined())\""
        }
        document += "x{\(written.joined(separator: ","))} \(value)\n"
        let sorted = labels.sorted { $0.0 < $1.0 }.map { "\($0)=\($1)" }
        expected.append("\(sorted.joined(separator: ",")) \(value)")
      }
      #expect(shown(try read(document).samples(named: "x")) == expected)
    }
  }

  @Test("An empty document has no series", arguments: ["", "\n", " \n\t", "#\n", "# HELP\n#TYPE"])
  func mayBeEmpty(document: String) throws {
    let exposition = try read(document)
    #expect(exposition.samples(named: "x").isEmpty && !exposition.hasFamily("x"))
  }

  @Test("Many names are found, and no others")
  func findsManyNames() throws {
    let names = (0..<500).map { "name_\($0)_total" }
    let document = (0..<1_000).map { "name_\($0)_total \($0)\n" }.joined()
    let exposition = try read(document, keeping: names)
    #expect(names.allSatisfy { exposition.samples(named: $0).count == 1 })
    #expect(exposition.samples(named: "name_499_total").first?.value == 499)
    #expect(exposition.samples(named: "name_500_total").isEmpty)
    #expect(!exposition.hasFamily("name_1"))
  }

  @Test("A series may have very many labels in any order")
  func readsManyLabels() throws {
    let labels = (0..<100_000).reversed().map { "l\($0)=\"1\"" }.joined(separator: ",")
    #expect(
      try read("x{\(labels)} 1\n").samples(named: "x").first?.labels.reduce(0) { count, _ in
        count + 1
      } == 100_000)
  }

  private func shown(_ samples: [Exposition.Sample]) -> [String] {
    samples.map { sample in
      let labels = sample.labels.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
      return "\(labels) \(sample.value)" + (sample.timestamp.map { " @\($0)" } ?? "")
    }
  }
}

/// Reads a document.
func read(
  _ document: String, keeping names: [String] = ["x"], isOpenMetrics: Bool = false
) throws(JSONFailure) -> Exposition {
  try read(Array(document.utf8), keeping: names, isOpenMetrics: isOpenMetrics)
}

func read(
  _ bytes: [UInt8], keeping names: [String] = ["x"], isOpenMetrics: Bool = false
) throws(JSONFailure) -> Exposition {
  try bytes.withUnsafeBufferPointer { bytes throws(JSONFailure) in
    try Exposition.read(bytes, keeping: MetricNames(names), isOpenMetrics: isOpenMetrics)
  }
}
