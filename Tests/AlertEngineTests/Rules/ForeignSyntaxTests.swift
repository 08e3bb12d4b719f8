@testable import AlertEngine
@testable import JSON
internal import Testing

@Suite("Paths in the syntax of other tools")
struct ForeignSyntaxTests {
  @Test(
    "What is advised instead is a path that a rule may have",
    arguments: [
      "queues[0].depth", "a[*].b", "/disk/size", "a.**.b", "**.b", "items[name=mail].size",
      "items[?name='x'].size", "items[?(@.name=='x')].size", "items[?name=='x' && size>3].size",
      "items[name=it's].size", "a[b]", "a[].b", "a[-1]", "a[1:2]", "a.#.b", "#.b", "a.#",
      "items[?].x", "/a//b",
    ])
  func isValid(path: String) throws {
    guard let advice = try MetricPath(path).foreignSyntaxAdvice else { return }
    let quoted = try #require(advice.split(separator: "\"").dropFirst().first, "\(advice)")
    let text = String(quoted)
    #expect(throws: Never.self, "\(advice)") {
      if text.hasPrefix("$") { _ = try JSONPath(text) } else { _ = try MetricPath(text) }
    }
  }
}
