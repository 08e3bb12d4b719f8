internal import AlertEngine
internal import HTTP

extension EvaluationRun {
  /// What the requests to a configured target carry.
  func credentials(of target: TargetSettings) throws(RunFailure) -> [Credential] {
    func need(_ what: String) -> RunMistake.Need { .target(target.name, what: what) }
    let authorization: Credential?
    if let source = target.basicAuth {
      authorization = try credential(.login, from: source, for: need("its user and password"))
    } else if let name = target.bearerTokenVariable {
      authorization = try credential(.token, from: .variable(name), for: need("its token"))
    } else {
      authorization = try tokenOfOptions()
    }
    let headers = target.headerVariables.sorted { $0.key < $1.key }
    return try [authorization].compactMap(\.self)
      + headers.map { name, variable throws(RunFailure) in
        try credential(.header(name), from: .variable(variable), for: need("the header \(name)"))
      }
  }

  /// What the requests to the target of the options carry.
  func credentialsOfOptions() throws(RunFailure) -> [Credential] {
    let authorization =
      if let name = options.basicAuthEnv {
        try credential(.login, from: .variable(name), for: .option("--basic-auth-env"))
      } else if let path = options.basicAuthFile {
        try credential(.login, from: .file(path), for: .option("--basic-auth-file"))
      } else {
        try tokenOfOptions()
      }
    return try [authorization].compactMap(\.self)
      + options.headers.map { header throws(RunFailure) in
        try credential(
          .header(header.name), from: .variable(header.variable), for: .option("--header-env"))
      }
  }

  private func tokenOfOptions() throws(RunFailure) -> Credential? {
    if let file = options.bearerTokenFile {
      return try credential(.token, from: .file(file), for: .option("--bearer-token-file"))
    }
    let name = options.bearerTokenEnv
    // The default variable is optional, one that the user named is not.
    if isBlank(name), name == EvaluateOptions().bearerTokenEnv { return nil }
    return try credential(.token, from: .variable(name), for: .option("--bearer-token-env"))
  }

  /// - Throws: a mistake if a variable is unset or blank, as CI systems pass an undefined secret, or
  ///   if the content cannot be used.
  private func credential(
    _ kind: Credential.Kind, from source: SecretSource, for need: RunMistake.Need
  ) throws(RunFailure) -> Credential {
    if case .variable(let name) = source, isBlank(name) {
      throw .mistake(.unset(variable: name, need))
    }
    do throws(CredentialMistake) {
      return switch source {
      case .file(let path): try Credential(kind, file: path, within: options.deadline)
      case .variable(let name):
        try Credential(kind, environment.variable(name) ?? "", source: name)
      }
    } catch {
      throw .mistake(.credential(error))
    }
  }

  private func isBlank(_ variable: String) -> Bool {
    environment.variable(variable)?.allSatisfy(\.isWhitespace) ?? true
  }

  /// Refuses to send a credential through a plain-http proxy, and warns about one in clear text.
  func guardCredentials(of targets: [FetchTarget]) throws(RunFailure) {
    do throws(CredentialThroughProxy) {
      try refuseCredentialsThroughProxies(targets, environment: environment.variables)
    } catch {
      throw .mistake(.credentialThroughProxy(error))
    }
    let clear = targets.filter(\.sendsCredentialInClear).map(\.address.hostAndPort)
    if !clear.isEmpty { environment.warn(.credentialsInClear(hosts: clear)) }
  }
}
