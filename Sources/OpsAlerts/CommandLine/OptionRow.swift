internal import Text

/// One option of a command: its texts and its effect.
///
/// Parser, help, completions and reference are all derived from these rows.
struct OptionRow<Options: Sendable>: Sendable {
  enum Action: Sendable {
    case flag(@Sendable (inout Options) -> Void)
    case value(@Sendable (inout Options, String) throws(ValueMistake) -> Void)
    /// Prints the command's help and exits.
    case help
    /// Prints a text and exits; the value is empty if the option takes none.
    case print(@Sendable (_ value: String) throws(ValueMistake) -> String)
  }

  var text: OptionText
  var action: Action
}

/// The texts of an option.
struct OptionText: Hashable, Sendable {
  /// The canonical name first, each with its dashes.
  var names: [String]
  /// `nil` for a flag.
  var placeholder: String?
  var completion = Completion.nothing
  /// A phrase in lower case, without a full stop.
  var summary: String
  var defaultText: String?
  /// The environment variable that applies if the option is not given.
  var environment: String?
  /// Options that cannot be used together with this one.
  var excludes: [String] = []
  /// The option that this one needs.
  var requires: String?
  var mayRepeat = false
  var isHidden = false

  var name: String { names[0] }
}

/// The operands of a command, one or more.
struct OperandRow<Options: Sendable>: Sendable {
  var text: OperandText
  /// The text is never empty.
  var store: @Sendable (inout Options, String) -> Void

  /// Files, in the order of the command line.
  static func files(
    _ noun: String, _ path: any WritableKeyPath<Options, [String]> & Sendable, _ summary: String
  ) -> Self {
    OperandRow(
      text: OperandText(noun: noun, placeholder: "FILE…", summary: summary),
      store: { $0[keyPath: path].append($1) })
  }

  /// Words, in the order of the command line.
  static func words(
    _ noun: String, _ placeholder: String,
    _ path: any WritableKeyPath<Options, [String]> & Sendable,
    _ summary: String, completing words: [String] = [], insteadOf option: String? = nil
  ) -> Self {
    OperandRow(
      text: OperandText(
        noun: noun, placeholder: placeholder, summary: summary,
        completion: words.isEmpty ? .nothing : .words(words), alternative: option),
      store: { $0[keyPath: path].append($1) })
  }
}

/// The texts of a command's operands.
struct OperandText: Hashable, Sendable {
  /// What one of them is, with its article: `a recording`.
  var noun: String
  var placeholder: String
  /// A phrase in lower case, without a full stop.
  var summary: String
  var completion = Completion.files
  /// The option that may be given instead of operands.
  var alternative: String?
}

/// Options under one heading.
struct OptionGroup<Options: Sendable>: Sendable {
  var title: String
  var rows: [OptionRow<Options>]

  init(_ title: String, _ rows: [OptionRow<Options>]) {
    self.title = title
    self.rows = rows
  }
}

extension OptionRow {
  /// An option that sets one of the command's options to a fixed value.
  static func flag<Value: Sendable>(
    _ name: String, _ path: any WritableKeyPath<Options, Value> & Sendable, _ value: Value,
    _ summary: String
  ) -> Self {
    OptionRow(
      text: OptionText(names: [name], summary: summary),
      action: .flag { $0[keyPath: path] = value })
  }

  /// An option with a value and a default.
  static func setting<Value>(
    _ name: String, _ value: OptionValue<Value>,
    _ path: any WritableKeyPath<Options, Value> & Sendable, _ summary: String
  ) -> Self where Options: CommandOptions {
    var row = OptionRow(name, value, summary) { $0[keyPath: path] = $1 }
    row.text.defaultText = value.write(Options()[keyPath: path])
    return row
  }

  /// An option with a value and no default.
  static func optional<Value>(
    _ name: String, _ value: OptionValue<Value>,
    _ path: any WritableKeyPath<Options, Value?> & Sendable, _ summary: String
  ) -> Self {
    OptionRow(name, value, summary) { $0[keyPath: path] = $1 }
  }

  /// An option with a value that may be given several times.
  static func repeated<Value>(
    _ name: String, _ value: OptionValue<Value>,
    _ path: any WritableKeyPath<Options, [Value]> & Sendable, _ summary: String
  ) -> Self {
    var row = OptionRow(name, value, summary) { $0[keyPath: path].append($1) }
    row.text.mayRepeat = true
    return row
  }

  private init<Value>(
    _ name: String, _ value: OptionValue<Value>, _ summary: String,
    store: @escaping @Sendable (inout Options, Value) -> Void
  ) {
    text = OptionText(
      names: [name], placeholder: value.placeholder, completion: value.completion, summary: summary)
    action = .value { (options, text) throws(ValueMistake) in
      store(&options, try value.read(text))
    }
  }

  /// Another name for the same option.
  func or(_ name: String) -> Self { with { $0.names.append(name) } }

  func defaulting(to text: String) -> Self { with { $0.defaultText = text } }

  func environment(_ variable: String) -> Self { with { $0.environment = variable } }

  func excludes(_ names: String...) -> Self { with { $0.excludes += names } }

  func requires(_ name: String) -> Self { with { $0.requires = name } }

  /// Left out of help, completions and reference.
  func hidden() -> Self { with { $0.isHidden = true } }

  private func with(_ change: (inout OptionText) -> Void) -> Self {
    var copy = self
    change(&copy.text)
    return copy
  }
}

extension OptionGroup {
  /// Options of every command.
  static var information: Self {
    OptionGroup(
      "Information",
      [
        OptionRow(
          text: OptionText(names: ["--help", "-h"], summary: "show this help"), action: .help),
        OptionRow(
          text: OptionText(
            names: ["--version"],
            summary: "show the version; --version --verbose adds commit, toolchain and platform"),
          action: .print { (_) throws(ValueMistake) in "\(Program.name) \(Program.version)\n" }),
        OptionRow(
          text: OptionText(
            names: ["--completions"], placeholder: completionScript.placeholder,
            completion: completionScript.completion,
            summary: "print a completion script for this shell"),
          action: .print { (shell) throws(ValueMistake) in
            try completionScript.read(shell).completionScript()
          }),
        OptionRow(
          text: OptionText(names: ["--man"], summary: "print the manual page, for man(1)"),
          action: .print { (_) throws(ValueMistake) in ManualPage.text() }),
      ])
  }
}

private let completionScript = OptionValue<Shell>.choice()
