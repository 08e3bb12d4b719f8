internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("docs/cli.md")
struct CommandLineReferenceTests {
  @Test("The reference in docs/cli.md is up to date")
  func drift() throws {
    let file = Repository.root.appending(path: "docs/cli.md")
    let document = try String(contentsOf: file, encoding: .utf8)
    #expect(
      document.contains(CommandLineReference.markdown()),
      "docs/cli.md has drifted from the commands and options: run `make generate`")
    #expect(document.components(separatedBy: CommandLineReference.start).count == 2)
    #expect(document.components(separatedBy: CommandLineReference.end).count == 2)
  }

  @Test("The reference stays between its markers")
  func markers() {
    let text = CommandLineReference.markdown()
    #expect(text.hasPrefix(CommandLineReference.start + "\n"))
    #expect(text.hasSuffix("\n" + CommandLineReference.end + "\n"))
  }

  @Test("A bar in a cell does not end the cell")
  func cells() {
    #expect(CommandLineReference.markdown().contains("| `--format text\\|json` |"))
  }
}
