/// The grammar of `replay`.
let replayCommand = Command<ReplayOptions>(
  CommandText(
    name: "replay",
    summary: "run recorded snapshots through the same engine",
    description: """
      Judges recordings, as evaluate --record writes them, with the rules as they are now: which \
      alerts would have fired, when, for how long, and how near the others came. Needs no network \
      and no state, changes nothing, and reads recordings of any size.
      """,
    examples: [
      .init(line: "ops-alert-eval replay recording.jsonl", purpose: "a whole recording"),
      .init(
        line: "ops-alert-eval replay rec.jsonl --what-if "
          + "'error_rate: threshold=0.02,0.05'",
        purpose: "compare thresholds"),
      .init(
        line: "ops-alert-eval replay 2026-*.jsonl --format html --output replay.html",
        purpose: "a page with pictures"),
    ],
    exits: [
      .init(code: .success, meaning: "replayed, whatever the alerts were"),
      .init(
        code: .usage,
        meaning: "the command line or the configuration is wrong, a recording cannot be read, or "
          + "has a bad line under --strict"),
      .init(code: .noEvidence, meaning: "no snapshot was left to judge"),
      .init(code: .state, meaning: "the report could not be written"),
    ]),
  operands: .files(
    "recording", \.files, "recordings in JSON lines; - is standard input"),
  [
    OptionGroup(
      "What is replayed",
      [
        .setting("--config", .path, \.config, "the rules").or("--thresholds"),
        .repeated("--rule", .name, \.rules, "only this rule"),
        .repeated("--target", .name, \.targets, "only this target of the recording"),
        .optional(
          "--from", .recorded(isEnd: false), \.from,
          "tell what happened from then on; what was before is judged, and not told"),
        .optional(
          "--to", .recorded(isEnd: true), \.to,
          "judge nothing after this time, or day, e.g. 2026-11-21, or minute"),
        .flag(
          "--allow-missing-metrics", \.allowMissingMetrics, true,
          "a missing metric holds rules that name no on_missing, in place of alerting"),
        .flag("--strict", \.isStrict, true, "a bad line is an error, and not only skipped"),
      ]),
    OptionGroup(
      "What if",
      [
        .repeated(
          "--what-if", .variants, \.whatIf,
          "also judge variants of a rule, e.g. 'error_rate: threshold=0.02..0.10 step 0.01, "
            + "duration_minutes=5,10'")
      ]),
    OptionGroup(
      "Output",
      [
        .setting("--format", .choice(), \.format, "text, JSON, or a page with pictures"),
        .optional("--output", .path, \.output, "write it there, not to standard output"),
        .colors(\.color),
      ]),
  ],
  invocation: Invocation.replay)
