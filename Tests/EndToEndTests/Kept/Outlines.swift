/// What a script can use of a command's help, a line for each thing; no description is part of it.
struct HelpOutline {
  private(set) var lines: [String] = []

  init(_ help: String) {
    var section = ""
    var items: [(section: String, text: String)] = []
    for line in help.split(separator: "\n") {
      if !line.hasPrefix(" ") {
        section = line.hasSuffix(":") ? String(line.dropLast()) : ""
      } else if line.hasPrefix("  "), !line.hasPrefix("   ") {
        items.append((section, String(line.dropFirst(2))))
      } else if !items.isEmpty {
        items[items.count - 1].text += "  " + line.drop { $0 == " " }
      }
    }
    for item in items { add(item.text, of: item.section) }
  }

  private mutating func add(_ item: String, of section: String) {
    // The names stand in a column of their own.
    let column = item.firstRange(of: "  ").map { item[..<$0.lowerBound] } ?? item[...]
    let names = column.split(separator: ", ")
    if item.hasPrefix("-") {
      // The last name has the value: `--config PATH, --thresholds PATH`.
      for name in names {
        let words = name.split(separator: " ")
        lines.append("\(words[0])\(words.count > 1 ? " VALUE" : "")")
        for value in words.dropFirst().flatMap({ $0.split(separator: "|") }) where words[1] != value
        {
          lines.append("\(words[0]) = \(value)")
        }
      }
      let text = item.replacing("  ", with: " ")
      if let value = text.firstMatch(of: /\(default: ([^)]+)\)/) {
        lines.append("\(names[0].prefix { $0 != " " }) defaults to \(value.output.1)")
      }
    } else if ["Commands", "Environment"].contains(section) {
      lines += names.map { "\(section) \($0)" }
    } else if section == "Exit codes" {
      lines.append("\(section) \(column)")
    }
  }
}

/// The structure of a JSON Schema, a line for each thing; no description is part of it.
struct SchemaOutline {
  private(set) var lines: [String] = []

  init(_ schema: JSONValue) { add(schema, at: "") }

  private mutating func add(_ schema: JSONValue, at place: String) {
    switch schema["type"] {
    case .string(let type): lines.append("\(place): \(type)")
    case let types?: lines += types.elements.compactMap { $0.text.map { "\(place): \($0)" } }
    case nil: break
    }
    for word in schema["enum"]?.elements ?? [] { lines.append("\(place) = \(word.text ?? "")") }
    if let value = try? schema["default"]?.written() {
      lines.append("\(place) defaults to \(value)")
    }
    for key in schema["required"]?.elements ?? [] {
      lines.append("\(place).\(key.text ?? "") required")
    }
    for (key, property) in schema["properties"]?.members ?? [:] {
      add(property, at: "\(place).\(key)")
    }
    if let items = schema["items"] { add(items, at: "\(place)[]") }
    if let members = schema["additionalProperties"], members.type == "object" {
      add(members, at: "\(place).*")
    }
    for choice in schema["anyOf"]?.elements ?? [] { add(choice, at: place) }
  }
}
