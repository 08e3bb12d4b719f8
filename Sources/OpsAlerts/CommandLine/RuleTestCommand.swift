/// The grammar of `test`.
let ruleTestCommand = Command<RuleTestOptions>(
  CommandText(
    name: "test",
    summary: "run rule tests",
    description: """
      Runs tests of rules: each gives the numbers that a service would publish, and says which \
      alerts are to be pending or firing when. Judged as evaluate judges, without network, state \
      and waiting.
      """,
    examples: [
      .init(
        line: "ops-alert-eval test config/ops_alert_thresholds.tests.json",
        purpose: "the tests that lie beside the shipped rules"),
      .init(
        line: "ops-alert-eval test rules.tests.json --format junit --output rules.xml",
        purpose: "a report that CI systems show"),
    ],
    exits: [
      .init(code: .success, meaning: "all tests passed"),
      .init(code: .alerts, meaning: "a test failed"),
      .init(code: .usage, meaning: "the command line, a file of tests or its rules are wrong"),
      .init(code: .state, meaning: "the report could not be written"),
    ]),
  operands: .files("file of tests", \.files, "files of rule tests; - is standard input"),
  [
    OptionGroup(
      "Options",
      [
        .setting(
          "--config", .path, \.config, "the rules, where a file of tests names none of its own"
        ).or("--thresholds"),
        .setting("--format", .choice(), \.format, "text, or JUnit's XML"),
        .optional("--output", .path, \.output, "write it there, not to standard output"),
        .flag("--verbose", \.isVerbose, true, "draw the tests that passed, too"),
        .colors(\.color),
      ])
  ],
  invocation: Invocation.ruleTest)
