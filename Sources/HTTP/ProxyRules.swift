/// The proxies of the environment, as libcurl applies them.
///
/// Where libcurl's versions differ, this assumes that the proxy applies, which is the safe side.
package struct ProxyRules: Sendable {
  private let environment: [String: String]
  /// A star excepts all hosts only if it is the whole list.
  private let exceptsAll: Bool
  private let exceptions: [String]

  package init(environment: [String: String]) {
    self.environment = environment
    let list = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
    exceptsAll = list == "*"
    exceptions = list.split { $0 == "," || $0 == " " }.map { $0.lowercased() }
  }

  /// The variable that sends requests for `address` through a proxy; nil if none does.
  package func proxyVariable(for address: HTTPAddress) -> String? {
    guard !exceptsAll,
      !exceptions.contains(where: { Self.exception($0, covers: address.host) })
    else { return nil }
    // HTTP_PROXY in capitals is ignored: CGI servers set it from a request header.
    let names =
      switch address.scheme {
      case .http: ["http_proxy", "all_proxy", "ALL_PROXY"]
      case .https: ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
      }
    return names.first { environment[$0]?.isEmpty == false }
  }

  /// The host itself, a parent domain (with or without a leading dot), or an address range such as
  /// `10.0.0.0/8`; `/0` is not a range.
  private static func exception(_ entry: String, covers host: String) -> Bool {
    if let address = IPv4Address(host) {
      let parts = entry.split(separator: "/", maxSplits: 1)
      guard let first = parts.first, let range = IPv4Address(first) else { return false }
      guard parts.count == 2 else { return range == address }
      guard let bits = Int(parts[1]), (1...32).contains(bits) else { return false }
      return address.shares(first: bits, bitsWith: range)
    }
    let domain = entry.hasPrefix(".") ? entry.dropFirst() : entry[...]
    guard !domain.isEmpty, !domain.hasPrefix(".") else { return false }
    return host == domain || host.hasSuffix("." + domain)
  }
}

/// A proxy that cannot be used.
package struct ProxyFailure: Hashable, Codable, Sendable {
  package enum Cause: Hashable, Codable, Sendable {
    case notResolved, refused
    /// It answered the request for a tunnel with this status.
    case refusedTunnel(status: Int)
  }

  let cause: Cause
  /// The variable that names it.
  let variable: String

  package init(_ cause: Cause, of variable: String) {
    self.cause = cause
    self.variable = variable
  }

  /// A sentence that names the variable, and `host`, for which the request was.
  package func words(host: String) -> String {
    let advice = "is it up, or should no_proxy name \(host)?"
    return switch cause {
    case .notResolved: "cannot resolve the name of the proxy in \(variable): \(advice)"
    case .refused: "cannot connect to the proxy in \(variable): \(advice)"
    case .refusedTunnel(let status):
      "the proxy in \(variable) did not connect to \(host) (status \(status)): is it meant to, or "
        + "should no_proxy name \(host)?"
    }
  }
}

/// A credential that a plain-http proxy would read; found before any request.
package struct CredentialThroughProxy: Error, Hashable, CustomStringConvertible {
  let variable: String
  /// `the token`.
  let credential: String
  let hostAndPort: String

  package init(variable: String, credential: String, hostAndPort: String) {
    self.variable = variable
    self.credential = credential
    self.hostAndPort = hostAndPort
  }

  package var description: String {
    "\(variable) would send \(credential) for http://\(hostAndPort) through a proxy in clear text: "
      + "use https, or add the host to no_proxy"
  }
}
