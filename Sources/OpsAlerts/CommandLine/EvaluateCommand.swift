/// The grammar of `evaluate`, the default command.
let evaluateCommand = Command<EvaluateOptions>(
  CommandText(
    name: "evaluate",
    summary: "evaluate the rules once (the default command)",
    description: """
      Fetches one snapshot from each target, evaluates the rules against it and what earlier \
      runs saw, saves the state and prints which alerts are pending, firing or resolved. Run it \
      every few minutes: a rule with a duration needs several samples to fire.
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
    ],
    variables: [
      .init(
        name: "OPS_METRICS_URL",
        meaning: "the whole URL of the endpoint; goes before OPS_API_BASE_URL"),
      .init(
        name: "OPS_API_BASE_URL",
        meaning: "the service's URL, to which /ops/metrics is added"),
      .init(
        name: "OPS_API_BEARER_TOKEN",
        meaning: "sent as \"Authorization: Bearer …\" to the endpoint"),
      .init(name: "NO_COLOR", meaning: "no colours unless --color always"),
      .init(
        name: "https_proxy, http_proxy, all_proxy, no_proxy",
        meaning: "proxies, as curl reads them"),
    ],
    exits: ExitCode.allCases.map { .init(code: $0, meaning: $0.meaning) }),
  [
    OptionGroup(
      "What is evaluated",
      [
        .setting("--config", .path, \.config, "the rules").or("--thresholds"),
        .repeated("--target", .name, \.targets, "only this one of the configured targets")
          .excludes("--target-name"),
        .optional("--snapshot", .snapshot, \.snapshot, snapshotSummary)
          .excludes("--metrics-url", "--base-url"),
        .optional("--at", .time, \.at, "the time to evaluate at, e.g. 2026-11-21T10:15:00Z")
          .requires("--snapshot"),
        .flag(
          "--allow-missing-metrics", \.allowMissingMetrics, true,
          "a missing metric holds rules that name no on_missing, in place of alerting"),
      ]),
    OptionGroup(
      "The endpoint",
      [
        .optional("--metrics-url", .url, \.metricsURL, "the whole URL of the endpoint")
          .environment("OPS_METRICS_URL").excludes("--base-url"),
        .optional(
          "--base-url", .url, \.baseURL,
          "the service's URL: a trailing / and then /api are cut, /ops/metrics is added"
        ).environment("OPS_API_BASE_URL"),
        .setting("--base-url-env", .variable, \.baseURLEnv, "the variable with the base URL"),
        .setting(
          "--bearer-token-env", .variable, \.bearerTokenEnv, "the variable with the bearer token"),
        .optional(
          "--bearer-token-file", .path, \.bearerTokenFile,
          "the file with the bearer token; goes before the variable"),
        .optional(
          "--target-name", .name, \.targetName, "what the target of these options is called"),
      ]),
    OptionGroup(
      "Limits",
      [
        .setting("--timeout", .duration, \.timeout, "for one attempt at a fetch"),
        .setting("--retries", .count(0...10), \.retries, "attempts after the first, 0 to 10"),
        .setting(
          "--deadline", .duration, \.deadline, "for all fetching and delivering together"),
        .setting(
          "--lock-timeout", .duration, \.lockTimeout,
          "how long to wait for another run's lock; not part of the deadline"),
      ]),
    OptionGroup(
      "State",
      [
        .setting(
          "--state", .stateFile, \.state,
          "the state file; STEM is the configuration's name without its ending"
        ).excludes("--no-state"),
        .flag(
          "--no-state", \.state, .without,
          "remember nothing: a rule with a duration can be pending at most"),
        .flag(
          "--reset-state", \.resetState, true,
          "first move a corrupt or unwanted state file aside, to …corrupt-TIME"
        ).excludes("--no-state", "--dry-run"),
        .optional("--record", .path, \.record, "append the snapshot to a recording (JSON lines)"),
        .flag(
          "--dry-run", \.dryRun, true,
          "evaluate and print, but write no state, send nothing, record nothing"),
      ]),
    OptionGroup(
      "Notifications",
      [
        .flag(
          "--deliver", \.deliver, true,
          "send notifications (the default, except with --snapshot)"
        ).excludes("--no-deliver"),
        .flag("--no-deliver", \.deliver, false, "record notifications as due, send none"),
      ]),
    OptionGroup(
      "Output",
      [
        .setting(
          "--format", .choice(later: LaterVersions.formats), \.format,
          "what goes to standard output"),
        .optional("--output", .path, \.output, "also write the JSON report there"),
        .setting(
          "--fail-on", .choice(), \.failOn, "the mildest check status that makes the exit code 1"),
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

extension OptionRow {
  static func colors(_ path: any WritableKeyPath<Options, ColorChoice> & Sendable) -> Self {
    .setting("--color", .choice(), path, "auto: in a terminal, unless NO_COLOR is set")
  }
}
