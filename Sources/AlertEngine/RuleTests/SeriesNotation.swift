internal import JSON

extension SampleSeries {
  /// Parses the compact notation of samples: `0.01x5 0.08x15 _ !x3 1+2x4 'text' null`.
  ///
  /// Tokens are separated by spaces and stand for one or more samples: `V`, or `VxN` for N times V,
  /// where V is a number, `'text'` (with `''` for a `'` in it), `true`, `false`, `null`, `_`
  /// (missing) or `!` (no snapshot); `A+SxN` and `A-SxN` are N numbers that start at A and increase
  /// or decrease by S.
  ///
  /// - Throws: what is wrong with the text, such as more than `mostSamples` samples.
  init(notation text: String) throws(NotationMistake) {
    var runs: [Run] = []
    var count = 0
    var isOne = true
    for word in try Self.words(of: text) {
      var reader = TokenReader(word)
      let (run, isRepeated) = try reader.run()
      count += run.count
      isOne = runs.isEmpty && !isRepeated
      runs.append(run)
      guard count <= Self.mostSamples else {
        throw NotationMistake("expected at most \(Self.mostSamples) samples, found more")
      }
    }
    guard !runs.isEmpty else {
      throw NotationMistake("expected at least one sample, such as \"0.01x5 0.08x15\"")
    }
    self.init(runs: runs, count: count, holds: isOne)
  }

  /// The tokens; a space between single quotes is part of its token.
  private static func words(of text: String) throws(NotationMistake) -> [Word] {
    var words: [Word] = []
    var word: [UInt8] = []
    var isQuoted = false
    for byte in text.utf8 {
      if byte == UInt8(ascii: "'") { isQuoted.toggle() }
      guard byte == UInt8(ascii: " "), !isQuoted else {
        word.append(byte)
        continue
      }
      if !word.isEmpty { words.append(Word(word, number: words.count + 1)) }
      word = []
    }
    if !word.isEmpty { words.append(Word(word, number: words.count + 1)) }
    if isQuoted, let last = words.last { throw last.mistake("has no closing '") }
    return words
  }
}

extension Word {
  fileprivate init(_ bytes: [UInt8], number: Int) {
    self.init(text: String(decoding: bytes, as: UTF8.self), number: number)
  }
}

/// Parses one token of a series.
private struct TokenReader {
  let word: Word
  private var rest: ArraySlice<UInt8>

  init(_ word: Word) {
    self.word = word
    self.rest = Array(word.text.utf8)[...]
  }

  private var noSample: NotationMistake {
    word.mistake(
      "is not a valid sample: expected a number, _ (missing), ! (endpoint down), null, true, false "
        + "or 'text', each followed by xN for N of them, or 1+2x4 for 1 3 5 7")
  }

  /// The samples of the token, and whether it specifies their number.
  mutating func run() throws(NotationMistake) -> (SampleSeries.Run, isRepeated: Bool) {
    var run = SampleSeries.Run(first: try cell(), count: 1)
    var isStepped = false
    if case .scalar(.number) = run.first, let sign = rest.first, "+-".utf8.contains(sign) {
      rest = rest.dropFirst()
      guard let step = try number() else { throw noSample }
      run.step = sign == UInt8(ascii: "-") ? -step : step
      isStepped = true
    }
    guard !rest.isEmpty else {
      if isStepped { throw word.mistake("needs xN after it, the number of samples") }
      return (run, false)
    }
    guard rest.first == UInt8(ascii: "x") else { throw noSample }
    run.count = try word.count(of: rest.dropFirst())
    if case .scalar(.number(let last)) = run[run.count - 1], !last.isFinite {
      throw word.mistake("becomes too large for a number")
    }
    return (run, true)
  }

  private mutating func cell() throws(NotationMistake) -> SampleSeries.Cell {
    let words: [(String, SampleSeries.Cell)] = [
      ("_", .missing), ("!", .down), ("null", .null), ("true", .scalar(.bool(true))),
      ("false", .scalar(.bool(false))),
    ]
    for (text, cell) in words where rest.starts(with: text.utf8) {
      rest = rest.dropFirst(text.utf8.count)
      return cell
    }
    if rest.first == UInt8(ascii: "'") { return .scalar(.string(quotedText())) }
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest = rest.dropFirst() }
    guard let number = try number() else { throw noSample }
    return .scalar(.number(isNegative ? -number : number))
  }

  /// The text between single quotes; there is always a closing one.
  private mutating func quotedText() -> String {
    var text: [UInt8] = []
    rest = rest.dropFirst()
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "'") {
        guard rest.first == byte else { break }
        rest = rest.dropFirst()
      }
      text.append(byte)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// A JSON number without its sign; `nil` if there is none here.
  private mutating func number() throws(NotationMistake) -> Double? {
    let start = rest
    guard let first = digits(), first.count == 1 || first.first != UInt8(ascii: "0") else {
      return nil
    }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      guard digits() != nil else { return nil }
    }
    if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
      rest = rest.dropFirst()
      if let sign = rest.first, "+-".utf8.contains(sign) { rest = rest.dropFirst() }
      guard digits() != nil else { return nil }
    }
    let text = String(decoding: start.prefix(start.count - rest.count), as: UTF8.self)
    guard let number = Double(text), number.isFinite else {
      throw word.mistake("is too large for a number")
    }
    return number
  }

  private mutating func digits() -> ArraySlice<UInt8>? {
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    rest = rest.dropFirst(digits.count)
    return digits.isEmpty ? nil : digits
  }
}
