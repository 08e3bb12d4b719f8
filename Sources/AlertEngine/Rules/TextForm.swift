internal import Text

/// The form of a text in the configuration.
///
/// Each form has three definitions: for the decoder (`matches`), for the JSON Schema (`pattern`)
/// and for people (`expectation`); a test checks that the first two agree.
package enum TextForm: CaseIterable, Sendable {
  /// Anything that prints on one line.
  case line
  case name
  case labelName
  /// The name of an environment variable; rejects what looks like a key or a token.
  case variable
  /// The path of a file that holds a secret.
  case file
  /// An absolute path.
  case absoluteFile
  /// An address to which `/ops/metrics` is appended.
  case baseURL
  /// A full address, which may have a query.
  case metricsURL
  /// The name of a request header that the program does not set itself.
  case headerName
  /// A link for people.
  case link
  /// An https link, or a file of the repository.
  case runbook
  case mailAddress
  /// A label of an issue.
  case issueLabel
  /// A duration: `90s`, `1h30m`.
  case duration
  case timeZone
  /// An offset from UTC: `UTC`, `+02:00`.
  case offset
  /// A time of day: `02:00`, up to `24:00`.
  case timeOfDay
  /// A time with an offset (RFC 3339).
  case timestamp
  /// The name of a rule, alone or with a target: `database_down@db`.
  case dependency

  /// What is expected, for errors and the reference.
  package var expectation: String {
    switch self {
    case .line: "one line of text without control characters"
    case .name: "a name of letters, digits, _ . and - that begins with a letter or _"
    case .labelName: "a name of letters, digits and _ that does not begin with a digit"
    case .variable:
      "the name of an environment variable (letters, digits and _; not its value)"
    case .file: "the path of a file (not its content)"
    case .absoluteFile: "an absolute path"
    case .baseURL:
      "an http:// or https:// address with a host, without user, query, fragment or [IPv6]"
    case .metricsURL:
      "an http:// or https:// address with a host, without user, fragment or [IPv6]"
    case .headerName:
      "the name of an HTTP header other than Authorization (see bearer_token_env and "
        + "basic_auth_env), Accept, Host and those of the connection"
    case .link: "an http:// or https:// link without a user"
    case .runbook: "an https:// link, or the path of a file in the repository without .."
    case .mailAddress: "an ASCII email address (name@example.com)"
    case .issueLabel: "a label without commas or surrounding spaces"
    case .duration: "a duration such as 0s, 90s, 10m or 1h30m"
    case .timeZone: "the name of a time zone, such as Europe/Berlin or UTC"
    case .offset: "UTC, or an offset such as +02:00"
    case .timeOfDay: "a time of day such as 02:00"
    case .timestamp: "a time such as 2026-12-01T20:00:00Z"
    case .dependency: "the name of a rule, or rule@target"
    }
  }

  /// Whether an invalid text of this form may hold a secret, which no error may show.
  var mayHoldSecret: Bool {
    switch self {
    case .line, .name, .labelName, .absoluteFile, .headerName, .runbook, .mailAddress,
      .issueLabel, .duration, .timeZone, .offset, .timeOfDay, .timestamp, .dependency:
      false
    case .variable, .file, .baseURL, .metricsURL, .link: true
    }
  }

  package func matches(_ text: String) -> Bool {
    let bytes = text.utf8
    switch self {
    case .line: return !text.isEmpty && TextForm.isPlain(text)
    case .name:
      return bytes.first.map { $0.isLetter || $0 == UInt8(ascii: "_") } == true
        && bytes.allSatisfy { $0.isWord || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    case .labelName: return isVariable(bytes)
    case .variable: return isVariable(bytes) && !looksLikeSecret(text)
    case .file: return !text.isEmpty && TextForm.isPlain(text) && !holdsScheme(bytes)
    case .absoluteFile: return bytes.first == UInt8(ascii: "/") && TextForm.isPlain(text)
    case .baseURL: return isAddress(text, schemes: ["http", "https"], after: "/", \.isURLPath)
    case .metricsURL:
      return isAddress(text, schemes: ["http", "https"], after: "/?") {
        $0.isURLPath || $0 == UInt8(ascii: "?")
      }
    case .headerName:
      return isHTTPToken(text) && !TextForm.ownHeaders.contains(text.lowercased())
    case .link: return isLink(text, schemes: ["http", "https"])
    case .runbook: return isLink(text, schemes: ["https"]) || isRepositoryFile(text)
    case .mailAddress: return isMailAddress(text)
    case .issueLabel:
      return !text.isEmpty && TextForm.isPlain(text)
        && !bytes.contains(UInt8(ascii: ",")) && bytes.first != UInt8(ascii: " ")
        && bytes.last != UInt8(ascii: " ")
    case .duration: return Duration(notation: text) != nil
    case .timeZone:
      let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      return bytes.first?.isLetter == true
        && parts.allSatisfy { part in
          !part.isEmpty && part.allSatisfy { $0.isWord || "+-".utf8.contains($0) }
        }
    case .offset: return TimeOffset(text) != nil
    case .timeOfDay: return TimeOfDay(text) != nil
    case .timestamp: return Instant(rfc3339: text) != nil
    case .dependency:
      let dependency = Dependency(text)
      return TextForm.name.matches(dependency.rule)
        && dependency.target.map(TextForm.line.matches) ?? true
    }
  }

  /// The same as a regular expression in the syntax that JSON Schema and Python share.
  package var pattern: String {
    let control = Self.unprintable
    let authority = "[A-Za-z0-9._-]+(?::[0-9]{1,5})?"
    let rest = #"(?:[/?#][^ "# + control + "]*)?"
    switch self {
    case .line: return "^[^\(control)]+$"
    case .name: return "^[A-Za-z_][A-Za-z0-9_.-]*$"
    case .labelName: return "^[A-Za-z_][A-Za-z0-9_]*$"
    case .variable:
      let key = "(?=[A-Za-z]*[0-9])[A-Za-z0-9]{20,}$"
      return "^(?!gh[a-z]_|github_pat_|\(key))[A-Za-z_][A-Za-z0-9_]*$"
    case .file: return "^(?!.*://)[^\(control)]+$"
    case .absoluteFile: return "^/[^\(control)]*$"
    case .baseURL: return "^https?://\(authority)(?:/[!$-;=@-Z_a-z~]*)?$"
    case .metricsURL: return "^https?://\(authority)(?:[/?][!$-;=?-Z_a-z~]*)?$"
    case .headerName:
      let own = Self.ownHeaders.map { name in
        name.map { $0.isLetter ? "[\($0.uppercased())\($0)]" : "\($0)" }.joined()
      }
      return "^(?!(?:\(own.joined(separator: "|")))$)[A-Za-z0-9!#$%&'*+.^_`|~-]+$"
    case .link: return "^https?://\(authority)\(rest)$"
    case .runbook:
      let segment = #"(?!\.\.(?:[/#]|$))[^/:#\\"# + control + "]+"
      let file = "\(segment)(?:/\(segment))*(?:#[^ \(control)]*)?"
      return "^(?:https://\(authority)\(rest)|\(file))$"
    case .mailAddress:
      return "^[A-Za-z0-9_][A-Za-z0-9_.+'=#&~-]*@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$"
    case .issueLabel: return "^[^ ,\(control)](?:[^,\(control)]*[^ ,\(control)])?$"
    case .duration: return #"^(?:0|(?:[0-9]{1,9}(?:\.[0-9]{1,3})?(?:ms|s|m|h|d)){1,5})$"#
    case .offset: return "^(?:UTC|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)$"
    case .timeZone: return "^[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*$"
    case .timeOfDay: return "^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
    case .timestamp:
      return "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]+)?"
        + "(?:[Zz]|[+-][0-9]{2}:[0-9]{2})$"
    case .dependency: return "^[A-Za-z_][A-Za-z0-9_.-]*(?:@[^\(control)]+)?$"
    }
  }
}

extension TextForm {
  /// The headers, in lower case, that the program or its HTTP library sets (RFC 9110, sections 7
  /// and 10), and those of proxies.
  fileprivate static let ownHeaders = [
    "accept", "accept-encoding", "authorization", "connection", "content-length", "expect", "host",
    "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding",
    "upgrade", "user-agent",
  ]

  /// The characters that no text may contain, as the inside of a bracket expression.
  fileprivate static let unprintable = forbidden.map { range in
    [range.lowerBound, range.upperBound].map { scalar in
      let digits = String(scalar, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined(separator: "-")
  }.joined()

  /// What is not printable, except for the joiners and the tags of which emoji consist.
  private static let forbidden = Unicode.Scalar.unprintable.filter {
    $0.upperBound <= 0xFFFF && $0 != Unicode.Scalar.joiners
  }

  /// Whether a text has no character that is forbidden in every form.
  static func isPlain(_ text: String) -> Bool {
    text.isPrintableASCII
      || text.unicodeScalars.allSatisfy { scalar in
        !forbidden.contains { $0.contains(scalar.value) }
      }
  }
}

extension Key {
  /// The regular expression for a path, which is less strict than the decoder: a path's length is
  /// limited in bytes.
  package static func pathPattern(wildcards: Bool) -> String {
    let control = TextForm.unprintable
    let bare = wildcards ? "" : #"(?!\*(?:\.|$))"#
    let segment = bare + #"(?:[^.\\"# + control + #"]|\\[.*\\])+"#
    return #"^\#(segment)(?:\.\#(segment)){0,31}$"#
  }

  /// The same for a selector: a path, a query of JSONPath, or a fact about the response.
  package static var selectorPattern: String {
    let path = pathPattern(wildcards: true).dropFirst().dropLast()
    let fields = ResponseField.allCases.map(\.rawValue).joined(separator: "|")
    return #"^(?:\$[.\[][^"# + TextForm.unprintable + #"]*|@response\.(?:"# + fields
      + #")|(?!\$[.\[]|@response\.)"# + path + ")$"
  }
}

private func isLink(_ text: String, schemes: [String]) -> Bool {
  TextForm.isPlain(text)
    && isAddress(text, schemes: schemes, after: "/?#") { $0 != UInt8(ascii: " ") }
}

/// Whether a text is `scheme://host[:port]`, optionally followed by one of the openers and allowed
/// bytes.
private func isAddress(
  _ text: String, schemes: [String], after openers: String, _ isAllowed: (UInt8) -> Bool
) -> Bool {
  guard let scheme = schemes.first(where: { text.utf8.starts(with: "\($0)://".utf8) }) else {
    return false
  }
  let body = text.utf8.dropFirst(scheme.utf8.count + 3)
  let authority = body.prefix { !"/?#".utf8.contains($0) }
  let rest = body.dropFirst(authority.count)
  let host = authority.prefix { $0 != UInt8(ascii: ":") }
  guard !host.isEmpty, host.allSatisfy({ $0.isWord || ".-".utf8.contains($0) }) else {
    return false
  }
  if host.count < authority.count {
    let port = authority.dropFirst(host.count + 1)
    guard (1...5).contains(port.count), port.allSatisfy(\.isDigit) else { return false }
  }
  guard let opener = rest.first else { return true }
  return openers.utf8.contains(opener) && rest.dropFirst().allSatisfy(isAllowed)
}

/// Whether a text is a relative path that stays in its folder, with or without `#section`.
private func isRepositoryFile(_ text: String) -> Bool {
  guard TextForm.isPlain(text) else { return false }
  let path = text.utf8.prefix { $0 != UInt8(ascii: "#") }
  let section = text.utf8.dropFirst(path.count)
  let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  return section.allSatisfy { $0 != UInt8(ascii: " ") }
    && segments.allSatisfy { segment in
      !segment.isEmpty && !segment.elementsEqual("..".utf8)
        && segment.allSatisfy { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "\\") }
    }
}

private func isVariable(_ bytes: String.UTF8View) -> Bool {
  bytes.first?.isDigit == false && bytes.allSatisfy(\.isWord)
}

/// Whether a text that could be a variable's name is more likely a key or a token: it has one of
/// GitHub's prefixes, or is 20 or more letters and digits without a `_`.
private func looksLikeSecret(_ text: String) -> Bool {
  let bytes = text.utf8
  return text.hasPrefix("github_pat_")
    || bytes.starts(with: "gh".utf8) && bytes.dropFirst(3).first == UInt8(ascii: "_")
      && bytes.dropFirst(2).first.map { $0.isLetter && $0 >= UInt8(ascii: "a") } == true
    || bytes.count >= 20 && bytes.contains(where: \.isDigit)
      && bytes.allSatisfy { $0.isLetter || $0.isDigit }
}

private func holdsScheme(_ bytes: String.UTF8View) -> Bool {
  bytes.indices.contains { bytes[$0...].starts(with: "://".utf8) }
}

private func isMailAddress(_ text: String) -> Bool {
  let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
  guard parts.count == 2, let first = parts[0].first, let begin = parts[1].first,
    let end = parts[1].last
  else { return false }
  return first.isWord && parts[0].allSatisfy { $0.isWord || ".+'=#&~-".utf8.contains($0) }
    && [begin, end].allSatisfy { $0.isLetter || $0.isDigit }
    && parts[1].allSatisfy { $0.isLetter || $0.isDigit || ".-".utf8.contains($0) }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

  fileprivate var isLetter: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
  }

  fileprivate var isWord: Bool { isLetter || isDigit || self == UInt8(ascii: "_") }

  /// The bytes that a URL's path may contain unescaped, except `?`.
  fileprivate var isURLPath: Bool { isWord || "!$%&'()*+,-./:;=@~".utf8.contains(self) }
}
