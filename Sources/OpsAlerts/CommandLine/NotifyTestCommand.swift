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
      .init(
        line: "ops-alert-eval notify-test --rule error_rate",
        purpose: "send the messages of a rule to the receivers that take its alerts"),
    ],
    exits: [
      .init(code: .success, meaning: "every receiver that is set up accepted the test"),
      .init(
        code: .usage,
        meaning: "usage or configuration error, or no receiver is set up"),
      .init(code: .delivery, meaning: "a receiver did not accept the test"),
    ]),
  [
    OptionGroup(
      "Options",
      [
        .setting("--config", .path, \.config, "the configuration with the receivers")
          .or("--thresholds"),
        .repeated("--receiver", .name, \.receivers, "only this receiver"),
        .optional(
          "--rule", .name, \.rule,
          "send the messages of an alert of this rule, when it fires and when it resolves, to the "
            + "receivers that take it"),
        .optional(
          "--event", .choice(), \.event, "the event of the test; with --rule, both if not given"
        ).defaulting(to: TestEvent.firing.rawValue),
        .setting("--deadline", .duration, \.deadline, "time limit for all receivers together"),
      ])
  ],
  invocation: Invocation.notifyTest)
