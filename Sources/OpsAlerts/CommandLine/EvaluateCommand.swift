/// The grammar of `evaluate`, the default command.
let evaluateCommand = Command<EvaluateOptions>(
  CommandText(
    name: "evaluate",
    summary: "evaluate the rules once (the default command)",
    description: """
      Fetches one snapshot from each target, evaluates the rules against it and what earlier \
      runs saw, saves the state and prints which alerts are pending, firing or resolved. Run it \
      every few minutes: a rule with a duration needs several samples to fire. Where a schedule \
      comes too rarely for that, --confirm samples on in the same run.
      """,
    examples: [
      .init(
        line: "OPS_API_BASE_URL=https://api.example ops-alert-eval",
        purpose: "evaluate a live endpoint"),
      .init(
        line: "ops-alert-eval --metrics-url https://api.example/ops/metrics --format json",
        purpose: "print the report for a machine"),
      .init(
        line: "curl -fsS \"$URL\" | ops-alert-eval --snapshot - --fail-on pending",
        purpose: "judge one snapshot, without state"),
      .init(
        line: "ops-alert-eval --dry-run --verbose",
        purpose: "see what a run would do"),
      .init(
        line: "ops-alert-eval --confirm --interval 30s --confirm-for 20m",
        purpose: "decide in one run what is pending"),
    ],
    variables: endpointVariables,
    exits: ExitCode.allCases.map { .init(code: $0, meaning: $0.meaning) }),
  [
    OptionGroup(
      "What is evaluated",
      chosenRows + [
        .optional("--snapshot", .snapshot, \.snapshot, snapshotSummary)
          .excludes("--metrics-url", "--base-url"),
        .optional("--at", .time, \.at, "the time to evaluate at, e.g. 2026-11-21T10:15:00Z")
          .requires("--snapshot"),
      ]),
    OptionGroup("The endpoint", endpointRows),
    OptionGroup("Limits", limitRows),
    OptionGroup(
      "Sampling on",
      [
        .flag(
          "--confirm", \.confirm, true,
          "while a rule is pending that can be decided in time, sample on in this run until it is"
        ).excludes("--snapshot", "--no-state", "--dry-run"),
        .setting("--interval", .duration, \.interval, "between two samples")
          .requires("--confirm"),
        .setting("--confirm-for", .duration, \.confirmFor, "how long at most")
          .requires("--confirm"),
      ]),
    OptionGroup(
      "State",
      stateRows + [
        .flag(
          "--no-state", \.state, .without,
          "remember nothing: a rule with a duration can be pending at most"
        ).excludes("--state", "--reset-state"),
        .flag(
          "--dry-run", \.dryRun, true,
          "evaluate and print, but write no state, send nothing, record nothing"
        ).excludes("--reset-state"),
      ]),
    OptionGroup(
      "Notifications",
      [
        .flag(
          "--deliver", \.deliver, true,
          "send notifications (the default, except with --snapshot)"
        ).excludes("--no-deliver"), noDeliverRow,
      ]),
    OptionGroup(
      "Output",
      [
        .setting(
          "--format", .choice(later: LaterVersions.formats), \.format,
          "what goes to standard output")
      ] + outputRows + [
        .optional("--html", .path, \.html, "also write a page with pictures there"),
        .flag(
          "--quiet", \.verbosity, .quiet,
          "print only what needs attention, nothing at all when all is well"
        )
        .excludes("--verbose"),
        .flag(
          "--verbose", \.verbosity, .verbose,
          "list every rule; say on standard error how the fetch went"),
        .colors(\.color),
      ]),
  ],
  invocation: Invocation.evaluate)

private let snapshotSummary = """
  evaluate a saved snapshot (- is standard input) in place of a fetch; no state unless --state, \
  no notifications unless --deliver
  """
