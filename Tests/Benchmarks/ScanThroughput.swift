import Foundation

/// Prints how fast the engine reads snapshots, compared with Foundation's parser on the same bytes.
@main
enum ScanThroughput {
  static func main() throws {
    let plan = PathPlan(
      try [
        "request_metrics.errors.rate", "request_metrics.fallback.rate",
        "request_metrics.refusal.rate", "request_metrics.latency_ms.p95",
        "request_metrics.requests.total",
        "official_source_freshness.priority_sources.*.freshness_seconds",
        "provider_routing_metrics.*.failure",
      ].map(MetricPath.init))
    print("document            bytes   extract    tree   Foundation   extract / Foundation")
    for (name, entries, isPretty) in [
      ("small", 1, false), ("typical", 300, false), ("typical, indented", 300, true),
      ("large", 36_000, false),
    ] {
      let document = snapshot(auditEntries: entries, isPretty: isPretty)
      let data = Data(document)
      let extraction = try speed(document.count) { _ = try extract(plan, from: document) }
      let tree = try speed(document.count) { _ = try JSONNode.parse(document) }
      let peer = try speed(document.count) { _ = try JSONSerialization.jsonObject(with: data) }
      print(
        name.padding(toLength: 18, withPad: " ", startingAt: 0),
        String(
          format: "%7d %9.0f %7.0f %12.0f %22.1f", document.count, extraction, tree, peer,
          extraction / peer))
    }
    try printExpositions(CommandLine.arguments.dropFirst())
    try printHostile(plan)
  }

  /// Prints how fast documents in the Prometheus text format are read, of which rules name three
  /// families.
  private static func printExpositions(_ paths: ArraySlice<String>) throws {
    let names = MetricNames([
      "node_cpu_seconds_total", "node_filesystem_avail_bytes", "node_network_receive_bytes_total",
    ])
    for path in paths {
      let document = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      let speed = try speed(document.count) {
        _ = try document.withUnsafeBufferPointer { try Exposition.read($0, keeping: names) }
      }
      print(String(format: "Prometheus text %9d %9.0f", document.count, speed))
    }
  }

  /// Prints the milliseconds for each of several documents designed to be slow.
  private static func printHostile(_ plan: PathPlan) throws {
    let keys = (0..<1_000_000).map { "\"\($0)\":0" }.joined(separator: ",")
    let (ones, sevens) = (repeated("1", 300), repeated("7", 16_000_000))
    let documents = [
      ("1,000,000 keys", "{\(keys)}"),
      ("50,000 keys of one hash", "{\(collidingKeys(50_000))}"),
      ("16 MB string", "\"\(repeated("a\\n", 5_500_000))\""),
      ("16 MB number", "\(ones).\(sevens)"),
      ("16 MB number near the limit", "\(ones)\(sevens)e-15999991"),
      ("16 MB of spaces", repeated(" ", 16_000_000) + "0"),
      ("1,000,000 instances", "{\"provider_routing_metrics\":{\(keys)}}"),
    ]
    for (name, text) in documents {
      let document = Array(text.utf8)
      printTime(name, try ContinuousClock().measure { _ = try extract(plan, from: document) })
    }
    let paths = try (0..<10_000).map { try MetricPath("section_\($0 % 100).key_\($0).*.value") }
    printTime("compiling 10,000 paths", ContinuousClock().measure { _ = PathPlan(paths) })
  }

  /// In milliseconds, with three significant digits.
  private static func printTime(_ name: String, _ time: Duration) {
    let milliseconds = time / .milliseconds(1)
    let decimals = milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0
    print(
      name.padding(toLength: 28, withPad: " ", startingAt: 0),
      String(format: "%6.\(decimals)f ms", milliseconds))
  }

  /// Distinct 16-byte keys with the same hash: the second half cancels the effect of the first.
  private static func collidingKeys(_ count: Int) -> String {
    let letters = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
    var members: [String] = []
    var number: UInt64 = 0
    while members.count < count {
      var rest = number
      let first = (0..<8).map { _ in
        let quotient = rest.quotientAndRemainder(dividingBy: UInt64(letters.count))
        rest = quotient.quotient
        return letters[Int(quotient.remainder)]
      }
      let half = first.reversed().reduce(0) { $0 << 8 | UInt64($1) }
      let undoing = JSONKey.mix(16 ^ 0x9E37_79B9_7F4A_7C15 ^ half) ^ 0x6F6D_2061_6E64_2073
      let second = (0..<8).map { UInt8(truncatingIfNeeded: undoing >> ($0 * 8)) }
      if second.allSatisfy({ (0x23...0x5B).contains($0) || (0x5D...0x7E).contains($0) }) {
        members.append("\"\(String(decoding: first + second, as: UTF8.self))\":0")
      }
      number += 1
    }
    return members.joined(separator: ",")
  }

  private static func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  /// The best of several rounds, in megabytes (10^6 bytes) per second.
  private static func speed(_ bytes: Int, _ body: () throws -> Void) rethrows -> Double {
    let repeats = max(1, 4_000_000 / bytes)
    var best = Duration.seconds(1_000)
    for _ in 0..<10 {
      best = min(best, try ContinuousClock().measure { for _ in 0..<repeats { try body() } })
    }
    return Double(bytes * repeats) / (best / .seconds(1)) / 1e6
  }

  /// A snapshot as the service publishes it; its audit list makes it long.
  private static func snapshot(auditEntries: Int, isPretty: Bool) -> [UInt8] {
    let audit: [[String: Any]] = (0..<auditEntries).map { index in
      [
        "timestamp_utc": "2026-02-25T12:05:\(10 + index % 50)Z", "outcome": "allowed",
        "trace_id": String(index &* 2_654_435_761 % 65_536, radix: 16),
        "policy": "source_export_allowed", "duration_ms": Double(index % 977) / 8, "cached": true,
      ]
    }
    let sources = ["SCC_DECISIONS", "FC_DECISIONS", "FCA_DECISIONS", "CANLII"]
    let document: [String: Any] = [
      "request_metrics": [
        "window_seconds": 120.5, "requests": ["total": 350, "rate_per_minute": 174.2],
        "errors": ["total": 8, "rate": 0.0228], "fallback": ["total": 32, "rate": 0.0914],
        "refusal": ["total": 41, "rate": 0.1171],
        "export": [
          "attempts": 12, "allowed": 9, "blocked": 2, "fetch_failures": 1,
          "policy_reasons": ["source_export_allowed": 9], "audit_recent": audit,
        ] as [String: Any],
        "document_intake": ["attempts": 40, "rejected": 4, "rejected_rate": 0.1],
        "latency_ms": ["sample_count": 350, "p50": 840.4, "p95": 4120.7, "p99": 7110.2],
      ] as [String: Any],
      "provider_routing_metrics": [
        "openai": ["success": 300, "failure": 18], "gemini": ["success": 50, "failure": 2],
      ],
      "official_source_freshness": [
        "available": true, "status_counts": ["fresh": 1, "missing": 1],
        "priority_sources": Dictionary(
          uniqueKeysWithValues: sources.map {
            ($0, ["freshness_status": "fresh", "freshness_seconds": 1_800] as [String: Any])
          }),
      ] as [String: Any],
    ]
    let data = try? JSONSerialization.data(
      withJSONObject: document, options: isPretty ? [.prettyPrinted, .sortedKeys] : .sortedKeys)
    return [UInt8](data ?? Data())
  }
}
