/// A validated number of a document; its value is computed only on request.
package struct JSONNumber {
  /// The offset of the first byte, a digit or `-`.
  var start: Int
  /// The offset after the last byte.
  var end: Int
  var isNegative = false
  /// The digits without point and exponent; meaningless if there are too many of them.
  var significand: UInt64 = 0
  /// How many digits there are, from the first that is not 0.
  var significantDigits = 0
  /// How many digits follow the point.
  var fractionDigits = 0
  /// The exponent that is written after the `e`, clamped to ±1e15.
  var exponent = 0

  init(start: Int) {
    self.start = start
    self.end = start
  }

  /// The power of ten by which the significand is multiplied.
  private var scale: Int { exponent - fractionDigits }

  /// The double nearest to the number; infinite if the number is beyond the range of a double.
  package func value(in bytes: UnsafeBufferPointer<UInt8>) -> Double {
    if significantDigits == 0 { return isNegative ? -0.0 : 0 }
    if significantDigits <= 19, significand <= 1 << 53, abs(scale) < Self.powersOfTen.count {
      // Both operands are exact, so the only rounding is the correct one.
      let power = Self.powersOfTen[abs(scale)]
      let magnitude = scale < 0 ? Double(significand) / power : Double(significand) * power
      return isNegative ? -magnitude : magnitude
    }
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
    return Double(text) ?? .infinity
  }

  /// Whether the number is beyond the range of a double; computes its value only if its magnitude
  /// does not decide.
  func overflows(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let magnitude = significantDigits + scale
    guard significantDigits > 0, magnitude > 308 else { return false }
    return magnitude > 309 || value(in: bytes).isInfinite
  }

  /// The powers of ten that a double represents exactly.
  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}

extension JSONCursor {
  /// Moves over a number, from its first digit or `-` to just after its last digit.
  @inline(__always)
  package mutating func number() throws(ScanFailure) -> JSONNumber {
    var number = JSONNumber(start: offset)
    if current == UInt8(ascii: "-") {
      number.isNegative = true
      offset += 1
    }
    if current == UInt8(ascii: "0") {
      offset += 1
      guard !isDigit else {
        throw ScanFailure(
          reason: "a number must not have leading zeros", offset: offset - 1)
      }
    } else {
      _ = try digits(into: &number)
    }
    if current == UInt8(ascii: ".") {
      offset += 1
      number.fractionDigits = try digits(into: &number)
    }
    if current | 0x20 == UInt8(ascii: "e") { try exponent(into: &number) }
    number.end = offset
    guard strictness == .lenient || !number.overflows(in: bytes) else {
      throw ScanFailure(reason: "a number is too large for a double", offset: number.start)
    }
    return number
  }

  /// Moves over a number without a sign that may have leading zeros, and digits on one side of the
  /// point only, as in Go and C: `007`, `5.`, `.5`.
  package mutating func looseNumber() throws(ScanFailure) -> JSONNumber {
    var number = JSONNumber(start: offset)
    let hasWholeDigits = current != UInt8(ascii: ".")
    if hasWholeDigits { _ = try digits(into: &number) }
    if current == UInt8(ascii: ".") {
      offset += 1
      if isDigit || !hasWholeDigits { number.fractionDigits = try digits(into: &number) }
    }
    if current | 0x20 == UInt8(ascii: "e") { try exponent(into: &number) }
    number.end = offset
    guard !number.overflows(in: bytes) else {
      throw ScanFailure(reason: "a number is too large for a double", offset: number.start)
    }
    return number
  }

  @inline(__always)
  private var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(current) }

  /// Moves over at least one digit.
  @inline(__always)
  private mutating func digits(into number: inout JSONNumber) throws(ScanFailure) -> Int {
    guard isDigit else { throw unexpected("a digit") }
    let start = offset
    while isDigit {
      number.significand = number.significand &* 10 &+ UInt64(current & 0x0F)
      if number.significantDigits > 0 || current != UInt8(ascii: "0") {
        number.significantDigits += 1
      }
      offset += 1
    }
    return offset - start
  }

  private mutating func exponent(into number: inout JSONNumber) throws(ScanFailure) {
    offset += 1
    let isNegative = current == UInt8(ascii: "-")
    if isNegative || current == UInt8(ascii: "+") { offset += 1 }
    guard isDigit else { throw unexpected("a digit") }
    var exponent = 0
    while isDigit {
      exponent = min(exponent * 10 + Int(current & 0x0F), 1_000_000_000_000_000)
      offset += 1
    }
    number.exponent = isNegative ? -exponent : exponent
  }
}
