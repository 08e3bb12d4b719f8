internal import JSON
internal import Testing

@testable import AlertEngine

@Suite("Series of Prometheus text")
struct MetricTests {
  private static let text = """
    # TYPE up gauge
    up 1
    # TYPE disk gauge
    disk{device="a",mount="/"} 9
    disk{device="b",mount="/var"} 2
    disk{device="c",mount="/tmp",fstype="tmpfs"} 8
    # TYPE inf gauge
    inf +Inf
    # TYPE q summary
    q{quantile="0.5"} NaN
    # TYPE n gauge
    n NaN
    # TYPE empty gauge

    """

  @Test(
    "A selector gives one series for each set of labels, named by those that it leaves open",
    arguments: [
      (#""metric": "up""#, ["r good 1"]),
      (
        #""metric": "disk{fstype!=\"tmpfs\"}""#,
        [#"r[device="a",mount="/"] bad 9"#, #"r[device="b",mount="/var"] good 2"#]
      ),
      (#""metric": "disk{mount=\"/\"}", "instance_by": ["device"]"#, ["r[a] bad 9"]),
      (#""metric": "disk{device=\"b\",mount=\"/var\"}""#, ["r good 2"]),
      (#""metric": "disk", "aggregate": "sum""#, ["r bad 19"]),
      (
        #""metric": "disk", "aggregate": "count", "instance_by": ["fstype"], "threshold": 0"#,
        ["r[tmpfs] bad 1", "r[unnamed] unknown unnamed"]
      ),
      (#""metric": "inf""#, ["r bad inf"]),
      (#""metric": "n""#, ["r unknown not_a_number"]),
      (#""metric": "empty""#, ["r unknown missing"]),
      (#""metric": "empty", "aggregate": "sum", "comparison": "lt""#, ["r bad 0"]),
      (#""metric": "empty", "aggregate": "max""#, ["r bad missing"]),
      (#""metric": "absent""#, ["r bad missing"]),
      (#""metric": "absent", "aggregate": "count", "comparison": "lt""#, ["r bad missing"]),
      (#""metric": "disk{mount=\"/x\"}", "on_gone": "resolve""#, ["r good gone"]),
    ])
  func selects(rule: String, expected: [String]) throws {
    var probe = try Probe(rule, format: .prometheus)
    #expect(try probe.see(Self.text) == expected)
  }

  @Test("NaN is routine in a summary, and makes the run warn elsewhere")
  func notANumber() throws {
    for (metric, status) in [(#"q{quantile=\"0.5\"}"#, nil), ("n", .warn)]
      as [(String, BreachStatus?)]
    {
      var probe = try Probe(#""metric": "\#(metric)""#, format: .prometheus)
      try probe.see(Self.text)
      #expect(probe.last?.status == status)
    }
  }

  @Test("A series without labels that disappears is gone, and its alert holds")
  func disappears() throws {
    var probe = try Probe(#""metric": "v""#, format: .prometheus)
    #expect(try probe.see("# TYPE v gauge\nv 9\n") == ["r bad 9"])
    #expect(try probe.see("# TYPE v gauge\n", atMinute: 1) == ["r unknown gone"])
    #expect(try probe.see("w 1\n", atMinute: 2) == ["r bad missing"])
    #expect(probe.last?.checks[0].phase.kind == .firing)
  }

  @Test("A quantile is interpolated within its bucket, over the growth in the window")
  func quantiles() throws {
    func text(_ a: (Int, Int, Int), _ b: (Int, Int, Int)) -> String {
      [("a", a), ("b", b)].map { name, counts in
        """
        h_bucket{s="\(name)",le="1"} \(counts.0)
        h_bucket{s="\(name)",le="2"} \(counts.1)
        h_bucket{s="\(name)",le="+Inf"} \(counts.2)

        """
      }.joined()
    }
    let rule =
      #""metric": "h", "measure": "quantile", "quantile": 0.5, "window_minutes": 10, "threshold": 1.2"#
    for (members, expected) in [
      (#", "instance_by": ["s"]"#, ["r[a] bad 1.5", "r[b] good 0.5"]),
      ("", [#"r[s="a"] bad 1.5"#, #"r[s="b"] good 0.5"#]),
      (#", "aggregate": "sum""#, ["r good 1"]),
      (#", "min_request_count": 100, "aggregate": "sum""#, ["r unknown low_volume"]),
    ] {
      var probe = try Probe(rule + members, format: .prometheus)
      try probe.see(text((100, 100, 100), (7, 7, 7)))
      let seen = try probe.see(text((100, 110, 110), (17, 17, 17)), atMinute: 10)
      #expect(seen == expected, "\(members)")
    }
  }
}
