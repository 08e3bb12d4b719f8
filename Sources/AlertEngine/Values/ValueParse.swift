/// How a string holds a number.
///
/// Blanks around the text and before a unit are ignored. Decimal units lose no digit: `0.1` is
/// the same double as in a JSON document, and `87 %` the same as 0.87.
package enum ValueParse: String, CaseIterable, Sendable {
  /// A number of JSON (RFC 8259, section 6), which may begin with a `+`.
  case number
  /// A number with a `%`, as a share: `87 %` is 0.87.
  case percent
  /// A number of bytes, in powers of 1,000 with `kB` or `KB`, `MB` to `EB`; in powers of 1,024 with
  /// `KiB` or `Ki` to `EiB` or `Ei`, and with the lower-case units of Elasticsearch, `kb` to `pb`.
  ///
  /// `KB` is 1,000, so that 1,000 of them are 1 MB.
  case bytes
  /// A duration in seconds: as in Go, `54.6ms`, `1h2m3.5s`, also with `w` and `d`, the largest unit
  /// first; or as in ISO 8601, `PT5M`, `P1DT2H`, but not in years and months, which vary in length.
  case duration
  /// A quantity of Kubernetes: `250m`, `1255272Ki`, `1e3`, `2E`.
  case quantity

  /// The number in a text.
  ///
  /// - Returns: `nil` if the text has another form, or the number is beyond the range of a double.
  package func value(of text: String) -> Double? {
    var reader = AmountReader(text)
    let value =
      switch self {
      case .number: reader.hasLeadingZero ? nil : reader.amount(in: ["": Unit()])
      case .percent: reader.amount(in: ["%": Unit(exponent: -2)])
      case .bytes: reader.amount(in: Unit.bytes)
      case .duration: reader.duration()
      case .quantity: reader.amount(in: Unit.quantities)
      }
    guard let value, value.isFinite, reader.isAtEnd else { return nil }
    return value
  }
}

/// What a unit multiplies by: a power of ten, and a factor.
private struct Unit {
  var exponent = 0
  var factor = 1.0

  /// Units of ascending powers of 1,000.
  private static func decimal(_ names: String...) -> [(String, Unit)] {
    names.enumerated().map { ($1, Unit(exponent: 3 * $0 + 3)) }
  }

  /// Units of ascending powers of 1,024.
  private static func binary(_ names: String...) -> [(String, Unit)] {
    names.enumerated().map { ($1, Unit(factor: Double(UInt64(1) << (10 * $0 + 10)))) }
  }

  static let bytes = Dictionary(
    uniqueKeysWithValues: [("", Unit()), ("B", Unit()), ("b", Unit()), ("KB", Unit(exponent: 3))]
      + decimal("kB", "MB", "GB", "TB", "PB", "EB")
      + binary("KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
      + binary("Ki", "Mi", "Gi", "Ti", "Pi", "Ei") + binary("kb", "mb", "gb", "tb", "pb"))

  static let quantities = Dictionary(
    uniqueKeysWithValues: [
      ("", Unit()), ("n", Unit(exponent: -9)), ("u", Unit(exponent: -6)), ("m", Unit(exponent: -3)),
    ] + decimal("k", "M", "G", "T", "P", "E") + binary("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"))

  /// In descending order.
  static let durations: KeyValuePairs = [
    "w": Unit(factor: 604_800), "d": Unit(factor: 86_400), "h": Unit(factor: 3_600),
    "m": Unit(factor: 60), "s": Unit(), "ms": Unit(exponent: -3), "us": Unit(exponent: -6),
    "\u{B5}s": Unit(exponent: -6), "\u{3BC}s": Unit(exponent: -6), "ns": Unit(exponent: -9),
  ]
  static let isoDays: KeyValuePairs = ["W": Unit(factor: 604_800), "D": Unit(factor: 86_400)]
  static let isoTimes: KeyValuePairs = [
    "H": Unit(factor: 3_600), "M": Unit(factor: 60), "S": Unit(),
  ]
}

/// Consumes numbers and units from the front of a text.
private struct AmountReader {
  private var rest: Substring.UTF8View

  init(_ text: String) {
    rest = Substring(text).utf8
    skipBlanks()
    while let last = rest.last, Self.isBlank(last) { rest.removeLast() }
  }

  var isAtEnd: Bool { rest.isEmpty }

  /// Whether a number begins with a 0 that JSON does not allow.
  var hasLeadingZero: Bool {
    let digits = rest.drop { Self.isSign($0) }
    return digits.first == UInt8(ascii: "0") && digits.dropFirst().first.map(Self.isDigit) ?? false
  }

  /// Reads a number and its unit; an exponent takes the place of a unit.
  mutating func amount(in units: [String: Unit]) -> Double? {
    let sign = takeSign()
    guard let number = number() else { return nil }
    if let exponent = exponent() {
      guard units[""] != nil else { return nil }
      return Double("\(sign)\(number)\(exponent)")
    }
    skipBlanks()
    guard let unit = units[unit()] else { return nil }
    return value(sign + number, unit)
  }

  mutating func duration() -> Double? {
    let sign = takeSign() == "-" ? -1.0 : 1
    guard take("P") else {
      if rest.elementsEqual("0".utf8) {
        rest = rest.dropFirst()
        return 0
      }
      return sum(of: Unit.durations).map { $0 * sign }
    }
    let days = rest.first == UInt8(ascii: "T") ? 0 : sum(of: Unit.isoDays, until: "T")
    let times = take("T") ? sum(of: Unit.isoTimes) : 0
    guard let days, let times else { return nil }
    return (days + times) * sign
  }

  /// Reads numbers with units, each smaller than the one before; at least one.
  private mutating func sum(
    of units: KeyValuePairs<String, Unit>, until end: Unicode.Scalar? = nil
  ) -> Double? {
    var sum = 0.0
    var later = Array(units)[...]
    repeat {
      guard let number = number() else { return nil }
      skipBlanks()
      let name = unit(until: end)
      guard let place = later.firstIndex(where: { $0.key == name }) else { return nil }
      sum += value(number, later[place].value) ?? .infinity
      later = later[(place + 1)...]
      skipBlanks()
    } while !isAtEnd && rest.first != end.map { UInt8(ascii: $0) }
    return sum
  }

  private func value(_ number: String, _ unit: Unit) -> Double? {
    Double("\(number)e\(unit.exponent)").map { $0 * unit.factor }
  }

  // MARK: Tokens

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte)
  }
  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
  private static func isSign(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
  }

  private mutating func skipBlanks() { rest = rest.drop(while: Self.isBlank) }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: scalar) else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func takeSign() -> String { take("-") ? "-" : take("+") ? "+" : "" }

  /// Moves over digits; empty if there are none.
  private mutating func digits() -> String {
    let digits = rest.prefix(while: Self.isDigit)
    rest = rest.dropFirst(digits.count)
    return String(Substring(digits))
  }

  /// Moves over digits, which may have a point and further digits.
  private mutating func number() -> String? {
    let whole = digits()
    guard !whole.isEmpty else { return nil }
    guard take(".") else { return whole }
    let fraction = digits()
    return fraction.isEmpty ? nil : "\(whole).\(fraction)"
  }

  /// Moves over an exponent; stays in place if no digit follows the letter, which may be a unit.
  private mutating func exponent() -> String? {
    let start = rest
    if take("e") || take("E") {
      let sign = takeSign()
      let digits = digits()
      if !digits.isEmpty { return "e\(sign)\(digits)" }
    }
    rest = start
    return nil
  }

  /// Moves over everything that is neither a digit nor a blank.
  private mutating func unit(until end: Unicode.Scalar? = nil) -> String {
    let unit = rest.prefix {
      !Self.isDigit($0) && !Self.isBlank($0) && $0 != end.map { UInt8(ascii: $0) }
    }
    rest = rest.dropFirst(unit.count)
    return String(Substring(unit))
  }
}
