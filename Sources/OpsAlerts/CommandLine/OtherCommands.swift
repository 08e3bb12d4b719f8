let checkCommand = Command<CheckOptions>(
  CommandText(
    name: "check",
    summary: "validate the configuration, without the network",
    description: """
      Validates the configuration as a run would, lists every mistake with its position, and \
      checks that runbooks in the repository exist.
      """,
    examples: [
      .init(line: "ops-alert-eval check", purpose: "check the default configuration"),
      .init(
        line: "ops-alert-eval check --config config/examples/windowed.json",
        purpose: "check another one"),
    ],
    exits: [
      .init(code: .success, meaning: "the configuration is valid"),
      .init(code: .usage, meaning: "the configuration or the command line is invalid"),
    ]),
  [
    OptionGroup(
      "Options",
      [
        .setting("--config", .path, \.config, "the configuration").or("--thresholds"),
        .setting(
          "--format", .choice(), \.format,
          "the format on standard output"),
        .colors(\.color),
        .flag("--print-schema", \.printing, .schema, "print the JSON Schema")
          .excludes("--print-reference").hidden(),
        .flag("--print-reference", \.printing, .reference, "print the reference of its keys")
          .hidden(),
        .flag(
          "--print-test-schema", \.printing, .ruleTestSchema, "print the JSON Schema of rule tests"
        ).hidden(),
        .flag(
          "--print-test-reference", \.printing, .ruleTestReference,
          "print the reference of the keys of rule tests"
        ).hidden(),
        OptionRow(
          text: OptionText(
            names: ["--print-cli-reference"], summary: "print the reference of the command line"),
          action: .answer { (_) throws(ValueMistake) in CommandLineReference.markdown() }
        ).hidden(),
      ])
  ],
  invocation: Invocation.check)

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
    ],
    exits: [
      .init(code: .success, meaning: "shown, whatever the alerts"),
      .init(code: .usage, meaning: "usage error"),
      .init(
        code: .state, meaning: "the state file could not be read, or does not exist"
      ),
    ]),
  [
    OptionGroup(
      "Options",
      [
        .setting(
          "--config", .path, \.config, "the configuration that names the state file"
        ).or("--thresholds"),
        .optional("--state", .path, \.state, "the state file"),
        .repeated("--target", .name, \.targets, "only this target"),
        .setting(
          "--format", .choice(), \.format,
          "the format on standard output"),
        .flag("--verbose", \.isVerbose, true, "also show inactive alerts"),
        .flag(
          "--retry-dead", \.deadLetters, .retry,
          "requeue refused notifications for the next run"
        ).excludes("--dismiss-dead"),
        .flag(
          "--dismiss-dead", \.deadLetters, .dismiss, "discard refused notifications"),
        .colors(\.color),
      ])
  ],
  invocation: Invocation.status)

let notifyTestCommand = Command<NotifyTestOptions>(
  CommandText(
    name: "notify-test",
    summary: "send a test notification through the receivers",
    description: """
      Sends a message marked as a test, the same way as real notifications, and prints how each \
      receiver responded. Reads and writes no state. Incident systems open an incident for a \
      firing test; --event resolved closes it.
      """,
    examples: [
      .init(line: "ops-alert-eval notify-test", purpose: "test all receivers"),
      .init(
        line: "ops-alert-eval notify-test --receiver pager --event resolved",
        purpose: "close the test incident of one receiver"),
    ],
    exits: [
      .init(code: .success, meaning: "every receiver that is set up accepted it"),
      .init(
        code: .usage,
        meaning: "usage or configuration error, or no receiver is set up"),
      .init(code: .delivery, meaning: "a receiver did not accept it"),
    ]),
  [
    OptionGroup(
      "Options",
      [
        .setting("--config", .path, \.config, "the configuration with the receivers")
          .or("--thresholds"),
        .repeated("--receiver", .name, \.receivers, "only this receiver"),
        .setting("--event", .choice(), \.event, "the event of the test"),
        .setting("--deadline", .duration, \.deadline, "time limit for all receivers together"),
      ])
  ],
  invocation: Invocation.notifyTest)

let demoCommand = Command<DemoOptions>(
  CommandText(
    name: "demo",
    summary: "play an incident on an embedded loopback endpoint",
    description: """
      Plays a 44-minute incident in about a second: an embedded endpoint degrades, goes down and \
      recovers while rules are evaluated against it, over real HTTP and with a virtual clock. \
      Needs no configuration and leaves nothing behind. With --serve, only the endpoint runs, on \
      127.0.0.1: the first line of output is its address, the incident takes the given time, and \
      then it exits.
      """,
    examples: [
      .init(line: "ops-alert-eval demo", purpose: "watch the whole incident"),
      .init(
        line: "ops-alert-eval demo --serve 44m --port 9180",
        purpose: "serve it in real time, to evaluate or watch"),
    ],
    exits: [
      .init(code: .success, meaning: "played or served to the end"),
      .init(code: .usage, meaning: "usage error"),
      .init(code: .state, meaning: "the demo could not run, or the port is in use"),
    ]),
  [
    OptionGroup(
      "Options",
      [
        .flag("--quiet", \.isQuiet, true, "print only the final summary"),
        .optional("--serve", .duration, \.serve, "only serve the endpoint, for this long")
          .excludes("--quiet"),
        .optional(
          "--port", .count(1...65_535), \.port, "the port to serve on; a free one by default"
        )
        .requires("--serve"),
        .colors(\.color),
      ])
  ],
  invocation: Invocation.demo)
