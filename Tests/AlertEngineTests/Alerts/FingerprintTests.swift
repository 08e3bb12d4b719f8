@testable import AlertEngine
internal import Testing

@testable import Text

@Suite("Alert fingerprints")
struct FingerprintTests {
  /// Services have stored these: if a fingerprint changed, each alert would open a second incident.
  @Test(
    "A fingerprint never changes, whatever the version",
    arguments: [
      ("api", "error_rate", nil, "377d27ba32f07df9"),
      ("api.example", "error_rate", nil, "5a6e0dbd80d1ba59"),
      ("api", "latency_p95_ms", nil, "4ef63ea340e0cd14"),
      ("api", "queue", "eu", "df8e632fb1fa5e4a"),
      ("api", "queue", "", "dfbb7edd87b3c93e"),
      ("tokyo", "gr\u{F6}\u{DF}e", "\u{E9}", "7d276b6d45d0a93c"),
    ] as [(String, String, String?, String)])
  func isStable(target: String, rule: String, instance: String?, text: String) {
    let key = AlertKey(rule: rule, instance: instance)
    #expect(Fingerprint(target: target, key: key).text == text)
  }

  @Test("Alerts whose names are equal only when joined have different fingerprints")
  func tellsApart() {
    let alerts: [(String, AlertKey)] = [
      ("ab", AlertKey(rule: "c")), ("a", AlertKey(rule: "bc")),
      ("a", AlertKey(rule: "b", instance: "c")), ("abc", AlertKey(rule: "")),
      ("", AlertKey(rule: "abc")), ("ab", AlertKey(rule: "c", instance: "")),
    ]
    let fingerprints = alerts.map { Fingerprint(target: $0.0, key: $0.1) }
    #expect(Set(fingerprints).count == alerts.count)
  }

  @Test(
    "FNV-1a gives the published hashes",
    arguments: [
      ("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8"),
    ])
  func givesPublishedHashes(text: String, hash: String) {
    var whole = FNV1a()
    whole.combine(text)
    var bytewise = FNV1a()
    for byte in text.utf8 { bytewise.combine(byte) }
    #expect(whole.hex == hash)
    #expect(bytewise == whole)
  }

  @Test("A hash keeps its leading zeros")
  func keepsLeadingZeros() {
    let hashes = (0..<512).map { number in
      var hash = FNV1a()
      hash.combine("\(number)")
      return hash.hex
    }
    #expect(hashes.contains { $0.hasPrefix("0") })
    #expect(hashes.allSatisfy { $0.utf8.count == 16 })
  }
}
