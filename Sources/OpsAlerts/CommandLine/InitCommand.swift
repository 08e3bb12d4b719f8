/// The options of `init`.
struct InitOptions: CommandOptions, Hashable {
  /// Where the configuration is written, and where the snapshot comes from.
  var evaluation = EvaluateOptions()
  /// The time between two snapshots; `nil` for only one.
  var twice: Duration?
  /// A recording of the endpoint.
  var recording: String?

  init() {}
}

let initCommand = Command<InitOptions>(
  CommandText(
    name: "init",
    summary: "write a configuration for an endpoint",
    description: """
      Reads a snapshot, proposes rules for what it recognizes there (statuses, shares, queues, \
      counters of errors, ages, metrics with usual names), and writes them to a new configuration. \
      Prints what each rule watches, its value now, its limit, and why (docs/tuning.md).
      """,
    examples: [
      .init(
        line: "ops-alert-eval init --metrics-url https://api.example/ops/metrics",
        purpose: "propose rules for a live endpoint"),
      .init(
        line: "ops-alert-eval init --twice 60s --recording samples.jsonl",
        purpose: "tell counters from gauges, and take the limits from a recording"),
    ],
    variables: endpointVariables.filter { $0.name != "NO_COLOR" },
    exits: [
      .init(code: .success, meaning: "the configuration is written"),
      .init(code: .usage, meaning: "usage error, or the configuration exists"),
      .init(code: .noEvidence, meaning: "there is no snapshot, or nothing in it is recognized"),
      .init(code: .state, meaning: "the configuration could not be written"),
    ]),
  [
    OptionGroup(
      "Options",
      [
        OptionRow.setting("--config", .path, \EvaluateOptions.config, "the configuration to write")
          .or("--thresholds").lifted(to: \.evaluation),
        OptionRow.optional(
          "--snapshot", .snapshot, \EvaluateOptions.snapshot,
          "a saved snapshot (- is standard input) instead of fetching one"
        ).excludes(
          "--metrics-url", "--base-url", "--basic-auth-env", "--basic-auth-file", "--header-env",
          "--accept-status"
        ).lifted(to: \.evaluation),
        OptionRow.optional(
          "--at", .time, \EvaluateOptions.at,
          "the time of the snapshot, for ages, e.g. 2026-11-21T10:15:00Z"
        ).requires("--snapshot").lifted(to: \.evaluation),
        .optional(
          "--twice", .duration, \.twice,
          "fetch a second snapshot after this time: what grew is a counter"
        ).excludes("--snapshot"),
        .optional(
          "--recording", .path, \.recording,
          "take the limits from this recording (evaluate --record), for one alert a week"),
      ]),
    OptionGroup("Endpoint", endpointRows.map { $0.lifted(to: \.evaluation) }),
    OptionGroup(
      "Limits",
      limitRows.filter { $0.text.name != "--lock-timeout" }.map { $0.lifted(to: \.evaluation) }),
  ],
  invocation: Invocation.initialize)
