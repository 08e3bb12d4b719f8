internal import AlertEngine
internal import Files
internal import JSON
internal import Reports
internal import Text

/// The findings of `check` in a valid configuration, with their places.
struct LintReport {
  /// A finding, and the other items that it is about.
  struct Entry: Hashable, Sendable, CustomStringConvertible {
    let lint: Lint
    /// The file that has it.
    let file: String
    let place: ConfigurationPlaces.Place?
    /// The names of further items with the same finding.
    fileprivate(set) var others: [String] = []

    /// `config.json:12:20: error_rate: the value …; write 0.05 for 5 % [share_above_1]`.
    var description: String {
      let position = place.map { ":\($0.line):\($0.column)" } ?? ""
      let names = listed([lint.item.name] + others, most: 10)
      return "\(file.quotedPath)\(position): \(names): \(sentence) [\(lint.name.rawValue)]"
    }

    fileprivate var sentence: String { "\(lint.reason); \(lint.remedy)" }
  }

  /// In the order in which they were found.
  private let entries: [Entry]

  init(_ lints: [Lint], in path: String) {
    let places = lints.isEmpty ? nil : ConfigurationFile.places(path: path)
    entries = lints.map { lint in
      let place = places?.place(of: lint)
      return Entry(lint: lint, file: place?.file ?? path, place: place)
    }
  }

  /// The warnings, those in the same words as one.
  var warnings: [Entry] { grouped(entries.filter { !$0.lint.name.isNote }) }

  var notes: [Entry] { grouped(entries.filter(\.lint.name.isNote)) }

  private func grouped(_ entries: [Entry]) -> [Entry] {
    var groups: [Entry] = []
    var indices: [String: Int] = [:]
    for entry in entries {
      let words = "\(entry.lint.name.rawValue) \(entry.sentence)"
      if let index = indices[words] {
        groups[index].others.append(entry.lint.item.name)
      } else {
        indices[words] = groups.count
        groups.append(entry)
      }
    }
    return groups
  }

  var json: JSONText {
    .array(entries) { entry in
      [
        "name": .string(entry.lint.name.rawValue),
        "level": .string(entry.lint.name.isNote ? "note" : "warning"),
        "item": .string(entry.lint.item.name),
        "place": .string(entry.place?.path), "file": .string(entry.file),
        "line": .optional(entry.place) { .integer($0.line) },
        "column": .optional(entry.place) { .integer($0.column) },
        "reason": .string(entry.lint.reason), "remedy": .string(entry.lint.remedy),
      ]
    }
  }

  /// Workflow commands that make GitHub show each finding at its line.
  var annotations: String {
    entries.map { entry in
      let lines = ["\(entry.lint.item.name): \(entry.sentence)"]
      return Annotation(
        level: entry.lint.name.isNote ? .notice : .warning, title: entry.lint.name.rawValue,
        file: entry.file, line: entry.place?.line, column: entry.place?.column, lines: lines
      ).command + "\n"
    }.joined()
  }
}

extension ConfigurationFileFailure {
  /// The same for mistakes.
  var annotations: String {
    func annotation(_ text: String, _ file: String?, _ line: Int? = nil, _ column: Int? = nil)
      -> String
    {
      Annotation(
        level: .error, title: "configuration", file: file, line: line, column: column,
        lines: [text]
      ).command + "\n"
    }
    guard case .mistakes(let path, let mistakes) = self else { return annotation(headline, nil) }
    return mistakes.listed.map { mistake in
      annotation(mistake.text, mistake.file ?? path, mistake.line, mistake.column)
    }.joined()
  }
}
