@testable import AlertEngine
@testable import JSON
internal import Testing

@Suite("The notation of series")
struct SeriesNotationTests {
  /// The samples of a series, one word each.
  private static func words(_ text: String, atMost most: Int = 20) throws -> String {
    let series = try SampleSeries(notation: text)
    var cursor = SampleSeries.Cursor(series)
    return (0..<min(most, series.count)).map { _ in word(cursor.next()) }.joined(separator: " ")
  }

  private static func word(_ cell: SampleSeries.Cell) -> String {
    switch cell {
    case .scalar(.number(let number)): number.plain
    case .scalar(.string(let text)): "<\(text)>"
    case .scalar(.bool(let bool)): "\(bool)"
    case .null: "null"
    case .missing: "_"
    case .down: "!"
    }
  }

  @Test(
    "A notation gives its samples",
    arguments: [
      ("0.08", "0.08"), ("0.08x3", "0.08 0.08 0.08"), ("1 2 3", "1 2 3"), ("  1   2 ", "1 2"),
      ("1+2x4", "1 3 5 7"), ("10-1x3", "10 9 8"), ("1+0x2", "1 1"), ("-1.5x2", "-1.5 -1.5"),
      ("-1-1x3", "-1 -2 -3"), ("1e2", "100"), ("1E-2", "0.01"), ("1e+2+1x2", "100 101"),
      ("1e5-3x2", "100000 99997"), ("0x3", "0 0 0"), ("0.5+0.25x3", "0.5 0.75 1"), ("5+1x1", "5"),
      ("_", "_"), ("_x2 1", "_ _ 1"), ("!", "!"), ("1 !x2", "1 ! !"), ("nullx2", "null null"),
      ("true false", "true false"), ("truex2", "true true"), ("'a'", "<a>"), ("''", "<>"),
      ("'a b'x2 'c'", "<a b> <a b> <c>"), ("'it''s'", "<it's>"), ("'x5'", "<x5>"),
      ("''''", "<'>"), ("'ä😀'", "<ä😀>"),
    ])
  func reads(text: String, samples: String) throws {
    #expect(try Self.words(text) == samples)
  }

  @Test(
    "A single token without xN is held; anything else has its own length",
    arguments: [
      ("1", true), ("_", true), ("!", true), ("null", true), ("'a b'", true), ("1x1", false),
      ("1 1", false), ("1x5", false), ("1+1x2", false), ("5 ", true),
    ])
  func holds(text: String, isOne: Bool) throws {
    #expect(try SampleSeries(notation: text).holds == isOne)
  }

  @Test("A held value never ends, and a series is missing after its end")
  func goesOn() throws {
    var one = SampleSeries.Cursor(try SampleSeries(notation: "7"))
    #expect((0..<9).allSatisfy { _ in one.next() == .scalar(.number(7)) })
    var two = SampleSeries.Cursor(try SampleSeries(notation: "7x2"))
    #expect((0..<3).map { _ in Self.word(two.next()) } == ["7", "7", "_"])
  }

  private static let noSample =
    "is not a valid sample: expected a number, _ (missing), ! (endpoint down), null, true, false "
    + "or 'text', each followed by xN for N of them, or 1+2x4 for 1 3 5 7"
  private static let noCount = "needs a whole number from 1 to 100000 after its x"

  @Test(
    "An invalid notation is refused with its token",
    arguments: [
      ("0.01x5 0.08y15", "\"0.08y15\" (token 2) \(noSample)"),
      ("foo", "\"foo\" (token 1) \(noSample)"),
      ("NaN", "\"NaN\" (token 1) \(noSample)"), (".5", "\".5\" (token 1) \(noSample)"),
      ("1.", "\"1.\" (token 1) \(noSample)"), ("01", "\"01\" (token 1) \(noSample)"),
      ("+1", "\"+1\" (token 1) \(noSample)"), ("--1", "\"--1\" (token 1) \(noSample)"),
      ("1e", "\"1e\" (token 1) \(noSample)"), ("0xx", "\"0xx\" (token 1) \(noCount)"),
      ("1+-2x3", "\"1+-2x3\" (token 1) \(noSample)"), ("_+1x2", "\"_+1x2\" (token 1) \(noSample)"),
      ("'a'b", "\"'a'b\" (token 1) \(noSample)"), ("1,2", "\"1,2\" (token 1) \(noSample)"),
      ("1x2x3", "\"1x2x3\" (token 1) \(noCount)"), ("1x0", "\"1x0\" (token 1) \(noCount)"),
      ("1x", "\"1x\" (token 1) \(noCount)"), ("1x-1", "\"1x-1\" (token 1) \(noCount)"),
      ("1x1.5", "\"1x1.5\" (token 1) \(noCount)"),
      ("1x999999999", "\"1x999999999\" (token 1) \(noCount)"),
      ("1x99999999999999999999", "\"1x99999999999999999999\" (token 1) \(noCount)"),
      ("1 1+2", "\"1+2\" (token 2) needs xN after it, the number of samples"),
      ("'a b", "\"'a b\" (token 1) has no closing '"),
      ("1e400", "\"1e400\" (token 1) is too large for a number"),
      ("1+1e308x3", "\"1+1e308x3\" (token 1) becomes too large for a number"),
      ("1x50000 1x50001", "expected at most 100000 samples, found more"),
      ("", "expected at least one sample, such as \"0.01x5 0.08x15\""),
      ("   ", "expected at least one sample, such as \"0.01x5 0.08x15\""),
      ("a\u{1B}[2J", "\"a\\u{1b}[2J\" (token 1) \(noSample)"),
    ])
  func refuses(text: String, reason: String) {
    let mistake = #expect(throws: NotationMistake.self) { try SampleSeries(notation: text) }
    #expect(mistake?.reason == reason)
  }

  @Test("A series may have as many samples as a test")
  func takesTheMost() throws {
    #expect(try SampleSeries(notation: "1x50000 2x50000").count == SampleSeries.mostSamples)
  }
}
