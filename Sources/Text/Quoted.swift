extension String {
  /// This text as an error may show it: in quotes, cut after 60 scalars, nothing that steers a
  /// terminal.
  package var quoted: String {
    let limit = 60
    var quoted = "\""
    for scalar in unicodeScalars.prefix(limit) {
      switch scalar {
      case "\"", "\\": quoted += "\\" + String(scalar)
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\r": quoted += "\\r"
      case _ where scalar.isPrintable: quoted.unicodeScalars.append(scalar)
      default: quoted += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
    }
    return quoted + (unicodeScalars.dropFirst(limit).isEmpty ? "\"" : "…\"")
  }

  /// Whether nothing in this text ends a line, steers a terminal or turns its writing direction.
  package var isPrintable: Bool {
    utf8.allSatisfy { (0x20..<0x7F).contains($0) } || unicodeScalars.allSatisfy(\.isPrintable)
  }
}

extension Unicode.Scalar {
  fileprivate var isPrintable: Bool {
    switch value {
    case 0...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: false
    default: true
    }
  }
}
