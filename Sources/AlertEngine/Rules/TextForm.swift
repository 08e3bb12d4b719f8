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
  /// Files below the folder of the configuration; `*` matches any part of a name.
  case included
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
    case .included: "a relative path without .., such as \("rules/*.json".quoted)"
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
    case .line, .name, .labelName, .included, .absoluteFile, .headerName, .runbook, .mailAddress,
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
    case .included: return !bytes.contains(UInt8(ascii: "#")) && isRepositoryFile(text)
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
    case .included: return "^\(Self.repositoryFile)$"
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
      return "^(?:https://\(authority)\(rest)|\(Self.repositoryFile)(?:#[^ \(control)]*)?)$"
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
  /// A relative path that stays in its folder.
  fileprivate static var repositoryFile: String {
    let segment = #"(?!\.\.(?:[/#]|$))[^/:#\\"# + unprintable + "]+"
    return "\(segment)(?:/\(segment))*"
  }

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
