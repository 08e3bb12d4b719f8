/// The options of `explain`.
struct ExplainOptions: CommandOptions, Hashable {
  var place = StatePlace()
  /// Rules, `RULE/INSTANCE` or ids of events.
  var subjects: [String] = []
  /// The targets whose alerts are explained; all of them when empty.
  var targets: [String] = []
  var format = PlainFormat.text
  var timeZone: String?
  var color = ColorChoice.auto

  init() {}
}

/// The grammar of `explain`.
let explainCommand = Command<ExplainOptions>(
  CommandText(
    name: "explain",
    summary: "explain an alert or a message",
    description: """
      Explains an alert: its rule, the samples that led to its phase, what would fire or resolve it \
      and when at the earliest, who was notified, and who was not and why. Given the event id of a \
      message, explains that message and its alert. Reads the state, its history and the \
      configuration; needs no network, and changes nothing.
      """,
    examples: [
      .init(line: "ops-alert-eval explain error_rate", purpose: "explain an alert"),
      .init(
        line: "ops-alert-eval explain source_age/news --target api",
        purpose: "explain one instance on one target"),
      .init(
        line: "ops-alert-eval explain 5a6e0dbd80d1ba59", purpose: "explain the message with this id"
      ),
    ],
    exits: [
      .init(code: .success, meaning: "explained, whether or not anything is firing"),
      .init(
        code: .usage,
        meaning: "usage or configuration error, or no alert or event has this name or id"),
      .init(code: .state, meaning: "the state file does not exist or could not be read"),
    ]),
  operands: .words(
    "a rule", "RULE[/INSTANCE]|ID…", \.subjects, "rules, instances of rules, or ids of events"),
  [
    OptionGroup(
      "Options",
      OptionRow.place(\.place) + [
        .repeated("--target", .name, \.targets, "only alerts of this target"),
        .setting("--format", .choice(), \.format, "the format on standard output"),
        .timeZone(\.timeZone),
        .colors(\.color),
      ])
  ],
  invocation: Invocation.explain)
