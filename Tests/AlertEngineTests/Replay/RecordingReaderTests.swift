@testable import AlertEngine
internal import Foundation
internal import TestSupport
internal import Testing
@testable import Text

/// A reader remembers the shapes of lines and does not parse lines of the same shape again.
///
/// `OPS_RECORDINGS` sets the number of random lines.
@Suite("The reader of recordings")
struct RecordingReaderTests {
  private static let evaluator: Evaluator = {
    let rules = [
      Timeline.rule("number", path: "a.v"), Timeline.rule("text", path: "a.t"),
      Timeline.rule("each", path: "of.*.v"), Timeline.rule("both", path: "of.x.v"),
      Timeline.rule("array", path: "list.1"), Timeline.rule("container", path: "a"),
      Timeline.rule("elements", path: "list.*"),
    ]
    return Evaluator(
      Configuration(
        rules: rules, evaluation: EvaluationSettings(requestCount: .path(Timeline.path("n")))))
  }()

  /// The result of reading a line as text: everything that an evaluation can see.
  private static func words(_ line: [UInt8], _ reader: inout RecordingReader) -> String {
    line.withUnsafeBufferPointer { bytes in
      do throws(RecordingMistake) {
        let sample = try reader.read(bytes)
        let evaluation = evaluator.evaluate(
          sample.reading, from: TargetState(), at: sample.observedAt)
        let checks = evaluation.checks.map {
          "\($0.subject.name) \($0.instance ?? "-") \($0.observation)"
        }
        return "\(sample.observedAt.rfc3339) \(sample.target) \(checks) \(evaluation.warnings)"
      } catch {
        return "column \(error.column): \(error.reason)"
      }
    }
  }

  private static let lines = [
    #"{"observed_at": "2026-11-21T10:15:00Z", "target": "api", "snapshot": {"n": 350, "a": {"v": 0.07, "t": "ok"}, "of": {"x": {"v": 1e-3}, "y": {"v": 2}}, "list": [1, 2, [], {}]}}"#,
    #"{"target":"api","snapshot":{"of":{},"list":[],"a":{"v":-1.5E+3,"t":"\u00e9\n","u":{"v":true}},"n":null},"observed_at":"2026-11-21T10:15:00.250Z"}  "#,
    #"{"observed_at": "2026-11-21T10:15:00Z", "target": "api", "error": "refused"}"#,
    #" {"observed_at":"2026-11-21T10:15:00Z","target":"b","snapshot":null,"other":[false,"x"]}"#,
    #"{"observed_at": "2026-11-21T10:15:00Z", "target": "api", "snapshot": 7}"#,
    #"{"observed_at": "2026-11-21T10:15:00Z", "target": "api", "snapshot": [{"v": 1}]}"#,
  ].map { Array($0.utf8) }

  /// Replacements for parts of a line, some of them invalid.
  private static let pieces: [[UInt8]] =
    [
      "0", "-0", "00", "1.", "1e400", "-1e308", "123456789012345678901234567890", "2.5e-3", "1E+5",
      "0.1000000000000000055", "true", "false", "null", "\"\"", #""\ud83d\ude00""#, #""\ud83d""#,
      #""\x""#, "\"a\u{0}b\"", "\"ü\"", "{}", "[]", "{", "}", "[", "]", ",", ":", "\"", " ", "\t",
      "\n", "\r\n", #"{"v": 3}"#, #""v": 4, "#, #""snapshot": {}, "#, #""error": "x", "#,
      #""target": "z", "#, #""2026-11-21T10:15:60Z""#, #""0001-01-01T00:00:00Z""#, "nul", "x",
      "\u{FEFF}",
    ].map { Array($0.utf8) } + [
      [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0],
    ]

  /// The line with one or two changes.
  private static func edited(_ line: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var line = line
    for _ in 0..<Int.random(in: 1...2, using: &random) {
      let spans = scalars(of: line)
      // Usually where a token begins or ends, or at the end of the line.
      let edges = spans.flatMap { [$0.lowerBound, $0.upperBound] } + [line.count, line.count]
      let place =
        Bool.random(using: &random)
        ? edges.randomElement(using: &random) ?? 0 : Int.random(in: 0...line.count, using: &random)
      let piece = pieces[Int.random(in: pieces.indices, using: &random)]
      switch Int.random(in: 0..<14, using: &random) {
      case 0, 6: line.insert(contentsOf: piece, at: place)
      case 1: line.removeLast(line.count - place)
      case 2 where place < line.count: line[place] = UInt8.random(in: 0...255, using: &random)
      case 3 where place < line.count: line.remove(at: place)
      case 4 where place + 1 < line.count: line.swapAt(place, place + 1)
      case 7: line += piece
      case 5, 8:
        guard let span = spans.randomElement(using: &random) else { continue }
        line.replaceSubrange(span, with: piece)
      default:
        let values = spans.filter { $0.upperBound == line.count || line[$0.upperBound] != 0x3A }
        guard let span = values.randomElement(using: &random) else { continue }
        line.replaceSubrange(span, with: scalar(like: line[span], &random))
      }
    }
    return line
  }

  /// Another scalar of the same kind: a number of a different length, a string, a literal.
  private static func scalar(
    like bytes: ArraySlice<UInt8>, _ random: inout SplitMix64
  ) -> [UInt8] {
    let texts =
      switch bytes.first {
      case UInt8(ascii: "\""):
        [#""""#, #""x""#, #""\u00fc\\""#, #""2026-02-25T10:15:00Z""#, "0", "null"]
      default: ["0", "-0.0", "1e3", "12345.678901", "-2E-9", "1e308", "true", "null", #""s""#]
      }
    return Array(texts[Int.random(in: texts.indices, using: &random)].utf8)
  }

  /// Roughly the ranges of scalars and keys; a key includes its colon.
  private static func scalars(of line: [UInt8]) -> [Range<Int>] {
    let structure = Array("{}[],: \t\r".utf8)
    var spans: [Range<Int>] = []
    var start = 0
    var isQuoted = false
    for index in 0...line.count {
      if index < line.count, line[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
      guard index == line.count || (!isQuoted && structure.contains(line[index])) else { continue }
      if start < index { spans.append(start..<index) }
      start = index + 1
    }
    return spans
  }

  private static let rounds =
    ProcessInfo.processInfo.environment["OPS_RECORDINGS"].flatMap { Int($0) }.map { $0 * 5 } ?? 500

  @Test("A changed line is read as by a reader that has seen no other lines")
  func edits() {
    var random = SplitMix64(seed: 8)
    let fresh = RecordingReader(for: Self.evaluator)
    var learned = fresh
    var shapes = Self.lines
    var good = 0
    for round in 0..<Self.rounds {
      if round % 300 == 299 { (learned, shapes) = (fresh, Self.lines) }
      let shape = Int.random(in: shapes.indices, using: &random)
      // Lines of known shapes allow further shapes to be learned.
      _ = Self.words(shapes[shape], &learned)
      let line = Self.edited(shapes[shape], &random)
      var other = fresh
      let expected = Self.words(line, &other)
      guard Self.words(line, &learned) == expected else {
        Issue.record("\(String(decoding: line, as: UTF8.self)): \(Self.words(line, &learned))")
        return
      }
      // Once more: now the reader may know this shape.
      #expect(Self.words(line, &learned) == expected)
      if !expected.hasPrefix("column") {
        good += 1
        if round % 7 == 0 { shapes[shape] = line }
      }
    }
    #expect(good > Self.rounds / 8)
  }

  @Test(
    "A JSON line that is not a sample is reported with the place of the mistake",
    arguments: [
      (#"{"observed_at": 5, "target": "a", "snapshot": {}}"#, 17, noTime),
      (#"{"target": "a", "observed_at":"2026-11-21", "snapshot": {}}"#, 31, noTime),
      (#" {"x": {"observed_at": 1}, "observed_at": null, "target": "a"}"#, 43, noTime),
      (#"{"target": "a", "snapshot": {}}"#, 1, #""observed_at" is missing"#),
      (#" [{"observed_at": 1}]"#, 1, #""observed_at" is missing"#),
      ("5", 1, #""observed_at" is missing"#),
      (#"{\#(time), "snapshot": {"target": 1}}"#, 1, #""target" is missing"#),
      (#"{\#(time), "target":  "", "snapshot": {}}"#, 52, #""target" must be a nonempty string"#),
      (
        #"{\#(time), "t\u0061rget": [1], "snapshot": {}}"#, 56,
        #""target" must be a nonempty string"#
      ),
      (#"{\#(time), "target": "a", "error": {"error": 1}}"#, 65, #""error" must be a string"#),
      (#"{\#(time), "target": "a"}"#, 1, #"neither "snapshot" nor "error" is present"#),
      (
        #"{\#(time), "error": "x", "target": "a", "snapshot": {}}"#, 50,
        #"both "snapshot" and "error" are present"#
      ),
    ])
  func places(line: String, column: Int, reason: String) {
    var learned = RecordingReader(for: Self.evaluator)
    for _ in 0..<3 {
      #expect(Self.words(Array(line.utf8), &learned) == "column \(column): \(reason)")
    }
  }

  private static let time = #""observed_at": "2026-11-21T10:15:00Z""#
  private static let noTime = #""observed_at" must be a time such as 2026-11-21T10:15:00Z"#

  @Test(
    "A line may hold Prometheus text, and what is known of the response",
    arguments: [
      (#""text": "v{a=\"x\"} 7\n""#, #"m[a="x"] bad 7"#), (#""text": "v 1\n""#, "m good 1"),
      (#""text": "{}""#, "m unknown unreachable"),
      (#""snapshot": {"l": [{"n": "x", "v": 9}]}"#, "q[x] bad 9"),
      (
        #""snapshot": {"l": [{"n": "x", "v": 9}]}, "response": {"seconds": 7}"#,
        "s bad 7, q[x] bad 9"
      ),
      (#""response": {"status": 200, "seconds": 6.5, "bytes": 3}"#, "s bad 6.5"),
      (#""error": "refused", "response": {"status": 500}"#, "s unknown unreachable"),
    ])
  func formats(members: String, expected: String) throws {
    let target = members.contains("text") ? "p" : members.contains("snapshot") ? "j" : "n"
    let text = """
      {"rules": [
        {"name": "m", "metric": "v", \(Self.rest)}, {"name": "s", "metric_path": "@response.seconds", \(Self.rest)},
        {"name": "q", "metric_path": "$.l[?@.v>0].v", "instance_by": ["n"], \(Self.rest)}],
       "targets": [{"name": "p", "format": "prometheus", "base_url": "http://p"},
        {"name": "j", "format": "json", "base_url": "http://j"},
        {"name": "n", "format": "none", "base_url": "http://n"}]}
      """
    let evaluator = Evaluator(try Configuration.decode(Array(text.utf8)))
    var reader = RecordingReader(for: evaluator)
    let line = Array(#"{\#(Self.time), "target": "\#(target)", \#(members)}"#.utf8)
    // The second time, its shape is known.
    for _ in 0..<2 {
      let sample = try line.withUnsafeBufferPointer { try reader.read($0) }
      let evaluation = evaluator.evaluate(
        sample.reading, of: sample.target, from: TargetState(), at: sample.observedAt)
      let seen = evaluation.checks.filter { $0.subject.rule != nil && $0.reason != .notRecorded }
      let words = seen.map { "\($0.key.text) \(Probe.words($0.observation))" }
      #expect(words.joined(separator: ", ").hasPrefix(expected), "\(words)")
    }
  }

  private static let rest = #""comparison": "gt", "threshold": 5, "duration_minutes": 0"#

  @Test(
    "A line with more than one body, or with a body that is no text, is no sample",
    arguments: [
      (#""text": 5"#, #""text" must be a string"#),
      (#""text": "v 1", "snapshot": {}"#, #"both "text" and "snapshot" are present"#),
      (#""text": "v 1", "error": "x""#, #"both "text" and "error" are present"#),
      (#""response": {}"#, #"neither "snapshot" nor "error" is present"#),
    ])
  func bodies(members: String, reason: String) {
    var reader = RecordingReader(for: Self.evaluator)
    let line = Array(#"{\#(Self.time), "target": "a", \#(members)}"#.utf8)
    #expect(Self.words(line, &reader).hasSuffix(reason))
  }

  @Test("A truncated document of a known shape is not a document", arguments: 0..<6)
  func cuts(shape: Int) {
    let line = Self.lines[shape]
    let fresh = RecordingReader(for: Self.evaluator)
    var learned = fresh
    _ = Self.words(line, &learned)
    for count in 0..<line.count {
      var other = fresh
      #expect(
        Self.words(Array(line[..<count]), &learned) == Self.words(Array(line[..<count]), &other))
    }
  }
}
