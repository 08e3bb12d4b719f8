internal import Text

/// A command, whatever the type of its options.
protocol AnyCommand: Sendable {
  var text: CommandText { get }
  /// Parses the arguments after the command's name.
  func parse(_ arguments: ArraySlice<String>) throws(UsageMistake) -> Invocation
}

/// The help texts of a command.
struct CommandText: Sendable {
  struct Example: Hashable, Sendable {
    var line: String
    var purpose: String
  }

  struct Variable: Hashable, Sendable {
    var name: String
    var meaning: String
  }

  struct Exit: Hashable, Sendable {
    var code: ExitCode
    var meaning: String
  }

  var name: String
  /// A phrase for the list of commands.
  var summary: String
  /// Full sentences for the top of its help.
  var description: String
  /// The operands; `nil` for a command that takes only options.
  var operands: OperandText?
  var examples: [Example]
  var variables: [Variable] = []
  var exits: [Exit]
  /// Makes the options by heading; hidden ones are left out.
  var groups: @Sendable () -> [(title: String, options: [OptionText])] = { [] }

  var options: [OptionText] { groups().flatMap(\.options) }

  /// The options that cannot be combined with this one, whichever of the two declares it.
  func conflicts(of option: OptionText) -> [String] {
    option.excludes + options.filter { $0.excludes.contains(option.name) }.map(\.name)
  }
}

/// A command with its options and its parser.
///
/// Its rows are made when they are needed: those of all commands would take longer than everything
/// else at the start of a run. For the same reason, no requirement of `Options` is one of the type:
/// the Swift runtime would look for its conformance among those of the whole program.
struct Command<Options: Sendable>: AnyCommand {
  let text: CommandText
  let operands: OperandRow<Options>?
  let invocation: @Sendable (Options) -> Invocation
  private let defaults: @Sendable () -> Options
  private let groups: @Sendable () -> [OptionGroup<Options>]

  init(
    _ text: CommandText, operands: OperandRow<Options>? = nil,
    _ groups: @autoclosure @escaping @Sendable () -> [OptionGroup<Options>],
    invocation: @escaping @Sendable (Options) -> Invocation
  ) where Options: CommandOptions {
    let allGroups: @Sendable () -> [OptionGroup<Options>] = { groups() + [.information] }
    var text = text
    text.operands = operands?.text
    text.groups = {
      allGroups().map { ($0.title, $0.rows.map(\.text).filter { !$0.isHidden }) }
    }
    self.text = text
    self.operands = operands
    self.groups = allGroups
    self.defaults = { Options() }
    self.invocation = invocation
  }

  func parse(_ arguments: ArraySlice<String>) throws(UsageMistake) -> Invocation {
    let rows = groups().flatMap(\.rows)
    var options = defaults()
    var written: [GivenOption] = []
    var hasOperands = false
    func take(_ operand: String) throws(UsageMistake) {
      guard let operands else { throw unexpected(operand) }
      guard !operand.isEmpty else { throw mistake("\(operands.text.noun) must not be empty") }
      operands.store(&options, operand)
      hasOperands = true
    }
    var rest = arguments
    while let word = rest.popFirst() {
      guard word != "--" else {
        while let operand = rest.popFirst() { try take(operand) }
        break
      }
      guard word != "-", word.utf8.starts(with: "-".utf8) else {
        try take(word)
        continue
      }
      let name = String(decoding: word.utf8.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
      guard let row = rows.first(where: { $0.text.names.contains(name) }) else {
        throw unknown(name)
      }
      if let before = written.last(where: { $0.text.name == row.text.name }), !row.text.mayRepeat {
        throw repetition(of: name, before: before.name)
      }
      written.append(GivenOption(text: row.text, name: name))
      let attached =
        name == word
        ? nil : String(decoding: word.utf8.dropFirst(name.utf8.count + 1), as: UTF8.self)
      let value = try value(of: row.text, as: name, attached: attached, from: &rest)
      if let text = try apply(row.action, value, as: name, to: &options) { return .print(text) }
    }
    let given = Set(written.map(\.text.name))
    if let operands, !hasOperands, !(operands.text.alternative.map(given.contains) ?? false) {
      throw mistake("\(text.name) needs \(operands.text.noun): \(operands.text.placeholder)")
    }
    try checkConflicts(written, given)
    return invocation(options)
  }

  /// The value of an option: attached by `=`, else the next word; empty for a flag.
  private func value(
    of option: OptionText, as name: String, attached: String?, from rest: inout ArraySlice<String>
  ) throws(UsageMistake) -> String {
    guard let placeholder = option.placeholder else {
      guard attached == nil else { throw mistake("\(name) takes no value") }
      return ""
    }
    if let value = attached ?? rest.first, value.isEmpty {
      throw mistake("\(name) needs a non-empty value")
    }
    if let attached { return attached }
    guard let next = rest.first, next == "-" || !next.utf8.starts(with: "-".utf8) else {
      throw mistake(
        "\(name) needs a value (\(name) \(placeholder), "
          + "or \(name)=\(placeholder) if the value starts with a dash)")
    }
    rest.removeFirst()
    return next
  }

  /// Applies an option; returns a text if the option only prints one.
  private func apply(
    _ action: OptionRow<Options>.Action, _ value: String, as name: String, to options: inout Options
  ) throws(UsageMistake) -> String? {
    do throws(ValueMistake) {
      switch action {
      case .flag(let set): set(&options)
      case .value(let store): try store(&options, value)
      case .help: return HelpText.of(text)
      case .print(let make): return try make(value)
      }
      return nil
    } catch {
      throw mistake("\(name) \(error.reason)")
    }
  }

  private func repetition(of name: String, before: String) -> UsageMistake {
    mistake(
      before == name
        ? "\(name) is given twice" : "\(before) and \(name) are the same option, given twice")
  }

  private func checkConflicts(
    _ written: [GivenOption], _ canonicalNames: Set<String>
  ) throws(UsageMistake) {
    for option in written {
      if let other = option.text.excludes.first(where: canonicalNames.contains) {
        throw mistake("\(option.name) and \(other) cannot be used together")
      }
      if let needed = option.text.requires, !canonicalNames.contains(needed) {
        throw mistake("\(option.name) requires \(needed)")
      }
    }
  }

  private func mistake(_ reason: String) -> UsageMistake {
    UsageMistake(reason, command: text.name)
  }

  private func unexpected(_ operand: String) -> UsageMistake {
    let isCommand = allCommands.contains { $0.text.name == operand }
    let hint =
      isCommand
      ? " (put the command first: '\(Program.name) \(operand) …')"
      : fileSuggestion(for: operand, of: text)
    return mistake(
      strayURL(operand) ?? "\(text.name) takes options only, not \(shown(operand))\(hint)")
  }

  private func unknown(_ name: String) -> UsageMistake {
    if ["--bearer-token", "--token"].contains(name) {
      return mistake(
        "\(name) does not exist, since other users can see command lines: put the token in "
          + "OPS_API_BEARER_TOKEN, or in a file for --bearer-token-file")
    }
    let owner = allCommands.map(\.text).first { $0.options.contains { $0.names.contains(name) } }
    let own = text.options.flatMap(\.names)
    let isHabit = meant(by: name, among: own) != nil
    let hint =
      isHabit
      ? suggestion(for: name, among: own)
      : owner.map { " (it belongs to \($0.name))" } ?? suggestion(for: name, among: own)
    return mistake("\(text.name) has no option \(shown(name))\(hint)")
  }
}

/// An option on the command line, and the name that was used for it.
private struct GivenOption {
  let text: OptionText
  let name: String
}
