// What `evaluate` and `watch` have in common.

let endpointVariables: [CommandText.Variable] = [
  .init(
    name: "OPS_METRICS_URL",
    meaning: "the whole URL of the endpoint; goes before OPS_API_BASE_URL"),
  .init(
    name: "OPS_API_BASE_URL",
    meaning: "the service's URL, to which /ops/metrics is added"),
  .init(
    name: "OPS_API_BEARER_TOKEN",
    meaning: "sent as \"Authorization: Bearer …\" to the endpoint"),
  .init(name: "NO_COLOR", meaning: "no colours unless --color always"),
  .init(
    name: "https_proxy, http_proxy, all_proxy, no_proxy",
    meaning: "proxies, as curl reads them"),
]

let chosenRows: [OptionRow<EvaluateOptions>] = [
  .setting("--config", .path, \.config, "the rules").or("--thresholds"),
  .repeated("--target", .name, \.targets, "only this one of the configured targets")
    .excludes("--target-name"),
  .flag(
    "--allow-missing-metrics", \.allowMissingMetrics, true,
    "a missing metric holds rules that name no on_missing, in place of alerting"),
]

let endpointRows: [OptionRow<EvaluateOptions>] = [
  .optional("--metrics-url", .url, \.metricsURL, "the whole URL of the endpoint")
    .environment("OPS_METRICS_URL").excludes("--base-url"),
  .optional(
    "--base-url", .url, \.baseURL,
    "the service's URL: a trailing / and then /api are cut, /ops/metrics is added"
  ).environment("OPS_API_BASE_URL"),
  .setting("--base-url-env", .variable, \.baseURLEnv, "the variable with the base URL"),
  .setting(
    "--bearer-token-env", .variable, \.bearerTokenEnv, "the variable with the bearer token"),
  .optional(
    "--bearer-token-file", .path, \.bearerTokenFile,
    "the file with the bearer token; goes before the variable"),
  .optional(
    "--target-name", .name, \.targetName, "what the target of these options is called"),
]

let limitRows: [OptionRow<EvaluateOptions>] = [
  .setting("--timeout", .duration, \.timeout, "for one attempt at a fetch"),
  .setting("--retries", .count(0...10), \.retries, "attempts after the first, 0 to 10"),
  .setting(
    "--deadline", .duration, \.deadline,
    "for all fetching and delivering of one sample together"),
  .setting(
    "--lock-timeout", .duration, \.lockTimeout,
    "how long to wait for another run's lock; not part of the deadline"),
]

let stateRows: [OptionRow<EvaluateOptions>] = [
  .setting(
    "--state", .stateFile, \.state,
    "the state file; STEM is the configuration's name without its ending"),
  .flag(
    "--reset-state", \.resetState, true,
    "first move a corrupt or unwanted state file aside, to …corrupt-TIME"),
  .optional("--record", .path, \.record, "append the snapshot to a recording (JSON lines)"),
]

let noDeliverRow = OptionRow<EvaluateOptions>.flag(
  "--no-deliver", \.deliver, false, "record notifications as due, send none")

let outputRows: [OptionRow<EvaluateOptions>] = [
  .optional("--output", .path, \.output, "also write the JSON report there"),
  .setting(
    "--fail-on", .choice(), \.failOn, "the mildest check status that makes the exit code 1"),
]

extension OptionRow {
  static func colors(_ path: any WritableKeyPath<Options, ColorChoice> & Sendable) -> Self {
    .setting("--color", .choice(), path, "auto: in a terminal, unless NO_COLOR is set")
  }

  /// The same option of a command whose options hold those of another.
  func lifted<Whole>(
    to path: any WritableKeyPath<Whole, Options> & Sendable
  ) -> OptionRow<Whole> {
    let lifted: OptionRow<Whole>.Action =
      switch action {
      case .flag(let set): .flag { set(&$0[keyPath: path]) }
      case .value(let store):
        .value { (whole, text) throws(ValueMistake) in try store(&whole[keyPath: path], text) }
      case .help: .help
      case .answer(let answer): .answer(answer)
      }
    return OptionRow<Whole>(text: text, action: lifted)
  }
}
