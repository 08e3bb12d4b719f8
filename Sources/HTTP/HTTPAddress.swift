internal import Text

/// A URL that is safe to request: http or https, ASCII, a host, no user info.
///
/// Parsed by hand, because the parsers of Foundation and libcurl disagree on hostile input
/// (`http://good\@evil/`), and the checked URL must be the requested one.
package struct HTTPAddress: Hashable, Sendable {
  package enum Scheme: String, Sendable {
    case http, https

    var defaultPort: Int {
      switch self {
      case .http: 80
      case .https: 443
      }
    }
  }

  package let scheme: Scheme
  /// The host in lower case: a name or an IPv4 literal.
  package let host: String
  /// The port; the scheme's default if the URL has none.
  package let port: Int
  package private(set) var path: String
  private var query: String

  /// The full URL of an endpoint.
  package init(metricsURL text: String) throws(HTTPAddressMistake) {
    try self.init(text)
  }

  /// The endpoint of a service at `text`: trailing slashes and then `/api` are removed and
  /// `/ops/metrics` is appended, unless the address ends so.
  package init(baseURL text: String) throws(HTTPAddressMistake) {
    let base = try HTTPAddress(text)
    guard base.query.isEmpty else { throw .queryInBase }
    self.init(base, path: snapshotPath(ofServiceAt: base.path))
  }

  /// Any address to send requests to.
  package init(_ text: String) throws(HTTPAddressMistake) {
    guard !text.isEmpty else { throw .empty }
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .notPrintableASCII }
    let (scheme, rest) = try Self.cutScheme(of: text)

    let authority = rest.prefix { !"/?#\\".contains($0) }
    guard !authority.contains("@") else { throw .userInfo }
    guard !authority.contains("[") else { throw .addressOfIPv6 }
    let tail = rest[authority.endIndex...]
    guard tail.utf8.allSatisfy({ Self.allowed.contains($0) }), Self.escapesAreWhole(tail) else {
      throw .forbiddenCharacter
    }
    let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let host = parts[0].lowercased()
    try Self.check(host)

    self.scheme = scheme
    self.host = host
    self.port = parts.count == 1 ? scheme.defaultPort : try Self.port(parts[1])
    let target = tail.prefix { $0 != "#" }
    let path = target.prefix { $0 != "?" }
    self.path = path.isEmpty ? "/" : String(path)
    self.query = String(target[path.endIndex...])
  }

  private init(_ base: HTTPAddress, path: String) {
    scheme = base.scheme
    host = base.host
    port = base.port
    self.path = path
    query = ""
  }

  /// The address with a path appended; its own trailing slashes are removed.
  package func appending(path suffix: String) -> HTTPAddress {
    var longer = self
    while longer.path.hasSuffix("/") { longer.path.removeLast() }
    longer.path += suffix
    return longer
  }

  /// The address with the end of its path replaced, if it ends so.
  package func replacing(pathSuffix suffix: String, with other: String) -> HTTPAddress {
    var changed = self
    while changed.path.hasSuffix("/") { changed.path.removeLast() }
    guard changed.path.hasSuffix(suffix) else { return self }
    changed.path = changed.path.dropLast(suffix.count) + other
    return changed
  }

  /// The address with one more `name=value` in its query, already percent-encoded.
  package func adding(query item: String) -> HTTPAddress {
    var longer = self
    longer.query += (query.isEmpty ? "?" : "&") + item
    return longer
  }

  /// The requested URL without its fragment; the query may be a secret.
  var requestURL: String { display + query }

  /// The URL to show, without query and fragment; it never has user info.
  package var display: String { "\(scheme.rawValue)://\(hostAndPort)\(path)" }

  /// The host, and the port where it is not the scheme's own: a target's name by default.
  package var hostAndPort: String { port == scheme.defaultPort ? host : "\(host):\(port)" }

  /// Whether the host is this machine by definition: `localhost` or an address in 127.0.0.0/8.
  package var isLoopback: Bool {
    host == "localhost" || IPv4Address(host)?.isLoopback == true
  }

  private static func cutScheme(of text: String) throws(HTTPAddressMistake) -> (Scheme, Substring) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let scheme = Scheme(rawValue: parts[0].lowercased()) else {
      throw .notHTTP
    }
    guard parts[1].hasPrefix("//") else { throw .noHost }
    return (scheme, parts[1].dropFirst(2))
  }

  private static func check(_ host: String) throws(HTTPAddressMistake) {
    guard !host.isEmpty else { throw .noHost }
    guard host.allSatisfy({ $0.isLetter || $0.isNumber || "-._".contains($0) }) else {
      throw .forbiddenCharacter
    }
    // `127.1` and `0x7f.1` are addresses to some parsers and names to others.
    let last = host.split(separator: ".").last ?? ""
    let isNumeric = last.allSatisfy(\.isNumber) || last.hasPrefix("0x")
    guard !isNumeric || IPv4Address(host) != nil else { throw .addressOfIPv4 }
  }

  private static func port(_ text: Substring) throws(HTTPAddressMistake) -> Int {
    guard
      !text.isEmpty, text.count <= 5, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = Int(text), (1...65_535).contains(port)
    else { throw .port }
    return port
  }

  private static func escapesAreWhole(_ text: Substring) -> Bool {
    text.split(separator: "%", omittingEmptySubsequences: false).dropFirst().allSatisfy {
      $0.prefix(2).count == 2 && $0.prefix(2).allSatisfy(\.isHexDigit)
    }
  }

  /// The characters of RFC 3986 that may follow the host.
  private static let allowed = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#@!$&'()*+,;=%".utf8)
}

extension HTTPAddress: CustomStringConvertible {
  package var description: String { display }
}

/// What is wrong with a URL; never repeats it, since it may hold a password.
package enum HTTPAddressMistake: Error, Hashable, CaseIterable, CustomStringConvertible {
  case empty
  case notPrintableASCII
  case notHTTP
  case noHost
  case userInfo
  case addressOfIPv4
  case addressOfIPv6
  case port
  case forbiddenCharacter
  case queryInBase

  package var description: String {
    switch self {
    case .empty: "the URL is empty"
    case .notPrintableASCII:
      "the URL has a space, a control character or a non-ASCII character: percent-encode it"
    case .notHTTP: "the URL does not start with http:// or https://"
    case .noHost: "the URL has no host"
    case .userInfo:
      "the URL holds a user name or password, which is not supported: use a bearer token"
    case .addressOfIPv4: "the URL's host is not a complete IPv4 address: write four decimal numbers"
    case .addressOfIPv6: "IPv6 literals are not supported on this platform: use a host name"
    case .port: "the URL's port is not a number from 1 to 65535"
    case .forbiddenCharacter:
      "the URL has a character that is not allowed there: percent-encode it"
    case .queryInBase: "a base URL cannot have a query: pass the full URL as the metrics URL"
    }
  }
}
