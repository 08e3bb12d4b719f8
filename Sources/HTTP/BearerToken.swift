internal import Files
internal import Foundation

/// A bearer token: printable ASCII without spaces, never shown.
package struct BearerToken: Sendable {
  /// A shorter token could not be kept out of messages: it occurs everywhere.
  static let leastLength = 6
  /// Longer tokens are rejected as something else.
  static let maximumLength = 8_192

  /// The source of the token in messages: the variable or the file.
  package let source: String
  private let secret: String

  /// A token read from `source`, without surrounding white space.
  package init(_ text: String, source: String) throws(BearerTokenMistake) {
    try self.init(bytes: Array(text.utf8), source: source)
  }

  /// The token in an environment variable; nil if the variable is unset or blank, as CI systems pass
  /// an undefined secret.
  package init?(variable: String, in environment: [String: String]) throws(BearerTokenMistake) {
    guard let text = environment[variable], !trimmed(Array(text.utf8)).isEmpty else { return nil }
    try self.init(text, source: variable)
  }

  /// The token in a file or a named pipe.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: how long to wait for input from a pipe.
  /// - Throws: a `BearerTokenMistake`.
  package init(
    file path: String, within limit: Duration = .seconds(60)
  ) throws(BearerTokenMistake) {
    let (source, bytes) = try readSecret(file: path, within: limit) { source, reason in
      BearerTokenMistake.unreadable(source, reason)
    }
    guard let bytes else { throw .tooLong(source) }
    try self.init(bytes: bytes, source: source)
  }

  private init(bytes: [UInt8], source: String) throws(BearerTokenMistake) {
    let token = trimmed(bytes)
    guard !token.isEmpty else { throw .empty(source) }
    guard token.count <= Self.maximumLength else { throw .tooLong(source) }
    guard token.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .badCharacter(source) }
    guard token.count >= Self.leastLength else { throw .tooShort(source) }
    self.source = source
    secret = String(decoding: token, as: UTF8.self)
  }

  /// The token itself, for redaction.
  package var secretText: String { secret }

  /// The header that carries the token, its only use.
  package var header: HTTPHeader { HTTPHeader(.authorization, "Bearer \(secret)") }
}

extension BearerToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<redacted>" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a token cannot be used; names its source, never its content.
package enum BearerTokenMistake: Error, Hashable, CustomStringConvertible {
  case unreadable(String, String)
  case empty(String)
  case tooShort(String)
  case tooLong(String)
  case badCharacter(String)

  package var description: String {
    switch self {
    case .unreadable(let source, let reason): "cannot read the token from \(source): \(reason)"
    case .empty(let source): "\(source) is empty: it should hold a token"
    case .tooShort(let source):
      "\(source) holds fewer than \(BearerToken.leastLength) bytes: a token that short cannot be "
        + "kept out of messages; use a longer one"
    case .tooLong(let source):
      "\(source) holds more than \(BearerToken.maximumLength) bytes, too many for a token"
    case .badCharacter(let source):
      "the token in \(source) has a space, or a character that is not printable ASCII: "
        + "store only the token, on one line and without `Bearer`"
    }
  }
}

/// Reads a secret from a file or a named pipe.
///
/// - Returns: what messages call the file, and its content; `nil` if that is too long.
/// - Throws: what `refusal` makes of that name and the reason.
func readSecret<Refusal: Error>(
  file path: String, within limit: Duration, _ refusal: (String, String) -> Refusal
) throws(Refusal) -> (source: String, bytes: [UInt8]?) {
  let source = "the file \(path.quotedPath)"
  do throws(FileFailure) {
    let end = ContinuousClock.now + limit
    let bytes = try FileDescriptor(reading: path, until: end, to: "read")
      .readAll(limit: 2 * BearerToken.maximumLength, until: end)
    return (source, bytes)
  } catch {
    throw refusal(source, error.reason)
  }
}

/// The bytes without surrounding white space.
func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
  let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
  guard
    let first = bytes.firstIndex(where: { !isBlank($0) }),
    let last = bytes.lastIndex(where: { !isBlank($0) })
  else { return [] }
  return bytes[first...last]
}
