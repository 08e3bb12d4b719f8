internal import Testing

@Suite("A comparison with a kept document")
struct ComparisonTests {
  private static let comparison = Comparison(
    wording: ["checks.*.message"], figures: ["value"], lastLines: ["body"], clock: ["told_at"],
    newNumbers: ["alerts.*.value"], carried: [.object(["value": .string("none seen")])])

  @Test(
    "A comparison allows what is listed",
    arguments: [
      (#"{"checks": [{"message": "a"}]}"#, #"{"checks": [{"message": "b"}]}"#),
      (#"{"value": "none seen", "at": 1}"#, #"{"value": "nothing seen", "at": 1}"#),
      (#"{"body": "a\nfp=1"}"#, #"{"body": "b\nc\nfp=1"}"#),
      (#"{"told_at": "2026-02-25T02:00:59.9Z"}"#, #"{"told_at": "2026-02-25T02:01:02Z"}"#),
      (#"{"alerts": [{}]}"#, #"{"alerts": [{"value": 0.5}]}"#),
      (#"{"a": [1, true, null]}"#, #"{"a": [1.0, true, null]}"#),
    ])
  func allowed(kept: String, new: String) throws {
    let differences = Self.comparison.differences(of: try JSONValue(new), from: try JSONValue(kept))
    #expect(differences == [])
  }

  @Test(
    "A comparison names what differs, with its path",
    arguments: [
      (#"{"checks": [{"message": "a"}]}"#, #"{"checks": [{"message": null}]}"#, "checks.0.message"),
      (#"{"checks": [{"message": "a"}]}"#, #"{"checks": [{}]}"#, "checks.0.message: is gone"),
      (#"{"message": "a"}"#, #"{"message": "b"}"#, "message"),
      (#"{"value": "5 %", "at": 1}"#, #"{"value": "5.0 %", "at": 1}"#, "value"),
      (#"{"value": "none seen"}"#, #"{"value": "nothing seen"}"#, "value"),
      (#"{"body": "a\nfp=1"}"#, #"{"body": "a\nfp=2"}"#, "body"),
      (#"{"told_at": "2026-02-25T02:00:59Z"}"#, #"{"told_at": "2026-02-25T02:02:00Z"}"#, "told_at"),
      (#"{"alerts": [{}]}"#, #"{"alerts": [{"value": "0.5"}]}"#, "alerts.0.value: is new"),
      (#"{"alerts": [{}]}"#, #"{"alerts": [{"limit": 1}]}"#, "alerts.0.limit: is new"),
      (#"{"a": [1]}"#, #"{"a": [1, 2]}"#, "a: expected 1 elements"),
      (#"{"a": 1}"#, #"{"a": true}"#, "a: expected number"),
      (#"{"a": "1"}"#, #"{"a": 1}"#, "a: expected string"),
    ])
  func differing(kept: String, new: String, difference: String) throws {
    let differences = Self.comparison.differences(of: try JSONValue(new), from: try JSONValue(kept))
    #expect(differences.count == 1)
    #expect(differences.first?.hasPrefix(difference) == true, "\(differences)")
  }
}
