internal import Files
internal import Foundation

/// A secret that requests carry in a header; never shown.
package struct Credential: Sendable {
  /// A shorter one could not be kept out of messages: it occurs everywhere.
  static let leastLength = 6
  /// Longer ones are rejected as something else.
  static let maximumLength = 8_192

  package enum Kind: Hashable, Sendable {
    /// A bearer token: printable ASCII without spaces.
    case token
    /// `user:password` (RFC 7617) without control characters; the user has no colon.
    case login
    /// The value of the header with this name: printable ASCII.
    case header(String)

    /// `the token`.
    package var noun: String {
      switch self {
      case .token: "the token"
      case .login: "the user and password"
      case .header(let name): "the header \(name)"
      }
    }
  }

  package let kind: Kind
  /// Where it was read, in messages: the variable, or the file.
  package let source: String
  /// Its only use.
  package let header: HTTPHeader
  /// Every text that reveals it.
  package let secrets: [String]

  /// - Parameters:
  ///   - kind: what it is.
  ///   - text: as it was read: with or without surrounding white space, or, for a user and a
  ///     password, the end of the line.
  ///   - source: where it was read.
  /// - Throws: a `CredentialMistake` if it cannot be sent or not be kept secret.
  package init(_ kind: Kind, _ text: String, source: String) throws(CredentialMistake) {
    func refusal(_ problem: CredentialMistake.Problem) -> CredentialMistake {
      CredentialMistake(kind: kind, source: source, problem)
    }
    let isKept: (UInt8) -> Bool = kind == .login ? { $0 == 0x20 || $0 == 0x09 } : { _ in false }
    let bytes = trimmed(Array(text.utf8), except: isKept)
    guard !bytes.isEmpty else { throw refusal(.empty) }
    guard bytes.count <= Self.maximumLength else { throw refusal(.tooLong) }
    let value = String(decoding: bytes, as: UTF8.self)
    var secret = value
    switch kind {
    case .token:
      guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw refusal(.malformed) }
      header = HTTPHeader(.authorization, "Bearer \(value)")
    case .login:
      guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
        value.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
      else { throw refusal(.malformed) }
      // Without a password, the user is the secret.
      let password = bytes[(colon + 1)...]
      secret = String(decoding: password.isEmpty ? bytes[..<colon] : password, as: UTF8.self)
      header = HTTPHeader(.authorization, "Basic \(Data(bytes).base64EncodedString())")
    case .header(let name):
      guard let name = HTTPHeader.Name(custom: name),
        bytes.allSatisfy({ (0x20...0x7E).contains($0) })
      else { throw refusal(.malformed) }
      header = HTTPHeader(name, value)
    }
    guard secret.utf8.count >= Self.leastLength else { throw refusal(.tooShort) }
    self.kind = kind
    self.source = source
    secrets = secret == value ? [value] : [value, secret]
  }

  /// The credential in a file or a named pipe.
  ///
  /// - Parameters:
  ///   - kind: what it is.
  ///   - path: the file.
  ///   - limit: how long to wait for input from a pipe.
  /// - Throws: a `CredentialMistake`.
  package init(
    _ kind: Kind, file path: String, within limit: Duration = .seconds(60)
  ) throws(CredentialMistake) {
    let source = "the file \(path.quotedPath)"
    let bytes: [UInt8]?
    do throws(FileFailure) {
      let end = ContinuousClock.now + limit
      bytes = try FileDescriptor(reading: path, until: end, to: "read")
        .readAll(limit: 2 * Self.maximumLength, until: end)
    } catch {
      throw CredentialMistake(kind: kind, source: source, .unreadable(error.reason))
    }
    guard let bytes else { throw CredentialMistake(kind: kind, source: source, .tooLong) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CredentialMistake(kind: kind, source: source, .malformed)
    }
    try self.init(kind, text, source: source)
  }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<redacted>" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a credential cannot be used; names its source, never its content.
package struct CredentialMistake: Error, Hashable, CustomStringConvertible {
  enum Problem: Hashable {
    case unreadable(String)
    case empty, tooShort, tooLong, malformed
  }

  let kind: Credential.Kind
  let source: String
  let problem: Problem

  init(kind: Credential.Kind, source: String, _ problem: Problem) {
    self.kind = kind
    self.source = source
    self.problem = problem
  }

  package var description: String {
    switch problem {
    case .unreadable(let reason): "cannot read \(kind.noun) from \(source): \(reason)"
    case .empty: "\(source) is empty: it should hold \(kind.noun)"
    case .tooShort:
      "\(kind == .login ? "the password in \(source) has" : "\(source) holds") fewer than "
        + "\(Credential.leastLength) bytes: a secret that short cannot be kept out of messages; "
        + "use a longer one"
    case .tooLong:
      "\(source) holds more than \(Credential.maximumLength) bytes, too many for \(kind.noun)"
    case .malformed: malformed
    }
  }

  private var malformed: String {
    switch kind {
    case .token:
      "the token in \(source) has a space, or a character that is not printable ASCII: store "
        + "only the token, on one line and without `Bearer`"
    case .login:
      "\(source) has no colon, or a control character: store only user:password in UTF-8, on one "
        + "line"
    case .header:
      "\(kind.noun) in \(source) has a character that is not printable ASCII: store only its "
        + "value, on one line"
    }
  }
}

/// The bytes without surrounding white space, except for what `isKept`.
func trimmed(_ bytes: [UInt8], except isKept: (UInt8) -> Bool = { _ in false }) -> ArraySlice<UInt8>
{
  let isText: (UInt8) -> Bool = { !($0 == 0x20 || (0x09...0x0D).contains($0)) || isKept($0) }
  guard let first = bytes.firstIndex(where: isText), let last = bytes.lastIndex(where: isText)
  else { return [] }
  return bytes[first...last]
}
