internal import Testing
@testable import Text

@Suite("The closest known word")
struct NearestTests {
  @Test(
    "A typo is matched to its word, and any other word to none",
    arguments: [
      ("treshold", "threshold"), ("thresohld", "threshold"), ("Threshold", "threshold"),
      ("duration", "duration_minutes"), ("colour", nil), ("", nil), ("d", nil),
      (String(repeating: "x", count: 65), nil),
    ] as [(String, String?)])
  func suggests(word: String, expected: String?) {
    #expect(nearest(to: word, among: ["name", "threshold", "duration_minutes"]) == expected)
  }

  @Test(
    "A name with other words is matched to the one that has most of them",
    arguments: [
      ("metrics.error_rate", "request_metrics.errors.rate"), ("queue.0.size", "queues.0.size"),
      ("http_requests_errors_total", "http_request_errors_total"), ("load", nil), ("", nil),
    ] as [(String, String?)])
  func suggestsByWords(name: String, expected: String?) {
    let known = ["request_metrics.errors.rate", "queues.0.size", "http_request_errors_total"]
    #expect(nearestByWords(to: name, among: known) == expected)
  }
}
