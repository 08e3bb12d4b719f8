/// The grammar of `evaluate`, the default command.
let evaluateCommand = Command<EvaluateOptions>(
  CommandText(
    name: "evaluate",
    summary: "evaluate the rules once (the default command)",
    description: """
      Fetches one snapshot from each target, evaluates the rules against it and the evidence from \
      earlier runs, saves the state, and prints which alerts are pending, firing or resolved. Run \
      it every few minutes: a rule with a duration needs several samples to fire. On a slower \
      schedule, --confirm takes more samples within one run.
      """,
    examples: [
      .init(
        line: "OPS_API_BASE_URL=https://api.example ops-alert-eval",
        purpose: "evaluate a live endpoint"),
      .init(
        line: "ops-alert-eval --metrics-url https://api.example/ops/metrics --format json",
        purpose: "print the report as JSON"),
      .init(
        line: "curl -fsS \"$URL\" | ops-alert-eval --snapshot - --fail-on pending",
        purpose: "evaluate a snapshot without state"),
      .init(
        line: "ops-alert-eval --dry-run --verbose",
        purpose: "see what a run would do"),
      .init(
        line: "ops-alert-eval --output report.json --output junit:alerts.xml",
        purpose: "write several reports"),
      .init(
        line: "ops-alert-eval --confirm --interval 30s --confirm-for 20m",
        purpose: "decide pending rules within one run"),
    ],
    variables: endpointVariables,
    exits: ExitCode.allCases.map { .init(code: $0, meaning: $0.meaning) }),
  [
    OptionGroup(
      "Input",
      chosenRows + [
        .optional("--snapshot", .snapshot, \.snapshot, snapshotSummary)
          .excludes(
            "--metrics-url", "--base-url", "--basic-auth-env", "--basic-auth-file", "--header-env",
            "--accept-status"),
        .optional("--at", .time, \.at, "the time to evaluate at, e.g. 2026-11-21T10:15:00Z")
          .requires("--snapshot"),
      ]),
    OptionGroup("Endpoint", endpointRows),
    OptionGroup("Limits", limitRows),
    OptionGroup(
      "Confirming",
      [
        .flag(
          "--confirm", \.confirm, true,
          "keep sampling as long as a pending or recovering alert can be decided in time"
        ).excludes("--snapshot", "--no-state", "--dry-run"),
        .setting("--interval", .duration, \.interval, "time between two samples")
          .requires("--confirm"),
        .setting("--confirm-for", .duration, \.confirmFor, "stop sampling after this time")
          .requires("--confirm"),
      ]),
    OptionGroup(
      "State",
      stateRows + [
        .flag(
          "--no-state", \.state, .without,
          "keep no state: rules with a duration never get past pending"
        ).excludes("--state", "--reset-state", "--adopt-state"),
        .flag(
          "--dry-run", \.dryRun, true,
          "only evaluate and print: save, send and record nothing"
        ).excludes("--reset-state"),
      ]),
    OptionGroup(
      "Notifications",
      [
        .flag(
          "--deliver", \.deliver, true,
          "send notifications (the default, except with --snapshot)"
        ).excludes("--no-deliver"), noDeliverRow,
        .flag(
          "--heartbeat", \.heartbeat, true,
          "request the configuration's heartbeat URL if the run is complete; for schedules only"),
      ]),
    OptionGroup(
      "Output",
      [
        .setting(
          "--format", .choice(), \.format,
          "the format on standard output; nagios also determines the exit code")
      ] + outputRows + [
        .optional("--html", .path, \.html, "also write an HTML page to this file"),
        .flag(
          "--quiet", \.verbosity, .quiet,
          "print only what is new since the last run, and reminders of what persists"
        )
        .excludes("--verbose"),
        .flag(
          "--verbose", \.verbosity, .verbose,
          "list every rule; log each fetch to standard error"),
        .colors(\.color),
      ]),
  ],
  invocation: Invocation.evaluate)

private let snapshotSummary = """
  evaluate a saved snapshot (- is standard input) instead of fetching; keeps no state without \
  --state and sends nothing without --deliver
  """
