internal import AlertEngine
internal import Files
internal import HTTP
internal import Text

/// Where one target's snapshot comes from.
enum TargetSource: Sendable {
  case endpoint(FetchTarget)
  case saved(name: String, [UInt8], SnapshotFormat)

  var name: String {
    switch self {
    case .endpoint(let target): target.name
    case .saved(let name, _, _): name
    }
  }

  var format: SnapshotFormat {
    switch self {
    case .endpoint(let target): target.format
    case .saved(_, _, let format): format
    }
  }

  /// Where the snapshot comes from, safe to show; `nil` for a saved one.
  var display: String? {
    switch self {
    case .endpoint(let target): target.address.display
    case .saved: nil
    }
  }
}

extension EvaluationRun {
  func loadConfiguration() throws(RunFailure) -> Configuration {
    if let configuration { return configuration }
    do throws(ConfigurationFileFailure) {
      return try ConfigurationFile.load(path: options.config)
    } catch {
      throw .mistake(.configuration(error))
    }
  }

  /// Says that the state gets another target, named by the host of an address that may be mistyped.
  func noteNew(_ targets: [TargetSource], in memory: RunMemory) {
    guard let path = options.statePath, !options.dryRun, options.targetName == nil,
      let name = targets.first?.name, memory.state.targets[name] == nil,
      !memory.state.targets.isEmpty
    else { return }
    note(.newTarget(name, beside: memory.state.targets.keys.sorted(), statePath: path))
  }

  /// Refuses to overwrite a file that this run also uses in another way.
  func keepFilesApart(of configuration: Configuration) throws(RunFailure) {
    let snapshot: String? =
      switch options.snapshot {
      case .file(let path)?: path
      case .standardInput?: "-"
      case nil: nil
      }
    let read = [("--config", options.config), ("--snapshot", snapshot)]
    let secrets =
      [
        ("--bearer-token-file", options.bearerTokenFile),
        ("--basic-auth-file", options.basicAuthFile),
        ("heartbeat.url_file", configuration.heartbeat?.path),
      ] + configuration.targets.map { ("basic_auth_file", $0.basicAuth?.path) }
    let written =
      [
        ("--state", options.statePath),
        ("the lock of --state", options.statePath.map(StateFile.lockPath)),
        ("the history of --state", options.statePath.map(HistoryFile.path)),
      ] + options.outputs.map { ("--output", $0.path) }
      + [("--html", options.html), ("--record", options.record)]
    var names: [String: String] = [:]
    for (name, path) in read + secrets + written {
      guard let path else { continue }
      // Only a snapshot that is `-` is read from standard input.
      let file =
        name == "--snapshot"
        ? AtomicFile.identity(ofInput: path) : AtomicFile.identity(of: path)
      guard let file else { continue }
      guard let other = names[file] else {
        names[file] = name
        continue
      }
      guard written.contains(where: { $0.0 == name }) else { continue }
      throw .mistake(.sameFile(name, other, path: path))
    }
    for variable in isGitHubStep ? Self.stepFiles : [] {
      guard let path = environment.variable(variable), !AtomicFile.isStream(path),
        let other = names[AtomicFile.identity(of: path)]
      else { continue }
      throw .mistake(.sameFile(variable, other, path: path))
    }
  }

  /// The targets of this run: a saved snapshot, the URL of the options, or the configured ones.
  func chooseTargets(of configuration: Configuration) throws(RunFailure) -> [TargetSource] {
    let named = try namedTargets(of: configuration)
    if let snapshot = options.snapshot {
      guard named.count <= 1 || options.targets.isEmpty else {
        throw .mistake(.snapshotOfSeveralTargets)
      }
      let name = options.targetName ?? (named.count == 1 ? named[0].name : "default")
      try guardRules(of: name, configuration)
      let format = try formatOfOptions(
        named.count == 1 ? named[0].format : nil, of: configuration)
      return [.saved(name: name, try read(snapshot), format)]
    }
    let sources: [FetchTarget]
    if let address = try addressOfOptions() {
      guard options.targets.isEmpty else {
        throw .mistake(.targetBesideURL)
      }
      sources = [try optionsTarget(at: address, of: configuration)]
    } else if !named.isEmpty {
      if let option = options.targetOption { throw .mistake(.optionOfOtherTarget(option)) }
      var targets: [FetchTarget] = []
      for target in named { targets.append(try configuredTarget(target, of: configuration)) }
      sources = targets
    } else if let address = try addressOfVariables() {
      sources = [try optionsTarget(at: address, of: configuration)]
    } else {
      throw .mistake(.noEndpoint(variable: options.baseURLEnv))
    }
    try guardCredentials(of: sources)
    return sources.map(TargetSource.endpoint)
  }

  /// The configured targets that `--target` selects, or all of them.
  private func namedTargets(of configuration: Configuration) throws(RunFailure) -> [TargetSettings]
  {
    guard !options.targets.isEmpty else { return configuration.targets }
    let known = configuration.targets.map(\.name)
    guard !known.isEmpty else {
      throw .mistake(.noTargets(configuration: options.config))
    }
    var chosen: [TargetSettings] = []
    for name in options.targets {
      guard let target = configuration.targets.first(where: { $0.name == name }) else {
        throw .mistake(
          .unknown(.target, name, place: printable(options.config), known: known))
      }
      if !chosen.contains(target) { chosen.append(target) }
    }
    return chosen
  }

  private func addressOfOptions() throws(RunFailure) -> HTTPAddress? {
    if let url = options.metricsURL { return try metricsAddress(url, from: "--metrics-url") }
    return try options.baseURL.map { url throws(RunFailure) in
      try baseAddress(url, from: "--base-url")
    }
  }

  private func addressOfVariables() throws(RunFailure) -> HTTPAddress? {
    // A variable that the user named takes precedence over one that happens to be set.
    let isNamed = options.baseURLEnv != EvaluateOptions().baseURLEnv
    if isNamed, environment.variable(options.baseURLEnv) == nil {
      throw .mistake(.unset(variable: options.baseURLEnv, .option("--base-url-env")))
    }
    if !isNamed, let url = environment.variable("OPS_METRICS_URL") {
      return try metricsAddress(url, from: "OPS_METRICS_URL")
    }
    return try environment.variable(options.baseURLEnv).map { url throws(RunFailure) in
      try baseAddress(url, from: options.baseURLEnv)
    }
  }

  private func configuredTarget(
    _ target: TargetSettings, of configuration: Configuration
  ) throws(RunFailure) -> FetchTarget {
    let place = "target \(printable(target.name))"
    func value(of name: String) throws(RunFailure) -> String {
      guard let value = environment.variable(name) else {
        throw .mistake(.unset(variable: name, .target(target.name, what: "its address")))
      }
      return value
    }
    let address =
      switch target.address {
      case .baseURL(let url): try baseAddress(url, from: place)
      case .metricsURL(let url): try metricsAddress(url, from: place)
      case .baseURLVariable(let name): try baseAddress(value(of: name), from: name)
      case .metricsURLVariable(let name): try metricsAddress(value(of: name), from: name)
      }
    return FetchTarget(
      name: target.name, address: address, credentials: try credentials(of: target),
      tokenVariable: target.bearerTokenVariable ?? options.bearerTokenEnv,
      format: target.format ?? configuration.defaultFormat,
      acceptedStatuses: target.acceptedStatuses)
  }

  private func optionsTarget(
    at address: HTTPAddress, of configuration: Configuration
  ) throws(RunFailure) -> FetchTarget {
    let name = options.targetName ?? address.hostAndPort
    try guardRules(of: name, configuration)
    return FetchTarget(
      name: name, address: address,
      credentials: try credentialsOfOptions(), tokenVariable: options.bearerTokenEnv,
      format: try formatOfOptions(nil, of: configuration),
      acceptedStatuses: options.acceptedStatuses)
  }

  /// Refuses a target to which rules for certain targets cannot apply.
  private func guardRules(
    of name: String, _ configuration: Configuration
  ) throws(RunFailure) {
    guard configuration.rules.contains(where: { $0.targets != nil }),
      !configuration.targets.contains(where: { $0.name == name })
    else { return }
    throw .mistake(.strangeTarget(name))
  }

  /// The format of a target that is not configured, or is a saved snapshot of one that may be.
  private func formatOfOptions(
    _ configured: SnapshotFormat?, of configuration: Configuration
  ) throws(RunFailure) -> SnapshotFormat {
    if let format = options.snapshotFormat ?? configured { return format }
    guard !configuration.hasSeveralFormats else { throw .mistake(.openFormat) }
    return configuration.defaultFormat
  }

  private func metricsAddress(_ url: String, from place: String) throws(RunFailure) -> HTTPAddress {
    do { return try HTTPAddress(metricsURL: url) } catch {
      throw .mistake(.address(error, place: place))
    }
  }

  private func baseAddress(_ url: String, from place: String) throws(RunFailure) -> HTTPAddress {
    do { return try HTTPAddress(baseURL: url) } catch {
      throw .mistake(.address(error, place: place))
    }
  }

  private func read(_ snapshot: SnapshotSource) throws(RunFailure) -> [UInt8] {
    let limit = HTTPRequest.defaultBodyLimit
    let bytes: [UInt8]?
    let name: String
    switch snapshot {
    case .standardInput:
      name = "standard input"
      bytes = environment.readInput(limit)
    case .file(let path):
      name = printable(path)
      do throws(FileFailure) {
        let end = ContinuousClock.now + options.deadline
        bytes = try FileDescriptor(reading: path, until: end, to: "read the snapshot")
          .readAll(limit: limit, until: end)
      } catch {
        throw .mistake(.input(error))
      }
    }
    guard let bytes else {
      throw .mistake(.snapshotTooLarge(name: name, limit: limit))
    }
    return bytes
  }
}
