/// A JSON document to be printed, its members in the order in which they are written here.
indirect enum JSONText: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONText])
  case object([(name: String, value: JSONText)])

  init(stringLiteral value: String) { self = .string(value) }

  /// Indented by two spaces; short lists of leaves stay on one line.
  func printed(indent: String = "") -> String {
    switch self {
    case .bool(let bool): "\(bool)"
    case .number(let number): number.asJSON
    case .string(let text): text.asJSON
    case .array(let elements): printed(elements, indent: indent)
    case .object(let members):
      members.isEmpty
        ? "{}"
        : "{\n"
          + members.map { member in
            "\(indent)  \(member.name.asJSON): \(member.value.printed(indent: indent + "  "))"
          }.joined(separator: ",\n") + "\n\(indent)}"
    }
  }

  private func printed(_ elements: [JSONText], indent: String) -> String {
    guard elements.contains(where: { !$0.isLeaf }) else {
      return "[" + elements.map { $0.printed() }.joined(separator: ", ") + "]"
    }
    let lines = elements.map { "\(indent)  \($0.printed(indent: indent + "  "))" }
    return "[\n" + lines.joined(separator: ",\n") + "\n\(indent)]"
  }

  private var isLeaf: Bool {
    switch self {
    case .bool, .number, .string: true
    case .array, .object: false
    }
  }
}

extension Double {
  /// A finite number as JSON, whole ones without a fraction.
  fileprivate var asJSON: String {
    guard let integer = Int(exactly: self) else { return "\(self)" }
    return "\(integer)"
  }
}

extension String {
  /// This text as a JSON string.
  fileprivate var asJSON: String {
    var json = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": json += "\\" + String(scalar)
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: json.unicodeScalars.append(scalar)
      }
    }
    return json + "\""
  }
}
