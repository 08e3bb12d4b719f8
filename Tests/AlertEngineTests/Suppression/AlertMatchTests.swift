internal import TestSupport
internal import Testing

@testable import AlertEngine

@Suite("Matching alerts")
struct AlertMatchTests {
  @Test(
    "A * matches any text",
    arguments: [
      ("", "", true), ("", "a", false), ("*", "", true), ("*", "a/b", true), ("a", "a", true),
      ("a", "A", false), ("a", "ab", false), ("a*", "a", true), ("a*", "abc", true),
      ("a*c", "abc", true), ("a*c", "ac", true), ("a*c", "abcd", false), ("*c", "abcc", true),
      ("a**", "a", true), ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false),
      ("a*ba*", "abaaba", true), ("ä*", "äö", true), ("a.c", "abc", false), ("*", "*", true),
    ])
  func pattern(pattern: String, name: String, matches: Bool) {
    #expect(NamePattern(pattern).matches(name) == matches)
  }

  @Test("A pattern agrees with its definition on short texts")
  func definition() {
    func matches(_ pattern: Substring, _ name: Substring) -> Bool {
      guard let first = pattern.first else { return name.isEmpty }
      if first == "*" {
        return matches(pattern.dropFirst(), name)
          || !name.isEmpty && matches(pattern, name.dropFirst())
      }
      return name.first == first && matches(pattern.dropFirst(), name.dropFirst())
    }
    var dice = SplitMix64(seed: 14)
    for _ in 0..<20_000 {
      let pattern = String(
        (0..<Int.random(in: 0...6, using: &dice)).map { _ in "ab*".randomElement(using: &dice)! })
      let name = String(
        (0..<Int.random(in: 0...8, using: &dice)).map { _ in "ab".randomElement(using: &dice)! })
      #expect(
        NamePattern(pattern).matches(name) == matches(pattern[...], name[...]), "\(pattern) \(name)"
      )
    }
  }

  @Test("A pattern with many stars is matched quickly")
  func stars() {
    let pattern = NamePattern(String(repeating: "*a", count: 100) + "b")
    #expect(!pattern.matches(String(repeating: "a", count: 2_000)))
  }

  private static let alert = AlertIdentity(
    target: "api", key: AlertKey(rule: "age", instance: "eu"), severity: .warning,
    labels: ["team": "search"])

  @Test(
    "All parts of a match must hold, and one of the names in each",
    arguments: [
      (AlertMatch(), true),
      (AlertMatch(rules: [NamePattern("x"), NamePattern("a*")]), true),
      (AlertMatch(rules: [NamePattern("x")]), false),
      (AlertMatch(instances: [NamePattern("e*")], targets: [NamePattern("api")]), true),
      (AlertMatch(instances: [NamePattern("e*")], targets: [NamePattern("db")]), false),
      (AlertMatch(severities: [.critical, .warning]), true),
      (AlertMatch(severities: [.critical]), false),
      (AlertMatch(labels: ["team": NamePattern("s*")]), true),
      (AlertMatch(labels: ["team": NamePattern("s*"), "zone": NamePattern("*")]), false),
    ])
  func match(match: AlertMatch, holds: Bool) {
    #expect(match.matches(Self.alert) == holds)
    #expect(match.isEverything == (match == AlertMatch()))
  }

  @Test("A pattern of instances does not match an alert without one")
  func noInstance() {
    var alert = Self.alert
    alert.key.instance = nil
    #expect(!AlertMatch(instances: [NamePattern("*")]).matches(alert))
  }
}
