import Testing

@testable import OpsAlerts

@Suite("The manual page")
struct ManualPageTests {
  @Test("It names every command and every option that help shows")
  func isComplete() {
    let text = ManualPage.text()
    for command in allCommands.map(\.text) {
      #expect(text.contains("\n.SH \"\(ManualPage.roff(command.name.uppercased()))\"\n"))
      for option in command.options.flatMap(\.names) {
        #expect(text.contains("\\fB\(ManualPage.roff(option))\\fR"), "\(command.name) \(option)")
      }
    }
  }

  @Test(
    "A text that roff would read as a command is printed as it is",
    arguments: [
      (".so /etc/passwd", "\\&.so /etc/passwd"), ("'quoted'", "\\&'quoted'"),
      ("a\\b", "a\\eb"), ("--name", "\\-\\-name"), ("a\n.b", "a\n\\&.b"),
    ])
  func escapes(text: String, page: String) {
    #expect(ManualPage.roff(text) == page)
  }

  @Test(
    "--version --verbose, in any order and of any command, names commit, toolchain and platform",
    arguments: [
      ["--version", "--verbose"], ["--verbose", "--version"], ["watch", "--version", "--verbose"],
    ])
  func build(arguments: [String]) throws {
    guard case .print(let text) = try parseCommandLine(arguments) else {
      Issue.record("it prints nothing")
      return
    }
    let names = text.split(separator: "\n").dropFirst().map { $0.prefix { $0 != ":" } }
    #expect(names == ["commit", "toolchain", "platform"])
  }
}
