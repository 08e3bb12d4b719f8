let statusCommand = Command<StatusOptions>(
  CommandText(
    name: "status",
    summary: "show the alerts and notifications in the state file",
    description: """
      Shows the alerts as the last run left them: firing first, then recovering and pending, each \
      with its times; then queued and refused notifications. Evaluates nothing, and changes \
      nothing without --retry-dead or --dismiss-dead.
      """,
    examples: [
      .init(line: "ops-alert-eval status", purpose: "show the alerts of the default configuration"),
      .init(line: "ops-alert-eval status --format json", purpose: "show them as JSON"),
      .init(line: "ops-alert-eval status --format nagios", purpose: "check them from Icinga"),
    ],
    exits: [
      .init(code: .success, meaning: "shown, whether or not alerts are firing"),
      .init(code: .usage, meaning: "usage error"),
      .init(
        code: .state,
        meaning: "the state file could not be read, or the one named by --state does not exist"
      ),
    ]),
  [
    OptionGroup(
      "Options",
      OptionRow.place(\.place) + [
        .repeated("--target", .name, \.targets, "only this target"),
        .setting(
          "--format", .choice(), \.format,
          "the format on standard output; nagios also determines the exit code"),
        .outputs(\.outputs, StatusFormat.self).excludes("--retry-dead", "--dismiss-dead"),
        .flag("--verbose", \.isVerbose, true, "also show checks that are OK"),
        .flag(
          "--retry-dead", \.deadLetters, .retry,
          "requeue refused notifications for the next run"
        ).excludes("--dismiss-dead"),
        .flag(
          "--dismiss-dead", \.deadLetters, .dismiss, "discard refused notifications"),
        .timeZone(\.timeZone),
        .colors(\.color),
      ])
  ],
  invocation: Invocation.status)
