internal import AlertEngine
internal import JSON
internal import Text

// How values are written in PromQL.

extension Comparison {
  var promQL: String {
    switch self {
    case .gt: ">"
    case .gte: ">="
    case .lt: "<"
    case .lte: "<="
    case .eq, .in: "=="
    case .ne, .notIn: "!="
    }
  }
}

extension Scalar {
  /// As json_exporter gives it.
  var number: Double {
    switch self {
    case .number(let number): number
    case .bool(let bool): bool ? 1 : 0
    case .string: .nan
    }
  }

  var isText: Bool { if case .string = self { true } else { false } }
}

extension Double {
  var promQL: String {
    self == rounded() && magnitude < 1e15 ? "\(Int64(self))" : "\(self)"
  }
}

extension Duration {
  /// In the largest unit that it is a whole number of.
  var promQL: String {
    let units: [(Int64, String)] = [(3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")]
    let unit = units.first { wholeMilliseconds % $0.0 == 0 } ?? (1, "ms")
    return wholeMilliseconds == 0 ? "0s" : "\(wholeMilliseconds / unit.0)\(unit.1)"
  }
}

extension String {
  /// A pattern of RE2 that only this text matches.
  var asPattern: String {
    var pattern = ""
    // A combining mark makes one character with what it follows.
    for scalar in unicodeScalars {
      if "\\.+*?()|[]{}^$".unicodeScalars.contains(scalar) { pattern += "\\" }
      pattern.unicodeScalars.append(scalar)
    }
    return pattern
  }
}
