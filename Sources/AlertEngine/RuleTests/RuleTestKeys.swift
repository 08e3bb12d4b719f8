internal import JSON

/// The keys of a file of rule tests.
package enum RuleTestFileKey: Int, KeyName {
  case schema, config, every, start, tests

  package static let grammar = Grammar("a file of tests", keys: RuleTestFileKey.self)

  var key: Key {
    switch self {
    case .schema:
      Key(
        "$schema", .text(.line, max: Key.longestText), .optional, "where editors find the schema",
        example: #""./ops_alert_thresholds.tests.schema.json""#)
    case .config:
      Key(
        "config", .text(.line, max: Key.longestText), .derived("the value of `--config`"),
        "the configuration, as a path relative to this file",
        example: #""ops_alert_thresholds.json""#)
    case .every:
      Key(
        "every", .text(.duration, max: 60), .defaults(to: .string("1m")),
        "the default time between two samples", example: #""30s""#)
    case .start:
      Key(
        "start", .text(.line, max: 60), .defaults(to: .string("2026-01-01T00:00:00Z")),
        "the time at which every test starts, for rules about timestamps",
        example: #""2026-11-21T10:00:00Z""#)
    case .tests:
      Key(
        "tests", .list(of: RuleTestKey.grammar, atMost: 10_000), .required, "at least one",
        example: #"[{"name": "ten bad minutes page once", …}]"#)
    }
  }
}

/// The keys of one rule test.
package enum RuleTestKey: Int, KeyName {
  case name, target, every, times, series, rules, expect, transitions

  package static let grammar = Grammar(
    "a test", keys: RuleTestKey.self,
    relations: [.atMostOne(["every", "times"]), .atLeastOne(["expect", "transitions"])])

  var key: Key {
    switch self {
    case .name:
      Key(
        "name", .text(.line, max: 200), .required, "the expected behaviour, as a sentence; unique",
        example: #""ten bad minutes page once""#)
    case .target:
      Key(
        "target", .text(.line, max: 100),
        .derived("any that has the format of the rules under test"),
        "the target that publishes the series, for rules that apply only to some targets",
        example: #""production""#)
    case .every:
      Key(
        "every", .text(.duration, max: 60), .derived("from the file"),
        "the time between two samples; the first is at 0s", example: #""1m""#)
    case .times:
      Key(
        "times", .text(.line, max: Key.longestSeries), .derived("`every`"),
        "irregular sample times; `2m+1mx10` is ten times, 1m apart, from 2m on",
        example: #""0s 60s 2m+1mx10 30m""#)
    case .series:
      Key(
        "series", .series(atMost: SampleSeries.mostInTest), .required,
        "what the service publishes at each path, or as each series of Prometheus text, sample by "
          + "sample",
        example: #"{"request_metrics.errors.rate": "0.01x5 0.08x15"}"#)
    case .rules:
      Key(
        "rules", .values(.text(.name, max: 200), atMost: 1_000),
        .derived("those that `expect` and `transitions` name, or all if they name none"),
        "the rules whose transitions are compared", example: #"["error_rate"]"#)
    case .expect:
      Key(
        "expect", .list(of: ExpectationKey.grammar, atMost: 10_000), .optional,
        "the expected state of rules at given times",
        example: #"[{"at": "10m", "rule": "error_rate", "phase": "pending"}]"#)
    case .transitions:
      Key(
        "transitions", .list(of: TransitionKey.grammar, atLeast: 0, atMost: 10_000), .optional,
        "every transition of the rules; `[]` expects none",
        example: #"[{"at": "15m", "rule": "error_rate", "to": "firing"}]"#)
    }
  }
}

/// The keys of the expected state of a rule at a time.
package enum ExpectationKey: Int, KeyName {
  case at, rule, instance, phase, value, reason

  package static let grammar = Grammar(
    "an expectation", keys: ExpectationKey.self,
    relations: [.atLeastOne(["phase", "value", "reason"])])

  var key: Key {
    switch self {
    case .at: .sampleTime
    case .rule: .testedRule
    case .instance: .testedInstance
    case .phase:
      Key(
        "phase", .words(Phase.Kind.self), .optional, "the phase of the alert after the sample",
        example: #""pending""#)
    case .value:
      Key(
        "value", .nullable(.scalar), .optional,
        "the value that the rule measures; `null` for no value", example: "0.08")
    case .reason:
      Key(
        "reason", .nullable(.word(Unknown.codes)), .optional,
        "why there is no evidence or no value; `null` for no reason", example: #""low_volume""#)
    }
  }
}

/// The keys of an expected transition.
package enum TransitionKey: Int, KeyName {
  case at, rule, instance, to, reason

  package static let grammar = Grammar("a transition", keys: TransitionKey.self)

  var key: Key {
    switch self {
    case .at: .sampleTime
    case .rule: .testedRule
    case .instance: .testedInstance
    case .to:
      Key(
        "to", .words(Transition.Event.self), .required, "what the alert becomes",
        example: #""firing""#)
    case .reason:
      Key(
        "reason", .words(Transition.Cause.self), .optional,
        "the cause, if it is not simply a bad or a good sample", example: #""no_evidence""#)
    }
  }
}

// The keys that expectations and transitions share.
extension Key {
  fileprivate static let sampleTime = Key(
    "at", .text(.duration, max: 60), .required, "the time of a sample, from the start of the test",
    example: #""10m""#)

  fileprivate static let testedRule = Key(
    "rule", .text(.name, max: 200), .required, "a rule of the configuration, or `endpoint_down`",
    example: #""error_rate""#)

  fileprivate static let testedInstance = Key(
    "instance", .nullable(.text(.line, max: 200)),
    .derived("required if the rule has instances"),
    "the instance of a rule that has several; `null` for the rule itself",
    example: #""SCC_DECISIONS""#)
}

extension Unknown {
  /// The codes of all reasons.
  static let codes = Reason.allCases.map(\.rawValue)
}
