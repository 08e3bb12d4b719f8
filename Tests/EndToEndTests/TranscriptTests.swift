internal import Foundation
internal import TestSupport
internal import Testing

@Suite("Transcripts in the documents", .promptly, .inTurn)
struct TranscriptTests {
  /// One `$ ops-alert-eval …` of a console block and what stands below it.
  struct Transcript: CustomTestStringConvertible, Sendable {
    let document: String
    let arguments: [String]
    let output: String
    var testDescription: String { "\(document): \(arguments.joined(separator: " "))" }
  }

  static let transcripts: [Transcript] = {
    let folder = FileManager.default.enumerator(
      atPath: Repository.root.appending(path: "docs").path)
    let documents = (folder?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".md") }
    return (["README.md"] + documents.sorted().map { "docs/\($0)" }).flatMap(transcripts)
  }()

  private static func transcripts(in document: String) -> [Transcript] {
    let text =
      (try? String(contentsOf: Repository.root.appending(path: document), encoding: .utf8)) ?? ""
    return text.split(separator: "```console\n").dropFirst().flatMap { rest in
      let block = rest.prefix(upTo: rest.firstRange(of: "\n```")?.lowerBound ?? rest.endIndex)
      // Commands of other programs stand in the documents too.
      let commands = ("\n" + block).split(separator: "\n$ ").filter {
        $0.hasPrefix("ops-alert-eval")
      }
      return commands.map { command in
        let part = command.trimmingPrefix("ops-alert-eval")
        let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        return Transcript(
          document: document, arguments: words(of: lines[0]),
          output: lines.count > 1 ? String(lines[1]) : "")
      }
    }
  }

  /// The words of a command, as a shell splits them; it may have single quotes.
  private static func words(of command: Substring) -> [String] {
    command.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap {
      $0.offset % 2 == 1
        ? [String($0.element)] : $0.element.split(separator: " ").map(String.init)
    }
  }

  @Test("The README has transcripts to check")
  func some() {
    #expect(Self.transcripts.count { $0.document == "README.md" } >= 2)
  }

  @Test("A transcript shows what the program prints", arguments: transcripts)
  func real(_ transcript: Transcript) async throws {
    let place = try Workplace()
    for folder in ["config", "docs", ".git"] {
      try FileManager.default.createSymbolicLink(
        at: URL(filePath: place.file(folder)),
        withDestinationURL: Repository.root.appending(path: folder))
    }
    let ended = try await place.run(transcript.arguments)
    #expect(ended.output.trimmingCharacters(in: .newlines) == transcript.output)
  }
}
