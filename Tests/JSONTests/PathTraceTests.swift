@testable import JSON
internal import Testing

@Suite("How far a path leads")
struct PathTraceTests {
  private static let document = """
    {"queues": [{"depth": 5, "name": "a", "oldest_s": null}, {"depth": 6}], "empty": {},
     "none": [], "sources": {"A": {"age": 1}, "B": {"age": "x"}}}
    """

  @Test(
    "A path without a value ends at a known place",
    arguments: [
      (
        "queues.0.dept", "queues.0", .object(keys: ["depth", "name", "oldest_s"], others: 0),
        "did you mean depth?"
      ),
      (
        "queue.0.depth", "",
        .object(
          keys: ["queues", "empty", "none", "sources"], others: 0), "did you mean queues?"
      ),
      ("queues.depth", "queues", .array(count: 2), nil),
      ("queues.2.depth", "queues", .array(count: 2), "its last index is 1"),
      ("queues", "queues", .array(count: 2), nil),
      ("queues.0.oldest_s", "queues.0.oldest_s", .null, nil),
      ("queues.0.depth.max", "queues.0.depth", .scalar("a number"), nil),
      ("empty.a", "empty", .object(keys: [], others: 0), nil),
      ("none.0", "none", .array(count: 0), nil),
      ("none.*.a", "none", .array(count: 0), nil),
      ("queues.0.name.*", "queues.0.name", .scalar("a string"), nil),
    ] as [(String, String, PathTrace.Place, String?)])
  func ends(path: String, reached: String, place: PathTrace.Place, advice: String?) throws {
    let trace = try #require(try follow(path))
    #expect(trace.reached == reached && trace.place == place && trace.advice == advice)
  }

  @Test(
    "A path with a value, or one that a star leaves open, has no such end",
    arguments: ["queues.0.depth", "sources.*.ag", "*.0"])
  func isOpen(path: String) throws {
    #expect(try follow(path) == nil)
  }

  @Test("The stars of a path are replaced by the keys of the instance")
  func instance() throws {
    let trace = try #require(try follow("sources.*.ages", of: "B"))
    #expect(trace.reached == "sources.B" && trace.advice == "did you mean age?")
    #expect(try follow("sources.*.ages", of: "cut…0123") == nil)
  }

  @Test(
    "An odd document is followed, too",
    arguments: [
      #"{"b": 1, "\ud800": 1}"#, #"{"b": 1, "b": 2}"#, #"{"b": [1e999]}"#,
      "{\"b\": " + String(repeating: "[", count: 500) + String(repeating: "]", count: 500) + "}",
    ])
  func odd(document: String) throws {
    let trace = PathTrace(try MetricPath("a"), instance: nil, in: Array(document.utf8))
    guard case .object(let keys, _)? = trace?.place else {
      Issue.record("no trace")
      return
    }
    #expect(keys.first == "b")
  }

  @Test("Of many keys, few are kept, but the closest one is still found")
  func manyKeys() throws {
    let members = (0..<500).map { "\"key_number_\($0)\": 1" } + ["\"latency\": 1"]
    let document = "{\(members.joined(separator: ","))}"
    let path = try MetricPath("latencyy")
    let trace = try #require(PathTrace(path, instance: nil, in: Array(document.utf8)))
    guard case .object(let keys, let others) = trace.place else { return }
    #expect(keys.count == PathTrace.mostKeys && others == 495)
    #expect(trace.advice == "did you mean latency?")
  }

  private func follow(_ path: String, of instance: String? = nil) throws -> PathTrace? {
    PathTrace(try MetricPath(path), instance: instance, in: Array(Self.document.utf8))
  }
}
