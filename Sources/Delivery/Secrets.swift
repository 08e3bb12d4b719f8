package import AlertEngine
internal import Foundation
internal import Text

/// The addresses and tokens of the receivers, read from variables and files, and redacted in every
/// text that is shown, stored or sent.
package struct Secrets: Sendable {
  /// Shorter texts are not redacted: they occur everywhere.
  static let leastLength = 6

  let variables: [String: String]
  /// Longest first, so that nothing is left of a secret that contains another.
  private var texts: [String] = []

  package init(variables: [String: String]) {
    self.variables = variables
  }

  /// The value of a source, which is a secret from then on.
  ///
  /// - Returns: `nil` if the variable is unset or empty.
  package mutating func read(_ source: SecretSource) throws(ReceiverMistake) -> String? {
    let value = try readPublic(source)
    if let value { keep(value) }
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
      guard let data = FileManager.default.contents(atPath: path) else {
        throw ReceiverMistake("the file \(printable(path)) cannot be read")
      }
      text = String(decoding: data.prefix(16_384), as: UTF8.self)
    }
    let value = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return value.isEmpty ? nil : value
  }

  /// Makes a text a secret; for a URL, everything after its host, and its parts except for plain
  /// words.
  package mutating func keep(_ secret: String) {
    var parts = [secret]
    if let scheme = secret.range(of: "://") {
      let rest = secret[scheme.upperBound...].drop { !"/?".contains($0) }.dropFirst()
      let path = rest.prefix { $0 != "?" }
      let words = rest.split { "/?&=".contains($0) }.map(String.init)
      let values = rest.dropFirst(path.count).split { "?&".contains($0) }
        .compactMap { $0.split(separator: "=", maxSplits: 1).last.map(String.init) }
      parts = words.filter(Self.mayBeSecret) + values + (words.count > 1 ? [String(rest)] : [])
    }
    for part in parts {
      let quoted = part.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      for form in [
        part, quoted, quoted.replacing("/", with: "\\/"), part.removingPercentEncoding ?? part,
      ] where form.utf8.count >= Self.leastLength && !texts.contains(form) {
        texts.append(form)
      }
    }
    texts.sort { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
  }

  /// Whether a part of a URL may be a secret: a word such as `alertmanager` is not, and redacting
  /// it would garble this program's own sentences.
  private static func mayBeSecret(_ part: String) -> Bool {
    let isMixed = part.contains { $0.isNumber || $0.isUppercase }
    let known = ["alertmanager", "notifications"]
    return isMixed && part.utf8.count >= 8 || part.utf8.count >= 12 && !known.contains(part)
  }

  /// The text with every secret redacted.
  package func redact(_ text: String) -> String {
    texts.reduce(text) { text, secret in
      text.utf8.contains(secret.utf8) ? text.replacingBytes(secret, with: "[redacted]") : text
    }
  }
}

/// Why a receiver cannot be used as configured; contains no secret.
package struct ReceiverMistake: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String

  init(_ description: String) {
    self.description = description
  }
}
