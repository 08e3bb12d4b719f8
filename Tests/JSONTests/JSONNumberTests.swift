@testable import JSON
internal import TestSupport
internal import Testing

@Suite("JSON numbers")
struct JSONNumberTests {
  @Test(
    "A number has one notation only",
    arguments: [
      Refused("01", "a number must not have leading zeros", column: 1),
      Refused("[-00]", "a number must not have leading zeros", column: 3),
      Refused(
        "[1,\n 00.5]", "a number must not have leading zeros", line: 2, column: 2),
      Refused("+1", "expected a value, found '+'", column: 1),
      Refused(".5", "expected a value, found '.'", column: 1),
      Refused("[5.]", "expected a digit, found ']'", column: 4),
      Refused("[5.e1]", "expected a digit, found 'e'", column: 4),
      Refused("[-]", "expected a digit, found ']'", column: 3),
      Refused("--1", "expected a digit, found '-'", column: 2),
      Refused("-.5", "expected a digit, found '.'", column: 2),
      Refused("-Infinity", "expected a digit, found 'I'", column: 2),
      Refused("[1e]", "expected a digit, found ']'", column: 4),
      Refused("[1e+]", "expected a digit, found ']'", column: 5),
      Refused("[1e+-1]", "expected a digit, found '-'", column: 5),
      Refused("1e1.5", "expected the end of the document, found '.'", column: 4),
      Refused("1.2.3", "expected the end of the document, found '.'", column: 4),
      Refused("0x10", "expected the end of the document, found 'x'", column: 2),
      Refused("1_000", "expected the end of the document, found '_'", column: 2),
      Refused("1,5", "expected the end of the document, found ','", column: 2),
      Refused("\u{FF11}", "expected a value, found U+FF11", column: 1),
    ])
  func isWrittenOneWay(document: Refused) { document.check() }

  @Test(
    "A number beyond the range of a double is rejected wherever it occurs",
    arguments: [
      "1e309", "-1e309", "1e999", "1.7976931348623159e308", "17976931348623159e292",
      "0.00017976931348623159e312", "1e99999999999999999999999",
      "1" + String(repeating: "0", count: 309), String(repeating: "9", count: 400),
      "0." + String(repeating: "0", count: 500) + "1e900",
    ])
  func overflowIsRefused(number: String) {
    Refused("{\"a\": [\(number)]}", "a number is too large for a double", column: 8).check()
  }

  @Test(
    "A number becomes the nearest double",
    arguments: [
      ("0", 0), ("1", 1), ("0.1", 0.1), ("123.456", 123.456), ("1e22", 1e22), ("1e23", 1e23),
      ("9007199254740992", 9_007_199_254_740_992), ("9007199254740993", 9_007_199_254_740_992),
      ("9007199254740995", 9_007_199_254_740_996), ("18446744073709551616", 0x1p64),
      ("1.7976931348623157e308", .greatestFiniteMagnitude),
      ("1.7976931348623158e308", .greatestFiniteMagnitude),
      ("4.9e-324", .leastNonzeroMagnitude), ("1e-400", 0),
      ("2.2250738585072011e-308", Double(bitPattern: 0x000F_FFFF_FFFF_FFFF)),
      ("0.000000000000000000000000000001", 1e-30), ("1E+2", 100), ("1.50e0001", 15),
      ("100000000000000000000000e-23", 1),
      ("0." + String(repeating: "0", count: 400) + "25e401", 2.5),
      ("1" + String(repeating: "0", count: 400) + "e-400", 1),
    ] as [(String, Double)])
  func hasNearestDouble(text: String, expected: Double) throws {
    #expect(try number(text) == expected)
    #expect(try number("-" + text) == -expected)
  }

  @Test("Zero keeps its sign")
  func keepsSignOfZero() throws {
    #expect(try number("-0.0e5").sign == .minus)
    #expect(try number("0").sign == .plus)
  }

  @Test("Random digits are rounded as the standard library rounds them")
  func roundsRandomDigits() throws {
    var generator = SplitMix64(seed: 20_261_121)
    for _ in 0..<5_000 {
      let digits = (0..<Int.random(in: 1...25, using: &generator)).map { _ in
        String(Int.random(in: 0...9, using: &generator))
      }
      let exponent = Int.random(in: -345...307, using: &generator)
      let text = "\(Int.random(in: 1...9, using: &generator)).\(digits.joined())e\(exponent)"
      #expect(try number(text) == Double(text))
    }
  }

  @Test("Random doubles survive a round trip through their shortest text")
  func roundTripsRandomBits() throws {
    var generator = SplitMix64(seed: 7)
    for _ in 0..<5_000 {
      let double = Double(bitPattern: generator.next())
      guard double.isFinite else { continue }
      #expect(try number("\(double)").bitPattern == double.bitPattern)
    }
  }

  private func number(_ text: String) throws -> Double {
    guard case .number(let number) = try JSONNode.parse(Array(text.utf8)).value else {
      Issue.record("\(text) is no number")
      return .nan
    }
    return number
  }
}
