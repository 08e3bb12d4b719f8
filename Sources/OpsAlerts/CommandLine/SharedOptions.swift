// The options that `evaluate` and `watch` share.

let endpointVariables: [CommandText.Variable] = [
  .init(
    name: "OPS_METRICS_URL",
    meaning: "the full URL of the endpoint; takes precedence over OPS_API_BASE_URL"),
  .init(
    name: "OPS_API_BASE_URL",
    meaning: "the URL of the service; /ops/metrics is appended"),
  .init(
    name: "OPS_API_BEARER_TOKEN",
    meaning: "the token sent to the endpoint as \"Authorization: Bearer …\""),
  .init(name: "NO_COLOR", meaning: "if set, no colours unless --color always"),
  .init(
    name: "https_proxy, http_proxy, all_proxy, no_proxy",
    meaning: "proxies, as in curl"),
]

let chosenRows: [OptionRow<EvaluateOptions>] = [
  .setting("--config", .path, \.config, "the configuration").or("--thresholds"),
  .repeated("--target", .name, \.targets, "only this configured target")
    .excludes("--target-name"),
  .flag(
    "--allow-missing-metrics", \.allowMissingMetrics, true,
    "rules without on_missing hold if their metric is missing, instead of alerting"),
]

let endpointRows: [OptionRow<EvaluateOptions>] = [
  .optional("--metrics-url", .url, \.metricsURL, "the full URL of the endpoint")
    .environment("OPS_METRICS_URL").excludes("--base-url"),
  .optional(
    "--base-url", .url, \.baseURL,
    "the URL of the service; a trailing / and /api are removed, and /ops/metrics is appended "
      + "unless it is already there"
  ).environment("OPS_API_BASE_URL"),
  .setting("--base-url-env", .variable, \.baseURLEnv, "the variable that holds the base URL"),
  .setting(
    "--bearer-token-env", .variable, \.bearerTokenEnv, "the variable that holds the bearer token"),
  .optional(
    "--bearer-token-file", .path, \.bearerTokenFile,
    "the file that holds the bearer token; takes precedence over the variable"),
  .optional(
    "--basic-auth-env", .variable, \.basicAuthEnv,
    "the variable that holds user:password, sent instead of a token"
  ).excludes("--basic-auth-file", "--bearer-token-env", "--bearer-token-file"),
  .optional(
    "--basic-auth-file", .path, \.basicAuthFile,
    "the file that holds user:password, sent instead of a token"
  ).excludes("--bearer-token-env", "--bearer-token-file"),
  .repeated(
    "--header-env", .headerVariable, \.headers,
    "another header to send, and the variable that holds its value"),
  .setting(
    "--accept-status", .statuses, \.acceptedStatuses,
    "statuses, besides 200 to 299, whose body is a snapshot, e.g. 503,429"),
  .optional(
    "--snapshot-format", .choice(), \.snapshotFormat,
    "the format of the snapshot; by default json, or prometheus if all rules are for it"),
  .optional(
    "--target-name", .name, \.targetName, "the name for the target given by these options"),
]

let limitRows: [OptionRow<EvaluateOptions>] = [
  .setting("--timeout", .duration, \.timeout, "time limit for one fetch attempt"),
  .setting("--retries", .count(0...10), \.retries, "retries after the first attempt, 0 to 10"),
  .setting(
    "--deadline", .duration, \.deadline,
    "time limit for fetching one sample and delivering its notifications"),
  .setting(
    "--lock-timeout", .duration, \.lockTimeout,
    "how long to wait for another run's lock; not part of the deadline"),
]

let stateRows: [OptionRow<EvaluateOptions>] = [
  .setting(
    "--state", .stateFile, \.state,
    "the state file; STEM is the configuration's path without its extension, with - for /"),
  .flag(
    "--adopt-state", \.adoptState, true,
    "take over the state of another configuration"),
  .flag(
    "--reset-state", \.resetState, true,
    "first move the state file aside, to PATH.corrupt-TIME"),
  .optional("--record", .path, \.record, "append the snapshot to a recording (JSON lines)"),
]

let noDeliverRow = OptionRow<EvaluateOptions>.flag(
  "--no-deliver", \.deliver, false, "queue notifications but send none")

let outputRows: [OptionRow<EvaluateOptions>] = [
  .outputs(\.outputs, ReportFile.Format.self),
  .setting(
    "--fail-on", .choice(), \.failOn, "exit with 1 if a check has this status or a worse one"),
  .timeZone(\.timeZone),
]

extension OptionRow {
  static func outputs<Format: CaseIterable & RawRepresentable<String>>(
    _ path: any WritableKeyPath<Options, [ReportFile]> & Sendable, _ formats: Format.Type
  ) -> Self {
    let words = formats.allCases.map(\.rawValue).joined(separator: ", ")
    return .repeated(
      "--output", .reportFile, path,
      "also write a report to this file: \(words); json if no format is given")
  }

  static func timeZone(
    _ path: any WritableKeyPath<Options, String?> & Sendable
  ) -> Self {
    .optional(
      "--time-zone", .timeZone, path,
      "the time zone of times for people, e.g. Europe/Berlin; by default that of the "
        + "configuration's notifications, else of TZ, else UTC")
  }

  static func colors(
    _ path: any WritableKeyPath<Options, ColorChoice> & Sendable
  ) -> Self where Options: CommandOptions {
    .setting("--color", .choice(), path, "auto: in a terminal, unless NO_COLOR is set")
  }

  /// The same option for a command with options that contain those of another.
  func lifted<Whole>(
    to path: any WritableKeyPath<Whole, Options> & Sendable
  ) -> OptionRow<Whole> {
    let lifted: OptionRow<Whole>.Action =
      switch action {
      case .flag(let set): .flag { set(&$0[keyPath: path]) }
      case .value(let store):
        .value { (whole, text) throws(ValueMistake) in try store(&whole[keyPath: path], text) }
      case .help: .help
      case .print(let make): .print(make)
      }
    return OptionRow<Whole>(text: text, action: lifted)
  }
}
