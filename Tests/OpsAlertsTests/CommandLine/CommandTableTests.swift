@testable import OpsAlerts

@testable internal import OpsAlerts
internal import Testing

@Suite("The table of commands and options")
struct CommandTableTests {
  @Test("An option name is unique", arguments: allCommands.map(\.text))
  func uniqueNames(command: CommandText) {
    let names = command.options.flatMap(\.names)
    #expect(Set(names).count == names.count)
  }

  @Test(
    "Conflicts and requirements name existing options", arguments: allCommands.map(\.text))
  func references(command: CommandText) {
    let known = Set(command.options.map(\.name))
    let named = Set(command.options.flatMap { $0.excludes + [$0.requires].compactMap(\.self) })
    #expect(named.isSubset(of: known))
  }

  @Test("Help shows every option and fits 80 columns", arguments: allCommands.map(\.text))
  func help(command: CommandText) throws {
    let help = HelpText.of(command)
    for option in command.options { #expect(help.contains(option.name)) }
    for variable in command.variables { #expect(help.contains(variable.name)) }
    let lines = help.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines.filter { $0.count > 80 })")
    #expect(lines.allSatisfy { $0.last != " " })
  }

  @Test("The overview shows every command and fits 80 columns")
  func overview() {
    let lines = HelpText.overview().split(separator: "\n")
    for command in allCommands {
      #expect(lines.contains { $0.hasPrefix("  \(command.text.name) ") })
    }
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(allCommands.count >= 8)
    #expect(allCommands.flatMap(\.text.options).count > 40)
    #expect(!allCommands.flatMap(\.text.variables).isEmpty)
  }

  @Test("Hidden options are not in the help, but work")
  func hidden() throws {
    let help = HelpText.of(checkCommand.text)
    for name in ["--print-schema", "--print-reference", "--print-cli-reference"] {
      #expect(!help.contains(name))
      #expect(throws: Never.self) { try parseCommandLine(["check", name]) }
    }
  }

  @Test("Columns are aligned, and a cell that is too wide gets its own line")
  func layout() {
    let help = HelpText.of(evaluateCommand.text)
    #expect(
      help.contains("\n  --timeout D             time limit for one fetch attempt (default: 10s)\n")
    )
    #expect(help.contains("\n  --allow-missing-metrics\n                          rules without"))
  }
}

extension CommandText: CustomTestStringConvertible {
  public var testDescription: String { name }
}
