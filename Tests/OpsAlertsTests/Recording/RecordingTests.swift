@testable import AlertEngine
@testable import JSON

@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Recordings")
struct RecordingTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  static func line(_ content: RecordingLine.Content) -> RecordingLine {
    RecordingLine(
      observedAt: Instant(milliseconds: 1_795_000_000_000), target: "api", content: content)
  }

  static let head = #"{"observed_at": "2026-11-18T11:06:40Z", "target": "api", "#

  @Test("A snapshot becomes one line, however many lines it had")
  func oneLine() throws {
    let body = "{\r\n  \"a\": [1,\n 2.50]}\n"
    try Recording.append([Self.line(.snapshot(Array(body.utf8)))], to: folder.file("r.jsonl"))
    #expect(
      try folder.read("r.jsonl") == Self.head + "\"snapshot\": {    \"a\": [1,  2.50]} }\n")
  }

  @Test("A run without a snapshot is recorded with the cause, even if the body is not JSON")
  func errors() throws {
    let lines = [Self.line(.error("refused")), Self.line(.snapshot(Array("<html>".utf8)))]
    try Recording.append(lines, to: folder.file("new/r.jsonl"))
    #expect(
      try folder.read("new/r.jsonl")
        == Self.head + "\"error\": \"refused\"}\n"
        + Self.head
        + "\"error\": \"the response is not a JSON snapshot (line 1, column 1: expected a value, found '<')\"}\n"
    )
  }

  @Test(
    "A line has what is known about the response, and a body that is no document as a text",
    arguments: [
      (
        RecordingLine.Content.snapshot(Array("{}".utf8)),
        ResponseFacts(status: 503, seconds: 0.25, bytes: 2),
        #""response": {"status": 503, "seconds": 0.25, "bytes": 2}, "snapshot": {}}"#
      ),
      (
        .text(Array("# TYPE a gauge\na{b=\"c\"} 1\n".utf8)), ResponseFacts(),
        ##""text": "# TYPE a gauge\na{b=\"c\"} 1\n"}"##
      ),
      (.responseOnly, ResponseFacts(status: 302), #""response": {"status": 302}}"#),
      (
        .text([0x61, 0xFF]), ResponseFacts(),
        #""error": "the response is not Prometheus text (it is not UTF-8)"}"#
      ),
    ])
  func response(
    content: RecordingLine.Content, response: ResponseFacts, rest: String
  ) throws {
    var line = Self.line(content)
    line.response = response
    try Recording.append([line], to: folder.file("r.jsonl"))
    #expect(try folder.read("r.jsonl") == Self.head + rest + "\n")
  }

  @Test("After a truncated line, the next one starts on a line of its own")
  func afterCut() throws {
    try folder.write("{\"observed_at\": \"20", to: "r.jsonl")
    try Recording.append([Self.line(.error("x"))], to: folder.file("r.jsonl"))
    let lines = try folder.read("r.jsonl").split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[1].hasPrefix(Self.head))
  }

  @Test("The lines of one run are written in time order")
  func order() throws {
    let minutes = [[3.0, 1, 2, 1], [0.5, 4]]
    for (part, minutes) in minutes.enumerated() {
      let lines = minutes.enumerated().map { place, minute in
        RecordingLine(
          observedAt: Instant(milliseconds: 0) + .minutes(minute), target: "\(part).\(place)",
          content: .error("x"))
      }
      try Recording.append(lines, to: folder.file("r.jsonl"))
    }
    let targets = try folder.read("r.jsonl").split(separator: "\n").map { line in
      try JSONNode.parse(Array(line.utf8))["target"]?.text
    }
    // What was recorded before stays in front.
    #expect(targets == ["0.1", "0.3", "0.2", "0.0", "1.0", "1.1"])
  }
}
