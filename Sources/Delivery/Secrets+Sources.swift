package import AlertEngine
package import HTTP
internal import Text

/// What receivers read: addresses, tokens and names.
extension Secrets {
  /// An address that may be sent to: https, or http on this machine.
  ///
  /// - Parameters:
  ///   - source: where to read it.
  ///   - usual: the address of a service that configurations need not name.
  /// - Returns: `nil` if the variable is unset, or there is neither a source nor a usual address.
  /// - Throws: a mistake if the value is not such an address.
  package mutating func address(
    _ source: SecretSource?, or usual: String? = nil
  ) throws(ReceiverMistake) -> HTTPAddress? {
    guard let source else {
      guard let usual else { return nil }
      return try checkedAddress(usual, from: "the usual address")
    }
    guard let text = try read(source) else { return nil }
    return try checkedAddress(text, from: source.name)
  }

  /// The same for a text that has been read.
  func checkedAddress(
    _ text: String, from name: String
  ) throws(ReceiverMistake) -> HTTPAddress {
    let address: HTTPAddress
    do { address = try HTTPAddress(text) } catch {
      throw ReceiverMistake("\(name): \(error)")
    }
    guard address.scheme == .https || address.isLoopback else {
      throw ReceiverMistake("\(name): the URL must be https unless its host is this machine")
    }
    let proxies = ProxyRules(environment: variables)
    if address.scheme == .http, let variable = proxies.proxyVariable(for: address) {
      throw ReceiverMistake(
        "\(name): \(variable) would send it through a proxy in clear text; add the host to "
          + "no_proxy")
    }
    return address
  }

  /// The header with a token, for services that may require one.
  ///
  /// - Returns: no header if the configuration names no token; `nil` if its variable is unset.
  /// - Throws: a mistake if the value is not a token.
  mutating func authorization(
    _ source: SecretSource?
  ) throws(ReceiverMistake) -> [HTTPHeader]? {
    guard let source else { return [] }
    guard let text = try read(source) else { return nil }
    do { return [try Credential(.token, text, source: source.name).header] } catch {
      throw ReceiverMistake("\(error)")
    }
  }

  /// Why a receiver is skipped: which of its variables is unset.
  package func missing(for settings: ReceiverSettings) -> String {
    let unset = settings.allSources.map(\.place).first { place in
      if case .variable(let name) = place { variables[name]?.isEmpty ?? true } else { false }
    }
    return unset.map { "\($0.name) is unset or empty" } ?? "a file that it reads is empty"
  }
}

extension SecretSource {
  /// Its name in messages: the variable, or the file.
  var name: String {
    switch self {
    case .variable(let name): name
    case .file(let path): "the file \(printable(path))"
    }
  }
}
