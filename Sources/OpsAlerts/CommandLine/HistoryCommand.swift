/// The options of `history`.
struct HistoryOptions: CommandOptions, Hashable {
  var place = StatePlace()
  /// The rules to show; all of them when empty.
  var rules: [String] = []
  /// The targets to show; all of them when empty.
  var targets: [String] = []
  /// `nil` for the whole history.
  var since: HistoryStart?
  var format = HistoryFormat.text
  var timeZone: String?
  var color = ColorChoice.auto

  init() {}
}

/// The first time that `history` shows.
enum HistoryStart: Hashable, Sendable {
  case ago(Duration)
  case time(RecordedTime)
}

/// The report format of `history`.
enum HistoryFormat: String, CaseIterable, Sendable {
  case text, json, markdown
}

/// The grammar of `history`.
let historyCommand = Command<HistoryOptions>(
  CommandText(
    name: "history",
    summary: "show what happened and who was notified",
    description: """
      Shows the transitions of alerts, the outcomes of their notifications, silences and \
      acknowledgements, the newest last. evaluate and watch write them to STATE-history.jsonl beside \
      the state file. Changes nothing.
      """,
    examples: [
      .init(line: "ops-alert-eval history --since 7d", purpose: "show the last week"),
      .init(
        line: "ops-alert-eval history --rule error_rate --format markdown",
        purpose: "show one rule, for a post-mortem"),
    ],
    exits: [
      .init(code: .success, meaning: "shown, even if there is nothing to show"),
      .init(code: .usage, meaning: "usage error"),
      .init(
        code: .state,
        meaning: "the history could not be read, or the state named by --state does not exist"),
    ]),
  [
    OptionGroup(
      "Options",
      OptionRow.place(\.place) + [
        .repeated("--rule", .name, \.rules, "only this rule"),
        .repeated("--target", .name, \.targets, "only this target"),
        .optional(
          "--since", .historyStart, \.since,
          "only what happened since this time, or within this duration before now, e.g. 7d"),
        .setting("--format", .choice(), \.format, "the format on standard output"),
        .timeZone(\.timeZone),
        .colors(\.color),
      ])
  ],
  invocation: Invocation.history)
