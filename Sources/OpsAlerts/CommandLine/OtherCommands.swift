let checkCommand = Command<CheckOptions>(
  CommandText(
    name: "check",
    summary: "validate the configuration, without the network",
    description: """
      Reads the configuration as a run would, lists every mistake with its place, and looks for \
      the runbooks that are files of the repository.
      """,
    examples: [
      .init(line: "ops-alert-eval check", purpose: "the standard configuration"),
      .init(
        line: "ops-alert-eval check --config config/examples/windowed.json", purpose: "another one"),
    ],
    exits: [
      .init(code: .success, meaning: "the configuration is valid"),
      .init(code: .usage, meaning: "it is not, or the command line is wrong"),
    ]),
  [
    OptionGroup(
      "Options",
      [
        .setting("--config", .path, \.config, "the rules").or("--thresholds"),
        .setting(
          "--format", .choice(), \.format,
          "what goes to standard output"),
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
    summary: "show what the state file holds, without the network",
    description: """
      Shows the alerts as the last run left them: firing first, then pending and recovering, each \
      with its dates; then the notifications that wait or were refused. Evaluates nothing, and \
      changes nothing unless --retry-dead or --dismiss-dead says so.
      """,
    examples: [
      .init(line: "ops-alert-eval status", purpose: "the standard configuration's alerts"),
      .init(line: "ops-alert-eval status --format json", purpose: "the same for a machine"),
    ],
    exits: [
      .init(code: .success, meaning: "shown, whatever the alerts are"),
      .init(code: .usage, meaning: "the command line is wrong"),
      .init(
        code: .state, meaning: "the state file could not be read, or is not where it was looked for"
      ),
    ]),
  [
    OptionGroup(
      "Options",
      [
        .setting(
          "--config", .path, \.config, "the configuration whose name says where the state lies"
        ).or("--thresholds"),
        .optional("--state", .path, \.state, "the state file, wherever it lies"),
        .repeated("--target", .name, \.targets, "only this target"),
        .setting(
          "--format", .choice(), \.format,
          "what goes to standard output"),
        .flag("--verbose", \.isVerbose, true, "also show alerts that are inactive"),
        .flag(
          "--retry-dead", \.deadLetters, .retry,
          "put notifications that were refused back into the queue: the next run sends them"
        ).excludes("--dismiss-dead"),
        .flag(
          "--dismiss-dead", \.deadLetters, .dismiss, "forget notifications that were refused"),
        .colors(\.color),
      ])
  ],
  invocation: Invocation.status)

let notifyTestCommand = Command<NotifyTestOptions>(
  CommandText(
    name: "notify-test",
    summary: "send one marked test notification through the receivers",
    description: """
      Sends one message, marked as a test, the way that every notification goes, and says what each \
      receiver answered. It reads and writes no state. Incident systems open an incident for \
      firing; --event resolved closes it.
      """,
    examples: [
      .init(line: "ops-alert-eval notify-test", purpose: "try all receivers"),
      .init(
        line: "ops-alert-eval notify-test --receiver pager --event resolved",
        purpose: "end the test incident of one"),
    ],
    exits: [
      .init(code: .success, meaning: "all that are set up took it"),
      .init(
        code: .usage,
        meaning: "the command line or the configuration is wrong, or no receiver is set up"),
      .init(code: .delivery, meaning: "a receiver did not take it"),
    ]),
  [
    OptionGroup(
      "Options",
      [
        .setting("--config", .path, \.config, "the configuration with the receivers")
          .or("--thresholds"),
        .repeated("--receiver", .name, \.receivers, "only this receiver"),
        .setting("--event", .choice(), \.event, "what the test says"),
        .setting("--deadline", .duration, \.deadline, "for all receivers together"),
      ])
  ],
  invocation: Invocation.notifyTest)

let demoCommand = Command<DemoOptions>(
  CommandText(
    name: "demo",
    summary: "play an incident on an embedded loopback endpoint",
    description: """
      Plays an incident of 44 minutes in a few seconds: an embedded endpoint turns bad, \
      goes down and recovers, and the rules are evaluated against it over real HTTP with a \
      virtual clock. Needs no configuration and leaves nothing behind. With --serve the endpoint \
      alone is there, on 127.0.0.1, for whatever is to be tried against it: the first line is its \
      address, the incident's 44 minutes take the time given, and then it ends.
      """,
    examples: [
      .init(line: "ops-alert-eval demo", purpose: "watch the whole incident"),
      .init(
        line: "ops-alert-eval demo --serve 44m --port 9180",
        purpose: "serve it at its real pace, to evaluate by hand or to watch"),
    ],
    exits: [
      .init(code: .success, meaning: "played, or served, to its end"),
      .init(code: .usage, meaning: "the command line is wrong"),
      .init(code: .state, meaning: "it could not be played, or the port is taken"),
    ]),
  [
    OptionGroup(
      "Options",
      [
        .flag("--quiet", \.isQuiet, true, "print the final summary only"),
        .optional("--serve", .duration, \.serve, "only serve the endpoint, for so long")
          .excludes("--quiet"),
        .optional("--port", .count(1...65_535), \.port, "serve it there; else a free port is found")
          .requires("--serve"),
        .colors(\.color),
      ])
  ],
  invocation: Invocation.demo)
