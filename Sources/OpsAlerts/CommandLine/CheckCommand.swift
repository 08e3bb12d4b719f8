let checkCommand = Command<CheckOptions>(
  CommandText(
    name: "check",
    summary: "validate the configuration, without the network",
    description: """
      Validates the configuration as a run would, and lists every mistake with its position. Warns \
      about runbooks that are missing from the repository, and about severities that no receiver \
      accepts.
      """,
    examples: [
      .init(line: "ops-alert-eval check", purpose: "check the default configuration"),
      .init(
        line: "ops-alert-eval check --config config/examples/windowed.json",
        purpose: "check another configuration"),
    ],
    exits: [
      .init(code: .success, meaning: "the configuration is valid, perhaps with warnings"),
      .init(
        code: .usage,
        meaning:
          "the configuration or the command line is invalid, or there are warnings with --strict"),
    ]),
  [
    OptionGroup(
      "Options",
      [
        .setting("--config", .path, \.config, "the configuration").or("--thresholds"),
        .flag("--strict", \.isStrict, true, "treat warnings as errors"),
        .setting(
          "--format", .choice(), \.format,
          "the format on standard output"),
        .colors(\.color),
        .flag("--print-schema", \.printing, .schema, "print the JSON Schema")
          .excludes("--print-reference").hidden(),
        .flag(
          "--print-include-schema", \.printing, .includedSchema,
          "print the JSON Schema of included files"
        ).hidden(),
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
          action: .print { (_) throws(ValueMistake) in CommandLineReference.markdown() }
        ).hidden(),
      ])
  ],
  invocation: Invocation.check)
