/// An exact decimal number, so that steps of 0.01 do not accumulate errors.
struct DecimalNumber: Hashable {
  /// The number is `digits` / 10^`places`.
  var digits: Int
  /// 0 to 15.
  var places: Int

  /// The most digits that every double preserves.
  private static let mostDigits = 15

  /// Parses `-12.5` or `1e3`; `nil` if it is not a JSON number, or has more than 15 digits.
  init?(_ text: Substring) {
    var rest = text.utf8
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest.removeFirst() }
    guard let whole = Self.takeDigits(&rest), whole.count == 1 || whole.first != 0 else {
      return nil
    }
    var digits = whole
    var places = 0
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard let fraction = Self.takeDigits(&rest) else { return nil }
      digits += fraction
      places = fraction.count
    }
    if rest.first.map({ $0 | 0x20 }) == UInt8(ascii: "e") {
      rest.removeFirst()
      let isSmall = rest.first == UInt8(ascii: "-")
      if isSmall || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
      guard let exponent = Self.takeDigits(&rest), exponent.count <= 2 else { return nil }
      let power = exponent.reduce(0) { $0 * 10 + $1 }
      places += isSmall ? power : -power
    }
    guard rest.isEmpty else { return nil }
    while places > 0, digits.last == 0 {
      digits.removeLast()
      places -= 1
    }
    let significant = digits.drop { $0 == 0 }
    guard !significant.isEmpty else {
      self.init(digits: 0, places: 0)
      return
    }
    let zeros = max(0, -places)
    guard places <= Self.mostDigits, significant.count + zeros <= Self.mostDigits else {
      return nil
    }
    let magnitude = (significant + repeatElement(0, count: zeros)).reduce(0) { $0 * 10 + $1 }
    self.init(digits: isNegative ? -magnitude : magnitude, places: max(0, places))
  }

  private init(digits: Int, places: Int) {
    self.digits = digits
    self.places = places
  }

  /// The nearest double, as in a configuration: both parts are exact, so the only rounding is the
  /// correct one.
  var value: Double { Double(digits) / Double(Self.power(places)) }

  private static func power(_ exponent: Int) -> Int { (0..<exponent).reduce(1) { a, _ in a * 10 } }

  private static func takeDigits(_ rest: inout Substring.UTF8View) -> [Int]? {
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    rest = rest.dropFirst(digits.count)
    return digits.isEmpty ? nil : digits.map { Int($0 & 0x0F) }
  }
}

extension DecimalNumber {
  /// A range of numbers from the first towards the last, including both.
  struct Steps {
    private var first: Int
    private var step: Int
    private var places: Int
    /// How many numbers there are; at least 1.
    let count: Int

    /// `nil` if the numbers differ too much in magnitude to be counted exactly.
    ///
    /// - Parameters:
    ///   - first: the first number.
    ///   - last: the end of the range, which no number exceeds.
    ///   - step: above 0, whatever the direction of the range.
    init?(from first: DecimalNumber, to last: DecimalNumber, by step: DecimalNumber) {
      let places = max(first.places, last.places, step.places)
      func scaled(_ number: DecimalNumber) -> Int? {
        let (digits, isOver) = number.digits.multipliedReportingOverflow(
          by: power(places - number.places))
        return isOver || digits.magnitude > 1 << 53 ? nil : digits
      }
      guard let first = scaled(first), let last = scaled(last), let step = scaled(step), step > 0
      else { return nil }
      self.first = first
      self.step = last < first ? -step : step
      self.places = places
      count = Int((last - first).magnitude) / step + 1
    }

    var values: [Double] {
      (0..<count).map { DecimalNumber(digits: first + $0 * step, places: places).value }
    }
  }
}
