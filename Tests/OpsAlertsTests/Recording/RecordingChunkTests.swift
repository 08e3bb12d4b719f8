@testable import AlertEngine
@testable import Files
internal import Foundation
@testable import JSON
@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("Reading recordings in chunks")
struct RecordingChunkTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  /// What was read of some files: a word for each sample and each mistake.
  private func read(
    _ files: [String], chunk: Int, longest: Int = 1 << 20
  ) throws -> (words: [String], most: Int) {
    let rule = Rule(
      name: "r", measurement: .value(try MetricPath("v")),
      condition: Condition(.gt, .number(0.05)), duration: .zero)
    let evaluator = Evaluator(
      Configuration(
        rules: [rule], evaluation: EvaluationSettings(requestCount: .path(try MetricPath("n")))))
    var reader = RecordingReader(for: evaluator)
    var chunks = RecordingChunks(
      files.map { folder.file($0) }, chunkSize: chunk, longestLine: longest)
    var words: [String] = []
    var before = 0
    var most = 0
    while let chunk = try chunks.read() {
      most = max(most, chunk.bytes.count)
      let batch = RecordingBatch(chunk, by: reader)
      reader = batch.reader
      if batch.isFirstOfFile { before = 0 }
      words += batch.samples.map(\.target)
      words += batch.mistakes.map { mistake in
        let name = mistake.file.split(separator: "/").last ?? ""
        return "\(name):\(before + mistake.line):\(mistake.column)"
      }
      #expect(batch.mistakeCount == batch.mistakes.count)
      before += batch.lines
    }
    return (words, most)
  }

  @Test("A pipe without a writer ends the reading after a while")
  func noWriter() throws {
    try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
    var chunks = RecordingChunks([folder.file("pipe")], patience: .milliseconds(20))
    do throws(FileFailure) {
      _ = try chunks.read()
      Issue.record("read nothing")
    } catch {
      #expect(error.description.hasSuffix("pipe: it is a FIFO without a writer"))
    }
  }

  private static func line(_ name: String) -> String {
    #"{"observed_at": "2026-11-21T10:15:00Z", "target": "\#(name)", "snapshot": {"v": 1}}"#
  }

  @Test("Chunks of any size give the same lines with the same numbers")
  func cutAnywhere() throws {
    let one = [
      Self.line("a"), "", "  \t", "{", Self.line("b") + "\r", "\r", #"{"target": "c"} x"#,
      Self.line("d") + "  ", "\u{0}", Self.line("ü"),
    ].joined(separator: "\n")
    try folder.write(one, to: "one")
    try folder.write("\n\nnothing\n" + Self.line("e") + "\n\n", to: "two")
    try folder.write("", to: "none")
    try folder.write("\n", to: "blank")
    let files = ["one", "none", "two", "blank", "one"]
    let whole = try read(files, chunk: 1 << 20).words
    #expect(
      whole == [
        "a", "b", "d", "ü", "one:4:2", "one:7:17", "one:9:1", "e", "two:3:2", "a", "b", "d", "ü",
        "one:4:2", "one:7:17", "one:9:1",
      ])
    for chunk in [1, 2, 3, 7, 16, 61, 100, 200, 333] {
      // Samples of a batch come before its mistakes, whatever their order in the file.
      #expect(try read(files, chunk: chunk).words.sorted() == whole.sorted(), "\(chunk)")
    }
  }

  @Test("A byte order mark is reported, and the lines after it are read")
  func byteOrderMark() throws {
    try folder.write("\u{FEFF}" + Self.line("a") + "\n" + Self.line("b"), to: "bom")
    #expect(try read(["bom"], chunk: 64).words.sorted() == ["b", "bom:1:1"])
  }

  @Test(
    "Lines that are too long are skipped, in bounded memory, and counted",
    arguments: [
      ["L"], ["L", "a"], ["a", "L", "{", "b"], ["L", "L", "x", "L", "c"], ["a", "L"],
    ],
    [true, false])
  func tooLong(lines: [String], isEnded: Bool) throws {
    let texts = lines.map { line in
      switch line {
      // Blanks are valid: only the length makes the line bad.
      case "L": String(repeating: " ", count: 5_000)
      case "a", "b", "c": Self.line(line)
      default: line
      }
    }
    try folder.write(texts.joined(separator: "\n") + (isEnded ? "\n" : ""), to: "long")
    let expected = lines.enumerated().map { index, line in
      switch line {
      case "L", "x": "long:\(index + 1):1"
      case "{": "long:\(index + 1):2"
      default: line
      }
    }
    for chunk in [1, 100, 400, 2_000] {
      let (words, most) = try read(["long"], chunk: chunk, longest: 500)
      #expect(words.sorted() == expected.sorted(), "\(chunk)")
      #expect(most <= 500 + 2 * chunk)
    }
  }
}
