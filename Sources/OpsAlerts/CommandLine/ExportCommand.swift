internal import Text

/// The options of `export`.
struct ExportOptions: CommandOptions, Hashable {
  /// The system to export for.
  var systems: [String] = []
  var config = EvaluateOptions().config
  /// Files of rule tests.
  var tests: [String] = []
  /// The folder for the files.
  var output: String?

  init() {}
}

let exportCommand = Command<ExportOptions>(
  CommandText(
    name: "export",
    summary: "write what evaluates the same rules in Prometheus",
    description: """
      Writes the configuration as files for Prometheus, json_exporter and Alertmanager: alerting \
      rules, scrape jobs, routes and receivers, and unit tests for promtool. Lists everything that \
      is not the same there (docs/growing-out.md). Reads no variable that the configuration names, \
      and contacts nothing.
      """,
    examples: [
      .init(
        line: "ops-alert-eval export prometheus --output out",
        purpose: "export the default configuration"),
      .init(
        line:
          "ops-alert-eval export prometheus --output out --tests rules.tests.json",
        purpose: "also export its rule tests"),
    ],
    exits: [
      .init(code: .success, meaning: "the files are written"),
      .init(
        code: .usage,
        meaning:
          "usage error, an invalid configuration or test file, or a file in the way that `export` "
          + "did not write"),
      .init(code: .state, meaning: "the files could not be written"),
    ]),
  operands: .words(
    "a system", "prometheus", \.systems, "what to export for", completing: ["prometheus"]),
  [
    OptionGroup(
      "Options",
      [
        .setting("--config", .path, \.config, "the configuration").or("--thresholds"),
        .repeated("--tests", .path, \.tests, "a file of rule tests to export as well"),
        .optional(
          "--output", .path, \.output,
          "the folder for the files; files of an earlier export are replaced, others never"),
      ])
  ],
  invocation: Invocation.export)
