/// The grammar of `watch`.
let watchCommand = Command<WatchOptions>(
  CommandText(
    name: "watch",
    summary: "keep sampling, with a live view in a terminal",
    description: """
      Evaluates repeatedly, with state, recording and notifications as in evaluate. In a \
      terminal, a live table shows every rule (q quits, p pauses, r samples now, ? shows help). \
      Elsewhere, it prints one line per change and an hourly heartbeat, for a service's journal. \
      A changed configuration takes effect with the next sample.
      """,
    examples: [
      .init(
        line: "ops-alert-eval watch --base-url https://api.example --no-deliver",
        purpose: "watch without sending notifications"),
      .init(
        line: "ops-alert-eval watch --interval 10s --until-decided",
        purpose: "wait until nothing is pending"),
      .init(
        line: "ops-alert-eval watch --for 20m --fail-on warn",
        purpose: "watch the first minutes of a deployment"),
    ],
    variables: endpointVariables,
    exits: [
      .init(
        code: .success, meaning: "ended by q or a signal, or nothing at or above --fail-on"),
      .init(code: .alerts, meaning: "alerts at or above --fail-on after --for or --until-decided"),
      .init(
        code: .usage, meaning: "usage or configuration error: nothing was fetched or sent"),
      .init(
        code: .noEvidence,
        meaning: "after --for or --until-decided, the last sample had no snapshot"
      ),
      .init(
        code: .state,
        meaning:
          "the state file, or another requested file, could not be read, locked or written; or this "
          + "machine lacks what a run needs"
      ),
      .init(
        code: .delivery,
        meaning:
          "after --for or --until-decided, a receiver is broken or a notification undelivered"
      ),
    ]),
  [
    OptionGroup("Input", chosenRows.lifted),
    OptionGroup("Endpoint", endpointRows.lifted),
    OptionGroup(
      "Sampling",
      [
        .setting("--interval", .duration, \.evaluation.interval, "time between two samples"),
        .optional("--for", .duration, \.duration, "exit after this time"),
        .flag("--until-decided", \.untilDecided, true, "exit as soon as no rule is pending"),
      ]),
    OptionGroup("Limits", limitRows.lifted),
    OptionGroup("State", stateRows.lifted),
    OptionGroup("Notifications", [noDeliverRow].lifted),
    OptionGroup("Output", outputRows.lifted + [.colors(\.evaluation.color)]),
  ],
  invocation: Invocation.watch)

extension [OptionRow<EvaluateOptions>] {
  fileprivate var lifted: [OptionRow<WatchOptions>] { map { $0.lifted(to: \.evaluation) } }
}
