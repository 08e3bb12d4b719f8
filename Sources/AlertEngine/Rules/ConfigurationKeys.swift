internal import JSON

/// The keys of the configuration itself.
package enum RootKey: Int, KeyName {
  case schema
  case version, rules, include, defaults, evaluation, endpoint, targets, labels, maintenance,
    receivers, notifications
  case heartbeat

  package static let grammar = Grammar(
    "the configuration", keys: RootKey.self, relations: [.atLeastOne(["rules", "include"])])

  /// The most rules that a configuration may have.
  static let mostRules = 20_000
  /// The most patterns of included files.
  static let mostIncluded = 100
  /// The most receivers that a configuration may have.
  static let mostReceivers = 50
  /// The most maintenance windows that a configuration may have.
  static let mostWindows = 200

  var key: Key {
    switch self {
    case .schema:
      Key(
        "$schema", .text(.line, max: Key.longestText), .optional, "where editors find the schema",
        example: #""./ops_alert_thresholds.schema.json""#)
    case .version:
      Key(
        "version", .text(.line, max: 100), .optional, "your own label, shown in reports",
        example: #""2026-02-27""#)
    case .rules:
      Key(
        "rules", .list(of: RuleKey.grammar, atMost: RootKey.mostRules),
        .derived("those of `include`"), "at least one, here or in an included file",
        example: #"[{"name": "error_rate", …}]"#)
    case .include:
      Key(
        "include", .values(.text(.included, max: 200), atMost: RootKey.mostIncluded), .optional,
        "files with further rules and receivers, below the folder of the configuration; `*` "
          + "matches any part of a name",
        example: #"["rules/*.json"]"#)
    case .defaults:
      Key(
        "defaults", .object(.defaults), .optional,
        "keys for every rule that lacks them and may have them",
        example: #"{"max_gap_minutes": "30m"}"#)
    case .evaluation:
      Key(
        "evaluation", .object(EvaluationKey.grammar), .optional,
        "defaults for rules",
        example: #"{"max_gap_minutes": 30}"#)
    case .endpoint:
      Key(
        "endpoint", .object(EndpointKey.grammar), .optional, "the built-in alert `endpoint_down`",
        example: #"{"duration_minutes": 5}"#)
    case .targets:
      Key(
        "targets", .list(of: TargetKey.grammar, atMost: 1_000), .optional,
        "the endpoints to evaluate; by default, the one that the options name",
        example: #"[{"name": "api", …}]"#)
    case .labels:
      Key(
        "labels", .labels, .optional, "added to every alert and message",
        example: #"{"service": "legal-api", "environment": "production"}"#)
    case .maintenance:
      Key(
        "maintenance", .list(of: MaintenanceKey.grammar, atMost: RootKey.mostWindows), .optional,
        "times during which alerts are not sent",
        example: #"[{"name": "nightly batch", …}]"#)
    case .receivers:
      Key(
        "receivers", .list(of: ReceiverKey.grammar, atMost: RootKey.mostReceivers), .optional,
        "where notifications go",
        example: #"[{"name": "chat", "type": "slack", "url_env": "OPS_ALERT_SLACK_URL"}]"#)
    case .notifications:
      Key(
        "notifications", .object(NotificationKey.grammar), .optional,
        "settings for all receivers", example: #"{"reminder_hours": 12}"#)
    case .heartbeat:
      Key(
        "heartbeat", .object(HeartbeatKey.grammar), .optional,
        "where `--heartbeat` reports each complete run",
        example: #"{"url_env": "OPS_HEARTBEAT_URL"}"#)
    }
  }
}

/// The keys of an included file.
package enum IncludedKey: Int, KeyName {
  case schema, rules, receivers

  package static let grammar = Grammar(
    "an included file", keys: IncludedKey.self,
    relations: [.atLeastOne(["rules", "receivers"])])

  var key: Key {
    switch self {
    case .schema: RootKey.schema.key
    case .rules:
      Key(
        "rules", RootKey.rules.key.kind, .optional, "its rules", example: RootKey.rules.key.example)
    case .receivers: RootKey.receivers.key
    }
  }
}

/// The keys of `heartbeat`.
package enum HeartbeatKey: Int, KeyName {
  case urlEnv, urlFile

  package static let grammar = Grammar(
    "`heartbeat`", keys: HeartbeatKey.self, relations: [.exactlyOne(["url_env", "url_file"])])

  var key: Key {
    switch self {
    case .urlEnv:
      Key(
        "url_env", .text(.variable, max: 200), .derived("exactly one of the two"),
        "the environment variable that holds the URL to request", example: #""OPS_HEARTBEAT_URL""#)
    case .urlFile:
      Key(
        "url_file", .text(.file, max: Key.longestText), .derived("exactly one of the two"),
        "the file that holds it", example: #""/run/secrets/heartbeat_url""#)
    }
  }
}

/// The keys of `evaluation`.
package enum EvaluationKey: Int, KeyName {
  case maxGapMinutes
  case onGap
  case sparseSamples
  case snapshotTimePath
  case requestCountPath
  case requestCountMetric

  package static let grammar = Grammar("`evaluation`", keys: EvaluationKey.self)

  var key: Key {
    switch self {
    case .maxGapMinutes:
      Key(
        "max_gap_minutes", .positiveMinutes, .defaults(to: .number(60)),
        "the longest time between two samples that count as continuous evidence", example: "30")
    case .onGap:
      Key(
        "on_gap", .words(OnGap.self), .defaults(to: .string(OnGap.reset.rawValue)),
        "after a longer gap: `reset` the evidence, or `count` the unobserved time",
        example: #""count""#
      )
    case .sparseSamples:
      Key(
        "sparse_samples", .integer(2...100_000),
        .defaults(to: .number(Double(EvaluationSettings.defaultSparseSamples))),
        "how many samples of one kind in a row, each after a longer gap, also count as evidence",
        example: "4")
    case .snapshotTimePath:
      Key(
        "snapshot_time_path", .path(wildcards: false), .optional,
        "path of the snapshot's own timestamp; a snapshot that is not newer is stale",
        example: #""generated_at""#)
    case .requestCountPath:
      Key(
        "request_count_path", .path(wildcards: false),
        .defaults(to: .string("request_metrics.requests.total")),
        "path of the number that `min_request_count` is compared with",
        example: #""request_metrics.requests.total""#)
    case .requestCountMetric:
      Key(
        "request_count_metric", .metric, .optional,
        "the same for targets of the format `prometheus`: the series to add up",
        example: #""http_requests_total""#)
    }
  }
}

/// The keys of `endpoint`.
package enum EndpointKey: Int, KeyName {
  case durationMinutes
  case breachStatus
  case severity, runbook, summary

  package static let grammar = Grammar("`endpoint`", keys: EndpointKey.self)

  var key: Key {
    switch self {
    case .durationMinutes:
      Key(
        "duration_minutes", .anyMinutes, .defaults(to: .number(10)),
        "how long a fresh snapshot must be missing before it fires; 0 fires on the first failure",
        example: "5")
    case .breachStatus: .breachStatus
    case .severity: .severity
    case .runbook:
      Key(
        "runbook", .text(.runbook, max: Key.longestText), .optional, "what to do, as in a rule",
        example: #""docs/release/incident-observability-runbook.md""#)
    case .summary:
      Key(
        "summary", .text(.line, max: Key.longestText), .optional, "what is wrong, in one line",
        example: #""The API returns no metrics""#)
    }
  }
}

/// The keys of a target.
package enum TargetKey: Int, KeyName {
  case name
  case baseURL
  case metricsURL
  case baseURLEnv
  case metricsURLEnv
  case bearerTokenEnv
  case basicAuthEnv, basicAuthFile
  case headersEnv
  case format
  case acceptStatus

  package static let grammar = Grammar(
    "a target", keys: TargetKey.self,
    relations: [
      .exactlyOne(["base_url", "metrics_url", "base_url_env", "metrics_url_env"]),
      .atMostOne(["bearer_token_env", "basic_auth_env", "basic_auth_file"]),
      .forbidden("accept_status", where: "format", is: [SnapshotFormat.none.rawValue]),
    ])

  var key: Key {
    switch self {
    case .name:
      Key("name", .text(.line, max: 100), .required, "unique", example: #""production""#)
    case .baseURL:
      Key(
        "base_url", .text(.baseURL, max: 2_000), .derived("exactly one of the four addresses"),
        "the service's address; a trailing `/` and then `/api` are removed, "
          + "`/ops/metrics` is appended",
        example: #""https://api.example""#)
    case .metricsURL:
      Key(
        "metrics_url", .text(.metricsURL, max: 2_000),
        .derived("exactly one of the four addresses"),
        "the full URL of the snapshot", example: #""https://api.example/ops/metrics""#)
    case .baseURLEnv:
      Key(
        "base_url_env", .text(.variable, max: 200), .derived("exactly one of the four addresses"),
        "the environment variable that holds the service's address",
        example: #""OPS_API_BASE_URL""#)
    case .metricsURLEnv:
      Key(
        "metrics_url_env", .text(.variable, max: 200),
        .derived("exactly one of the four addresses"),
        "the environment variable that holds the full URL", example: #""OPS_METRICS_URL""#)
    case .bearerTokenEnv:
      Key(
        "bearer_token_env", .text(.variable, max: 200), .optional,
        "the environment variable that holds the bearer token; defaults to that of the options",
        example: #""OPS_API_BEARER_TOKEN""#)
    case .basicAuthEnv:
      Key(
        "basic_auth_env", .text(.variable, max: 200), .optional,
        "the environment variable that holds `user:password`", example: #""OPS_API_LOGIN""#)
    case .basicAuthFile:
      Key(
        "basic_auth_file", .text(.file, max: Key.longestText), .optional,
        "the file that holds `user:password`", example: #""/run/secrets/api_login""#)
    case .headersEnv:
      Key(
        "headers_env", .texts(by: .headerName, .variable), .optional,
        "other headers to send, and the environment variables that hold their values",
        example: #"{"X-Api-Key": "OPS_API_KEY"}"#)
    case .format:
      Key(
        "format", .words(SnapshotFormat.self),
        .derived("`json`; `prometheus` if all rules are for Prometheus text"),
        "the format of the snapshot; `none` reads no body, so that only the response is evaluated",
        example: #""prometheus""#)
    case .acceptStatus:
      Key(
        "accept_status",
        .listOr(
          .word([AcceptedStatuses.anyWord]),
          list: .values(.integer(AcceptedStatuses.possible), atMost: 100)),
        .derived("only 200 to 299; `\"any\"` for the format `none`"),
        "statuses, besides 200 to 299, whose body is a snapshot", example: "[503]")
    }
  }
}
