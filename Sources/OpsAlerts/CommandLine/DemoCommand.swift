let demoCommand = Command<DemoOptions>(
  CommandText(
    name: "demo",
    summary: "play an incident on an embedded loopback endpoint",
    description: """
      Plays a 44-minute incident in about a second: an embedded endpoint degrades, goes down and \
      recovers while rules are evaluated against it, over real HTTP and with a virtual clock. \
      Needs no configuration and leaves nothing behind. With --serve, it only serves the endpoint, \
      on 127.0.0.1: it prints the address, stretches the incident over the given time, and exits.
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
