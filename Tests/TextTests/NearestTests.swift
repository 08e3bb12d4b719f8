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
}
