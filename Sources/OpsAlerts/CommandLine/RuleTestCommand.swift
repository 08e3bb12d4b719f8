/// The grammar of `test`.
let ruleTestCommand = Command<RuleTestOptions>(
  CommandText(
    name: "test",
    summary: "run rule tests",
    description: """
      Runs rule tests. Each lists the values that a service would publish, and states when alerts \
      become pending, fire and resolve. The rules are evaluated as in a real run, but without \
      network, state or waiting.
      """,
    examples: [
      .init(
        line: "ops-alert-eval test config/ops_alert_thresholds.tests.json",
        purpose: "test the shipped rules"),
      .init(
        line: "ops-alert-eval test rules.tests.json --format junit --output rules.xml",
        purpose: "write a report for CI"),
    ],
    exits: [
      .init(code: .success, meaning: "all tests passed"),
      .init(code: .alerts, meaning: "a test failed"),
      .init(code: .usage, meaning: "usage error, or an invalid test file or configuration"),
      .init(code: .state, meaning: "the report could not be written"),
    ]),
  operands: .files("a test file", \.files, "files of rule tests; - is standard input"),
  [
    OptionGroup(
      "Options",
      [
        .setting(
          "--config", .path, \.config, "the configuration for test files that name none"
        ).or("--thresholds"),
        .setting("--format", .choice(), \.format, "text or JUnit XML"),
        .optional(
          "--output", .path, \.output, "write the report to this file instead of standard output"),
        .flag("--verbose", \.isVerbose, true, "also show the timelines of passed tests"),
        .colors(\.color),
      ])
  ],
  invocation: Invocation.ruleTest)
