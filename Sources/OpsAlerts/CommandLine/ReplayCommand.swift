/// The grammar of `replay`.
let replayCommand = Command<ReplayOptions>(
  CommandText(
    name: "replay",
    summary: "evaluate recorded snapshots",
    description: """
      Evaluates recordings made with evaluate --record against the current rules, and shows which \
      alerts would have fired, when and for how long, and how close the others came. Needs no \
      network or state, changes nothing, and reads recordings of any size.
      """,
    examples: [
      .init(line: "ops-alert-eval replay recording.jsonl", purpose: "replay a recording"),
      .init(
        line: "ops-alert-eval replay rec.jsonl --what-if "
          + "'error_rate: threshold=0.02,0.05'",
        purpose: "compare thresholds"),
      .init(
        line: "ops-alert-eval replay rec.jsonl --suggest error_rate --alerts-per-week 1",
        purpose: "find a threshold"),
      .init(
        line: "ops-alert-eval replay rec.jsonl --against base.json --fail-on lost",
        purpose: "compare with the rules before a change"),
      .init(
        line: "ops-alert-eval replay 2026-*.jsonl --format html --output replay.html",
        purpose: "write an HTML page"),
    ],
    exits: [
      .init(code: .success, meaning: "replayed, whether or not anything fired"),
      .init(code: .alerts, meaning: "there is a difference that --fail-on names"),
      .init(
        code: .usage,
        meaning:
          "usage or configuration error, an unreadable recording, or a bad line with --strict"),
      .init(code: .noEvidence, meaning: "no snapshot to replay, or too little to suggest anything"),
      .init(code: .state, meaning: "the report could not be written"),
    ]),
  operands: .files(
    "a recording", \.files, "recordings in JSON lines; - is standard input"),
  [
    OptionGroup(
      "Input",
      [
        .setting("--config", .path, \.config, "the configuration").or("--thresholds"),
        .repeated("--rule", .name, \.rules, "only this rule"),
        .repeated("--target", .name, \.targets, "only this target of the recording"),
        .optional(
          "--from", .recorded(isEnd: false), \.from,
          "report from this time on; earlier samples are still evaluated"),
        .optional(
          "--to", .recorded(isEnd: true), \.to,
          "stop after this time, minute or day, e.g. 2026-11-21"),
        .flag(
          "--allow-missing-metrics", \.allowMissingMetrics, true,
          "rules without on_missing hold if their metric is missing, instead of alerting"),
        .flag("--strict", \.isStrict, true, "fail on a bad line instead of skipping it"),
      ]),
    OptionGroup(
      "What if",
      [
        .repeated(
          "--what-if", .variants, \.whatIf,
          "also evaluate variants of a rule, e.g. 'error_rate: threshold=0.02..0.10 step 0.01, "
            + "duration_minutes=5,10'"),
        .optional(
          "--suggest", .name, \.suggest,
          "suggest a threshold and a duration for this rule, chosen on the first two thirds of the "
            + "recording and checked on the last"
        ).excludes("--what-if", "--rule"),
        .setting(
          "--alerts-per-week", .rate, \.alertsPerWeek,
          "how many alerts a week a suggestion may raise"
        ).requires("--suggest"),
      ]),
    OptionGroup(
      "Comparison",
      [
        .optional(
          "--against", .path, \.against,
          "compare --config with this configuration, the one before the change"
        ).excludes("--what-if", "--suggest"),
        .repeated(
          "--fail-on", .choice(), \.failOn, "exit with code 1 if there is such a difference"
        ).requires("--against"),
      ]),
    OptionGroup(
      "Output",
      [
        .setting(
          "--format", .choice(), \.format,
          "text, JSON, an HTML page, or Markdown for a comparison or a suggestion"),
        .optional(
          "--output", .path, \.output, "write the report to this file instead of standard output"),
        .flag(
          "--verbose", \.isVerbose, true,
          "list every transition, including those of alerts that did not fire"),
        .timeZone(\.timeZone),
        .colors(\.color),
      ]),
  ],
  invocation: Invocation.replay)
