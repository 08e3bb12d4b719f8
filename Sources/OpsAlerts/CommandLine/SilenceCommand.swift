internal import AlertEngine
internal import Text

let silenceCommand = Command<SilenceOptions>(
  CommandText(
    name: "silence",
    summary: "stop notifications of some alerts for a while",
    description: """
      Adds, lists and ends silences, which are part of the state. A silenced alert is evaluated, \
      shown and recorded as always, but nobody is notified that it fires, no reminders are sent, and \
      it does not count for --fail-on. Receivers that were notified of an alert are always notified \
      of its end. If it is still firing when its silence ends, it is sent then.
      """,
    examples: [
      .init(
        line: "ops-alert-eval silence add --rule error_rate --for 2h --reason \"deploy 4711\"",
        purpose: "silence a rule for two hours"),
      .init(
        line: "ops-alert-eval silence add --target 'eu-*' --until 14:00 --reason \"new host\"",
        purpose: "silence all alerts of some targets"),
      .init(line: "ops-alert-eval silence list", purpose: "show what is silenced, and until when"),
      .init(line: "ops-alert-eval silence end --all", purpose: "end all silences"),
    ],
    exits: changeExits),
  operands: .words(
    "an action", "add|list|end [ID…]|merge COPY BASE", \.words,
    "what to do; `end` takes the ids of silences, or --all; `merge` adopts the silences "
      + "and acknowledgements of COPY, a copy of the state that no run has changed since BASE",
    completing: SilenceAction.allCases.map(\.rawValue)),
  [
    OptionGroup(
      "Alerts",
      [
        .repeated(
          "--rule", .pattern("NAME"), \.rules, "alerts of this rule; * matches any text"),
        .repeated("--instance", .pattern("NAME"), \.instances, "of this instance, with * as above"),
        .repeated("--target", .pattern("NAME"), \.targets, "of this target, with * as above"),
        .repeated("--severity", .choice(), \.severities, "of this severity"),
        .repeated(
          "--label", .label, \.labels, "with this label, with * in its value as above"),
        .optional(
          "--match", .match, \.text,
          "all of this in one text: 'rule=error_rate target=api label.team=search'"),
        .flag("--everything", \.isEverything, true, "all alerts")
          .excludes("--rule", "--instance", "--target", "--severity", "--label", "--match"),
      ]),
    OptionGroup(
      "Time",
      [
        .optional("--for", .duration, \.duration, "how long; at most 30 days")
          .excludes("--until"),
        .optional(
          "--until", .moment, \.until, "when it ends: 14:00, 2026-11-21 10:15 or RFC 3339"),
        .optional("--starts", .moment, \.starts, "when it begins; by default now"),
      ]),
    OptionGroup(
      "Options",
      [
        .optional("--reason", .line("TEXT", limit: 200), \.reason, "why; required by `add`"),
        .optional(
          "--by", .line("NAME", limit: 100), \.author,
          "who adds or ends it; by default GITHUB_ACTOR, else USER"),
        .flag("--all", \.endsAll, true, "end all silences"),
        .setting("--format", .choice(), \.format, "the format of `list`"),
      ] + OptionRow.place(\.place) + [.timeZone(\.timeZone)]),
  ],
  invocation: Invocation.silence)

let acknowledgeCommand = Command<AcknowledgeOptions>(
  CommandText(
    name: "ack",
    summary: "acknowledge a firing alert: no reminders, no escalation",
    description: """
      Acknowledges firing alerts: until they end, they have no reminders and do not escalate. The \
      next run notifies the receivers that were notified of them. An alert that fires again is not \
      acknowledged.
      """,
    examples: [
      .init(
        line: "ops-alert-eval ack error_rate --note \"checking the provider\"",
        purpose: "acknowledge an alert"),
      .init(
        line: "ops-alert-eval ack source_age/SCC_DECISIONS --target api",
        purpose: "acknowledge one instance on one target"),
      .init(line: "ops-alert-eval ack --undo error_rate", purpose: "undo the acknowledgement"),
    ],
    exits: changeExits),
  operands: .words(
    "an alert", "RULE[/INSTANCE]…", \.alerts,
    "the alerts; without an instance, all firing ones of the rule", insteadOf: "--match"),
  [
    OptionGroup(
      "Options",
      [
        .optional(
          "--match", .match, \.text,
          "the alerts in one text, as for silence: 'rule=error_rate target=api'"),
        .optional("--target", .name, \.target, "only alerts of this target"),
        .optional(
          "--by", .line("NAME", limit: 100), \.author,
          "who acknowledges it; by default GITHUB_ACTOR, else USER"),
        .optional("--note", .line("TEXT", limit: 200), \.note, "a note for other people"),
        .flag("--undo", \.isUndone, true, "undo the acknowledgement").excludes("--note"),
      ] + OptionRow.place(\.place) + [.timeZone(\.timeZone)])
  ],
  invocation: Invocation.acknowledge)

private let changeExits: [CommandText.Exit] = [
  .init(code: .success, meaning: "done"),
  .init(code: .usage, meaning: "usage error, or no such rule, alert or silence"),
  .init(code: .state, meaning: "the state could not be read, locked or saved"),
]
