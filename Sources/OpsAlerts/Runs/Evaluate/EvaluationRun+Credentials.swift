internal import AlertEngine
internal import HTTP

extension EvaluationRun {
  /// What the requests to a configured target carry.
  func credentials(of target: TargetSettings) throws(RunFailure) -> [Credential] {
    func need(_ what: String) -> RunMistake.Need { .target(target.name, what: what) }
    let authorization: Credential?
    if let source = target.basicAuth {
      authorization = try login(from: source, for: need("its user and password"))
    } else if let name = target.bearerTokenVariable {
      let token = try readToken { () throws(BearerTokenMistake) in
        try BearerToken(variable: name, in: environment.variables)
      }
      guard let token else { throw .mistake(.unset(variable: name, need("its token"))) }
      authorization = Credential(token)
    } else {
      authorization = try tokenOfOptions()
    }
    var credentials = [authorization].compactMap(\.self)
    for (header, variable) in target.headerVariables.sorted(by: { $0.key < $1.key }) {
      credentials.append(
        try credential(header, from: variable, for: need("the header \(header)")))
    }
    return credentials
  }

  /// What the requests to the target of the options carry.
  func credentialsOfOptions() throws(RunFailure) -> [Credential] {
    let authorization =
      if let name = options.basicAuthEnv {
        try login(from: .variable(name), for: .option("--basic-auth-env"))
      } else if let path = options.basicAuthFile {
        try login(from: .file(path), for: .option("--basic-auth-file"))
      } else {
        try tokenOfOptions()
      }
    var credentials = [authorization].compactMap(\.self)
    for header in options.headers {
      credentials.append(
        try credential(header.name, from: header.variable, for: .option("--header-env")))
    }
    return credentials
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

  private func login(
    from source: SecretSource, for need: RunMistake.Need
  ) throws(RunFailure) -> Credential {
    switch source {
    case .file(let path):
      try checked(path) { path throws(CredentialMistake) in
        try Credential(loginFile: path, within: options.deadline)
      }
    case .variable(let name):
      try checked(environment.value(of: name, for: need)) { text throws(CredentialMistake) in
        try Credential(login: text, source: name)
      }
    }
  }

  private func credential(
    _ header: String, from variable: String, for need: RunMistake.Need
  ) throws(RunFailure) -> Credential {
    try checked(environment.value(of: variable, for: need)) { text throws(CredentialMistake) in
      try Credential(header: header, text, source: variable)
    }
  }

  private func checked(
    _ text: String, _ read: (String) throws(CredentialMistake) -> Credential
  ) throws(RunFailure) -> Credential {
    do { return try read(text) } catch { throw .mistake(.credential(error)) }
  }

  private func tokenOfOptions() throws(RunFailure) -> Credential? {
    let token = try readToken { () throws(BearerTokenMistake) in
      if let file = options.bearerTokenFile {
        return try BearerToken(file: file, within: options.deadline)
      }
      return try BearerToken(variable: options.bearerTokenEnv, in: environment.variables)
    }
    // The default variable is optional, one that the user named is not.
    guard token != nil || options.bearerTokenEnv == EvaluateOptions().bearerTokenEnv else {
      throw .mistake(.unset(variable: options.bearerTokenEnv, .option("--bearer-token-env")))
    }
    return token.map { Credential($0) }
  }

  private func readToken(
    _ read: () throws(BearerTokenMistake) -> BearerToken?
  ) throws(RunFailure) -> BearerToken? {
    do { return try read() } catch { throw .mistake(.token(error)) }
  }
}

extension RunEnvironment {
  /// - Throws: a mistake if the variable is unset or empty.
  func value(of name: String, for need: RunMistake.Need) throws(RunFailure) -> String {
    guard let value = variable(name) else { throw .mistake(.unset(variable: name, need)) }
    return value
  }
}
