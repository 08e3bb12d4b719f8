package import AlertEngine
internal import Files
internal import Foundation
internal import Text

/// The addresses and tokens of the receivers, read from variables and files, and redacted in every
/// text that is shown, stored or sent.
package struct Secrets: Sendable {
  let variables: [String: String]
  package private(set) var redactor = Redactor()
  private let end: ContinuousClock.Instant

  package static let longestPatience = Duration.seconds(10)
  /// - Parameters:
  ///   - variables: the environment.
  ///   - patience: how long to wait for pipes, all of them together.
  package init(variables: [String: String], patience: Duration = longestPatience) {
    self.variables = variables
    end = .now + patience
  }

  /// The value of a source, which is a secret from then on.
  ///
  /// - Returns: `nil` if the variable is unset or empty.
  package mutating func read(_ source: SecretSource) throws(ReceiverMistake) -> String? {
    guard let value = try readPublic(source) else { return nil }
    guard value.utf8.count >= Redactor.leastLength else {
      throw ReceiverMistake(
        "\(source.name) has fewer than \(Redactor.leastLength) bytes: a secret that short "
          + "cannot be kept out of messages; use a longer one")
    }
    keep(value, from: source.name)
    return value
  }

  /// The value of a source that is not secret, such as a repository's name.
  ///
  /// - Returns: `nil` if the variable is unset or empty.
  func readPublic(_ source: SecretSource) throws(ReceiverMistake) -> String? {
    let text: String
    switch source {
    case .variable(let name): text = variables[name] ?? ""
    case .file(let path):
      let bytes: [UInt8]?
      do throws(FileFailure) {
        bytes = try FileDescriptor(reading: path, until: end, to: "read")
          .readAll(limit: 16_384, until: end)
      } catch {
        throw ReceiverMistake("\(source.name) cannot be read: \(error.reason)")
      }
      guard let bytes else { throw ReceiverMistake("\(source.name) is larger than 16 KiB") }
      text = String(decoding: bytes, as: UTF8.self)
    }
    let value = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return value.isEmpty ? nil : value
  }

  /// Makes a text a secret; for a URL, everything after its host, and its parts except for plain
  /// words.
  ///
  /// - Parameters:
  ///   - secret: the text.
  ///   - source: where it was read, which the state names in its place.
  package mutating func keep(_ secret: String, from source: String = "secret") {
    var parts = [secret]
    // By scalars: a combining mark would hide the separator before it.
    let scalars = secret.unicodeScalars
    if let scheme = scalars.firstRange(of: "://".unicodeScalars) {
      let rest = scalars[scheme.upperBound...].drop { $0 != "/" && $0 != "?" }.dropFirst()
      let path = rest.prefix { $0 != "?" }
      let words = rest.split { "/?&=".unicodeScalars.contains($0) }.map(String.init)
      let values = rest.dropFirst(path.count).split { $0 == "?" || $0 == "&" }
        .compactMap { $0.split(separator: "=", maxSplits: 1).last.map(String.init) }
      parts = words.filter(Self.mayBeSecret) + values + (words.count > 1 ? [String(rest)] : [])
    }
    keep(whole: parts, from: source)
  }

  /// Makes texts secrets as they are.
  ///
  /// - Parameters:
  ///   - parts: the texts, all from one source.
  ///   - source: where they were read, which the state names in their place.
  package mutating func keep(whole parts: [String], from source: String) {
    // Safe in the strings of the state.
    let name = String(source.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    var count = 0
    for part in parts {
      let forms = SecretForm.all(of: part, named: name, from: count)
      redactor.add(forms)
      count += forms.count
    }
  }

  /// Whether a part of a URL may be a secret: a word such as `alertmanager` is not, and redacting
  /// it would garble this program's own sentences.
  private static func mayBeSecret(_ part: String) -> Bool {
    let isMixed = part.contains { $0.isNumber || $0.isUppercase }
    let known = ["alertmanager", "notifications"]
    return isMixed && part.utf8.count >= 8 || part.utf8.count >= 12 && !known.contains(part)
  }

  /// The text with every secret redacted.
  package func redact(_ text: String) -> String { redactor.redact(text) }
}

/// Why a receiver cannot be used as configured; contains no secret.
package struct ReceiverMistake: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String

  init(_ description: String) {
    self.description = description
  }
}
