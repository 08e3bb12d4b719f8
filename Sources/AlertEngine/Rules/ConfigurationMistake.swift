internal import JSON

/// One mistake in a configuration or a file of rule tests, and its place.
package struct ConfigurationMistake: Hashable, Sendable, CustomStringConvertible {
  /// `rules[2].threshold`; empty for the document as a whole.
  var place: String
  /// In lower case and without a full stop: `expected a number, found the string "0.05"`.
  var reason: String
  /// Counted from 1.
  package var line: Int
  /// Counted from 1, in bytes.
  package var column: Int
  /// The included file that has it; `nil` for the configuration itself.
  package var file: String?

  /// `12:20: rules[2].threshold: expected a number, found the string "0.05"`.
  package var description: String {
    "\(line):\(column): \(text)"
  }

  /// The same without the line and the column.
  package var text: String { place.isEmpty ? reason : "\(place): \(reason)" }
}

/// All mistakes in a configuration or a file of rule tests.
package struct ConfigurationMistakes: Error, Hashable, Sendable, CustomStringConvertible {
  /// The first mistakes, in the order of the document; at least one, at most `mostListed`.
  package var listed: [ConfigurationMistake]
  /// The total number of mistakes.
  package var count: Int

  static let mostListed = 50

  /// A line for each listed mistake, and one with the number of the others.
  package var description: String { lines.joined(separator: "\n") }

  var lines: [String] {
    let more = count - listed.count
    return listed.map(\.description) + (more > 0 ? ["and \(more) more"] : [])
  }
}

/// The mistakes found so far.
///
/// Only the first few hundred are kept, the others are only counted: a file with millions costs no
/// more.
struct MistakeList {
  private struct Found {
    var place: String
    var reason: String
    var offset: Int
  }

  private(set) var count = 0
  /// The files that the configuration includes.
  var included = IncludedFiles()
  private var found: [Found] = []

  mutating func add(
    _ place: @autoclosure () -> String, at offset: Int, _ reason: @autoclosure () -> String
  ) {
    count += 1
    guard found.count < 10 * ConfigurationMistakes.mostListed else { return }
    found.append(Found(place: place(), reason: reason(), offset: offset))
  }

  /// The first mistake as a sentence with its place, if there is one.
  var first: String? { found.first.map { "\($0.place): \($0.reason)" } }

  /// The mistakes with their lines and columns, in the order of the document.
  func located(in bytes: [UInt8]) -> ConfigurationMistakes {
    let ordered = found.enumerated().sorted {
      ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset)
    }
    let listed = ordered.prefix(ConfigurationMistakes.mostListed).map { _, mistake in
      let file = included.file(at: mistake.offset)
      let (line, column) = JSONFailure.place(
        of: mistake.offset - (file?.start ?? 0), in: file?.bytes ?? bytes)
      let (place, rule) = included.place(mistake.place, at: mistake.offset)
      return ConfigurationMistake(
        place: place, reason: mistake.reason + (rule.map { " (applied to \($0))" } ?? ""),
        line: line, column: column,
        file: file?.path)
    }
    return ConfigurationMistakes(listed: listed, count: count)
  }
}

extension JSONNode {
  /// Parses a document; invalid JSON is one mistake.
  static func root(of bytes: [UInt8]) throws(ConfigurationMistakes) -> JSONNode {
    do {
      return try parse(bytes)
    } catch {
      let mistake = ConfigurationMistake(
        place: "", reason: error.advised(in: bytes), line: error.line, column: error.column)
      throw ConfigurationMistakes(listed: [mistake], count: 1)
    }
  }
}

extension JSONFailure {
  /// What is wrong with a document, and what to write instead.
  func advised(in bytes: [UInt8]) -> String {
    "this is not JSON: \(reason)" + (JSONAdvice(self, in: bytes).clause.map { "; \($0)" } ?? "")
  }
}
