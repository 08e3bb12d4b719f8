/// The options of `check`.
struct CheckOptions: CommandOptions, Hashable {
  var config = EvaluateOptions().config
  /// A warning is an error.
  var isStrict = false
  var format = CheckFormat.text
  var color = ColorChoice.auto
  /// When runs take place; `nil` if that is not checked.
  var schedule: ScheduleCheck.Source?
  /// Where a snapshot comes from, if one is evaluated.
  var evaluation = EvaluateOptions()
  /// Whether to fetch one.
  var isLive = false
  /// A generated text to print instead of checking.
  var printing: ConfigurationText?

  init() {}
}

let checkCommand = Command<CheckOptions>(
  CommandText(
    name: "check",
    summary: "validate the configuration, and warn of likely mistakes in it",
    description: """
      Validates the configuration as a run would, and lists every mistake with its position. Warns \
      of what is valid, but probably a mistake: thresholds that no value reaches, rules that add \
      nothing to others, alerts that no receiver takes (docs/checking.md). With --every or --runs, \
      also says how soon alerts fire and resolve; with --snapshot or --live, what each rule makes \
      of a snapshot. Only --live uses the network.
      """,
    examples: [
      .init(line: "ops-alert-eval check", purpose: "check the default configuration"),
      .init(
        line: "ops-alert-eval check --config config/examples/windowed.json",
        purpose: "check another configuration"),
      .init(
        line: "ops-alert-eval check --every 15m", purpose: "check the rules against a schedule"),
    ],
    variables: endpointVariables,
    exits: [
      .init(code: .success, meaning: "the configuration is valid, perhaps with warnings"),
      .init(
        code: .usage,
        meaning:
          "the configuration or the command line is invalid, or there are warnings with --strict"),
      .init(code: .noEvidence, meaning: "with --snapshot or --live: a target has no snapshot"),
    ]),
  [
    OptionGroup(
      "Options",
      [
        .setting("--config", .path, \.config, "the configuration").or("--thresholds"),
        .flag("--strict", \.isStrict, true, "treat warnings as errors"),
        .setting(
          "--format", .choice(), \.format,
          "the format on standard output"),
        .colors(\.color),
        .optional(
          "--every", .interval, \.schedule,
          "also say how soon each rule fires and resolves with a run this often, and which outages "
            + "it sees"
        ).excludes("--runs"),
        .optional(
          "--runs", .runs, \.schedule,
          "the same for the runs of a recording (- is standard input) or a history"),
        OptionRow.optional(
          "--snapshot", .snapshot, \EvaluateOptions.snapshot,
          "also say what each rule makes of a saved snapshot (- is standard input)"
        ).lifted(to: \.evaluation).excludes("--live"),
        .flag("--live", \.isLive, true, "the same for a snapshot fetched from the endpoint"),
        .flag("--print-schema", \.printing, .schema, "print the JSON Schema")
          .excludes("--print-reference").hidden(),
        .flag(
          "--print-include-schema", \.printing, .includedSchema,
          "print the JSON Schema of included files"
        ).hidden(),
        .flag("--print-reference", \.printing, .reference, "print the reference of its keys")
          .hidden(),
        .flag(
          "--print-test-schema", \.printing, .ruleTestSchema, "print the JSON Schema of rule tests"
        ).hidden(),
        .flag(
          "--print-test-reference", \.printing, .ruleTestReference,
          "print the reference of the keys of rule tests"
        ).hidden(),
        OptionRow(
          text: OptionText(
            names: ["--print-cli-reference"], summary: "print the reference of the command line"),
          action: .print { (_) throws(ValueMistake) in CommandLineReference.markdown() }
        ).hidden(),
      ]),
    OptionGroup(
      "Endpoint, with --live",
      (endpointRows + limitRows.filter { $0.text.name != "--lock-timeout" }).map { row in
        let row = row.lifted(to: \CheckOptions.evaluation)
        return row.text.name == "--snapshot-format" ? row : row.requires("--live")
      }),
  ],
  invocation: Invocation.check)

extension OptionValue<ScheduleCheck.Source> {
  fileprivate static let interval = OptionValue(
    placeholder: "D",
    read: { (text) throws(ValueMistake) in
      let interval = try OptionValue<Duration>.duration.read(text)
      guard interval >= .seconds(1) else {
        throw ValueMistake("needs a duration of at least 1s, found \(shown(text))")
      }
      return .every(interval)
    },
    write: { _ in "" })

  fileprivate static let runs = OptionValue(
    placeholder: "FILE", completion: .files,
    read: { (text) throws(ValueMistake) in .runs(file: text) }, write: { _ in "" })
}
