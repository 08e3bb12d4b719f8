internal import Foundation
internal import Text

/// A secret that the requests to an endpoint carry in a header; never shown.
package struct Credential: Sendable {
  /// Longer values are rejected as something else.
  static let maximumLength = 8_192

  /// What it is, in a sentence: `the token`.
  package let noun: String
  /// Where it was read: the variable, or the file.
  package let source: String
  package let header: HTTPHeader
  /// Every text that reveals it.
  package let secrets: [String]
  /// Whether it is a user with a password.
  package let isLogin: Bool

  package init(_ token: BearerToken) {
    self.init("the token", from: token.source, token.header, secrets: [token.secretText])
  }

  /// A user and a password, for the `Basic` scheme (RFC 7617).
  ///
  /// - Parameters:
  ///   - text: `user:password`, with or without the end of a line. The user has no colon.
  ///   - source: where it was read.
  /// - Throws: a `CredentialMistake`.
  package init(login text: String, source: String) throws(CredentialMistake) {
    let noun = "the user and password"
    var login = text[...]
    while login.last?.isNewline == true { login.removeLast() }
    guard let colon = login.utf8.firstIndex(of: UInt8(ascii: ":")) else { throw .noColon(source) }
    guard login.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      throw .badLogin(source)
    }
    guard login.utf8.count <= Self.maximumLength else { throw .tooLong(noun, source) }
    // Without a password, the user is the secret.
    let password = login[login.utf8.index(after: colon)...]
    let secret = password.isEmpty ? login[..<colon] : password
    guard secret.utf8.count >= BearerToken.leastLength else {
      throw .tooShort(password.isEmpty ? "user without a password" : "password", source)
    }
    let encoded = Data(login.utf8).base64EncodedString()
    self.init(
      noun, from: source, HTTPHeader(.authorization, "Basic \(encoded)"),
      secrets: [String(login), String(secret), encoded], isLogin: true)
  }

  /// The value of a header that the configuration names.
  ///
  /// - Parameters:
  ///   - name: the header's name.
  ///   - text: its value, with or without surrounding white space.
  ///   - source: where it was read.
  /// - Throws: a `CredentialMistake`.
  package init(
    header name: String, _ text: String, source: String
  ) throws(CredentialMistake) {
    let noun = "the header \(name)"
    guard let headerName = HTTPHeader.Name(custom: name) else { throw .badName }
    guard let value = HTTPHeader(headerName, text).wireValue else { throw .badHeader(noun, source) }
    guard value.utf8.count <= Self.maximumLength else { throw .tooLong(noun, source) }
    guard value.utf8.count >= BearerToken.leastLength else { throw .tooShort("value", source) }
    self.init(noun, from: source, HTTPHeader(headerName, value), secrets: [value])
  }

  private init(
    _ noun: String, from source: String, _ header: HTTPHeader, secrets: [String],
    isLogin: Bool = false
  ) {
    self.noun = noun
    self.source = source
    self.header = header
    self.secrets = secrets
    self.isLogin = isLogin
  }

  /// The user and password in a file or a named pipe.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: how long to wait for input from a pipe.
  /// - Throws: a `CredentialMistake`.
  package init(loginFile path: String, within limit: Duration) throws(CredentialMistake) {
    let (source, bytes) = try readSecret(file: path, within: limit) { source, reason in
      CredentialMistake.unreadable(source, reason)
    }
    let noun = "the user and password"
    guard let bytes else { throw .tooLong(noun, source) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .badLogin(source)
    }
    try self.init(login: text, source: source)
  }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<redacted>" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a credential cannot be used; names its source, never its content.
package enum CredentialMistake: Error, Hashable, CustomStringConvertible {
  case unreadable(String, String)
  case noColon(String)
  /// The name of a header is not one that can be sent.
  case badName
  case badLogin(String)
  case badHeader(String, String)
  case tooLong(String, String)
  case tooShort(String, String)

  package var description: String {
    switch self {
    case .unreadable(let source, let reason):
      "cannot read the user and password from \(source): \(reason)"
    case .noColon(let source): "\(source) has no colon: it should hold user:password"
    case .badName: "a header's name has a character that is not allowed there"
    case .badLogin(let source):
      "the user and password in \(source) have a control character, or are not UTF-8: store only "
        + "user:password, on one line"
    case .badHeader(let noun, let source):
      "\(noun) in \(source) is empty, or has a character that is not printable ASCII: store only "
        + "its value, on one line"
    case .tooLong(let noun, let source):
      "\(source) holds more than \(Credential.maximumLength) bytes, too many for \(noun)"
    case .tooShort(let noun, let source):
      "the \(noun) in \(source) has fewer than \(BearerToken.leastLength) bytes: one that short "
        + "cannot be kept out of messages; use a longer one"
    }
  }
}
