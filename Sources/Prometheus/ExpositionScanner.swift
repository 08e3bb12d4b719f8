internal import JSON

/// One pass over a document in the Prometheus text format 0.0.4 or OpenMetrics 1.0.
///
/// The two are read by one grammar, with blanks and tabs between tokens as in the text format. They
/// differ in timestamps, which are whole milliseconds or seconds; in exemplars and `# EOF`, which only
/// OpenMetrics has; and in a `\` before anything but `\`, `"` and `n`, which OpenMetrics takes as it
/// is. Prometheus itself is less strict: in label values it also takes other escapes and line feeds,
/// and a label twice if all but one of its values are empty.
struct ExpositionScanner {
  var cursor: JSONCursor
  private let names: MetricNames
  /// Also what allows any escape in a text.
  let isOpenMetrics: Bool
  /// Whether `# EOF` has been read.
  private var isComplete = false
  /// The labels of the current sample.
  var labels: [LabelPiece] = []
  var exposition: Exposition

  init(_ cursor: JSONCursor, keeping names: MetricNames, isOpenMetrics: Bool) {
    self.cursor = cursor
    self.names = names
    let bytes = cursor.bytes
    self.isOpenMetrics =
      isOpenMetrics
      || ["# EOF\n", "# EOF"].contains { bytes.suffix($0.utf8.count).elementsEqual($0.utf8) }
    exposition = Exposition(names: names, isTerminated: bytes.last == lineFeed)
  }

  mutating func document() throws(ScanFailure) -> Exposition {
    while !cursor.isAtEnd {
      skipBlanks()
      switch current {
      case lineFeed: cursor.offset += 1
      case UInt8(ascii: "#"): try comment()
      case _ where cursor.isAtEnd: break
      default: try sample()
      }
    }
    guard !isOpenMetrics || isComplete else {
      throw cursor.unexpected("'# EOF', with which OpenMetrics ends")
    }
    return exposition
  }

  @inline(__always)
  var bytes: UnsafeBufferPointer<UInt8> { cursor.bytes }

  /// The byte at the cursor; 0 after the last one.
  @inline(__always)
  var current: UInt8 { cursor.offset < cursor.bytes.count ? cursor.bytes[cursor.offset] : 0 }

  @inline(__always)
  func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[range])
  }
}

// MARK: - Lines

extension ExpositionScanner {
  /// Moves over a line that begins with `#`.
  private mutating func comment() throws(ScanFailure) {
    let start = cursor.offset
    if take("# EOF"), current == lineFeed || cursor.isAtEnd { return try end() }
    cursor.offset = start + 1
    skipBlanks()
    if take("TYPE"), isBlank { return try type(of: try family()) }
    if take("HELP") || isOpenMetrics && take("UNIT"), isBlank, let family = try family(),
      let index = names.entries[family].index
    {
      exposition.hasFamily[index] = true
    }
    try skipLine()
  }

  /// Moves over the name in a line that describes its family.
  private mutating func family() throws(ScanFailure) -> Int? {
    skipBlanks()
    guard current == UInt8(ascii: "\"") else {
      return names.entry(of: slice(try name("a metric name")))
    }
    let text = try quoted()
    return text.unescaped(in: bytes).withUnsafeBufferPointer { names.entry(of: $0) }
  }

  private mutating func type(of family: Int?) throws(ScanFailure) {
    skipBlanks()
    let start = cursor.offset
    while (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(current) { cursor.offset += 1 }
    let word = String(decoding: slice(start..<cursor.offset), as: UTF8.self)
    guard let type = FamilyType(rawValue: word) else {
      cursor.offset = start
      throw cursor.unexpected("a type such as counter, gauge, histogram, summary or untyped")
    }
    try endLine()
    guard let family else { return }
    if let index = names.entries[family].index { exposition.hasFamily[index] = true }
    for (index, suffix) in names.entries[family].derived where type.suffixes.contains(suffix) {
      exposition.hasFamily[index] = true
    }
  }

  /// Moves over what is left of a comment.
  private mutating func skipLine() throws(ScanFailure) {
    while true {
      while let eight = cursor.nextEight {
        let feed = eight ^ 0x0A0A_0A0A_0A0A_0A0A
        let special = ((feed &- 0x0101_0101_0101_0101) & ~feed | eight) & 0x8080_8080_8080_8080
        guard special == 0 else {
          cursor.offset += special.trailingZeroBitCount / 8
          break
        }
        cursor.offset += 8
      }
      switch current {
      case lineFeed:
        cursor.offset += 1
        return
      case 0x80...: try cursor.scalars()
      case _ where cursor.isAtEnd: return
      default: cursor.offset += 1
      }
    }
  }

  private mutating func end() throws(ScanFailure) {
    if current == lineFeed { cursor.offset += 1 }
    guard cursor.isAtEnd else { throw cursor.unexpected("nothing after '# EOF'") }
    isComplete = true
  }

  private mutating func sample() throws(ScanFailure) {
    labels.removeAll(keepingCapacity: true)
    var index: Int?
    if current == UInt8(ascii: "{") {
      let name = try quotedName()
      index = name.unescaped(in: bytes).withUnsafeBufferPointer { names.index(of: $0) }
    } else {
      index = names.index(of: slice(try name("a metric name")))
      let hasBlank = isBlank
      skipBlanks()
      if current == UInt8(ascii: "{") {
        cursor.offset += 1
        try labelPairs()
      } else if !hasBlank {
        throw cursor.unexpected("a blank or '{' after the name")
      }
    }
    try refuseNames()
    skipBlanks()
    let value = try value(isNeeded: index != nil)
    let hasBlank = isBlank
    skipBlanks()
    var timestamp = Double.infinity
    if hasBlank, current == UInt8(ascii: "-") || isDigit {
      timestamp = try self.timestamp()
      skipBlanks()
    }
    if let index { keep(index, value, at: timestamp) }
    if isOpenMetrics, current == UInt8(ascii: "#") { try exemplar() }
    try endLine()
  }

  /// Moves over the exemplar of a sample.
  private mutating func exemplar() throws(ScanFailure) {
    cursor.offset += 1
    skipBlanks()
    guard current == UInt8(ascii: "{") else { throw cursor.unexpected("an exemplar's '{'") }
    cursor.offset += 1
    labels.removeAll(keepingCapacity: true)
    try labelPairs()
    skipBlanks()
    _ = try value(isNeeded: false)
    skipBlanks()
    if current == UInt8(ascii: "-") || isDigit { _ = try timestamp() }
  }
}

// MARK: - Tokens

let lineFeed = UInt8(ascii: "\n")

extension ExpositionScanner {
  @inline(__always)
  var isBlank: Bool { current == UInt8(ascii: " ") || current == UInt8(ascii: "\t") }

  @inline(__always)
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(current) }

  @inline(__always)
  mutating func skipBlanks() {
    while isBlank { cursor.offset += 1 }
  }

  private mutating func endLine() throws(ScanFailure) {
    skipBlanks()
    guard current != lineFeed else {
      cursor.offset += 1
      return
    }
    guard cursor.isAtEnd else {
      guard current != UInt8(ascii: "\r") else {
        throw cursor.unexpected("a line feed alone at the end of a line")
      }
      throw cursor.unexpected("the end of the line")
    }
  }

  private mutating func take(_ word: String) -> Bool {
    let end = min(cursor.offset + word.utf8.count, bytes.count)
    guard slice(cursor.offset..<end).elementsEqual(word.utf8) else { return false }
    cursor.offset = end
    return true
  }

  /// Moves over a name: letters, digits, `_` and, in names of metrics, `:`.
  @inline(__always)
  mutating func name(
    _ expected: StaticString, allowsColon: Bool = true
  ) throws(ScanFailure) -> Range<Int> {
    let start = cursor.offset
    guard !isDigit else { throw cursor.unexpected("\(expected)") }
    while true {
      let byte = current
      guard
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
          || byte == UInt8(ascii: "_") || allowsColon && byte == UInt8(ascii: ":")
      else { break }
      cursor.offset += 1
    }
    guard cursor.offset > start else { throw cursor.unexpected("\(expected)") }
    return start..<cursor.offset
  }

  /// Moves over a value: a decimal number, `NaN`, `Inf` or `Infinity` in any case, with a sign.
  ///
  /// As in Prometheus, numbers are those of Go without hexadecimal ones and `_`.
  private mutating func value(isNeeded: Bool) throws(ScanFailure) -> Double {
    let start = cursor.offset
    let isNegative = current == UInt8(ascii: "-")
    let hasSign = isNegative || current == UInt8(ascii: "+")
    if hasSign { cursor.offset += 1 }
    if isDigit || current == UInt8(ascii: ".") {
      let number = try cursor.looseNumber()
      guard isNeeded else { return 0 }
      let magnitude = number.value(in: bytes)
      return isNegative ? -magnitude : magnitude
    }
    let wordStart = cursor.offset
    while (current | 0x20) &- UInt8(ascii: "a") < 26 { cursor.offset += 1 }
    switch String(decoding: slice(wordStart..<cursor.offset), as: UTF8.self).lowercased() {
    case "nan" where !hasSign: return .nan
    case "inf", "infinity": return isNegative ? -.infinity : .infinity
    default:
      cursor.offset = start
      throw cursor.unexpected("a value")
    }
  }

  /// Moves over a timestamp, in milliseconds.
  private mutating func timestamp() throws(ScanFailure) -> Double {
    let isNegative = current == UInt8(ascii: "-")
    if isNegative { cursor.offset += 1 }
    let start = cursor.offset
    guard isOpenMetrics else {
      while isDigit { cursor.offset += 1 }
      guard cursor.offset > start,
        let milliseconds = Int64(String(decoding: slice(start..<cursor.offset), as: UTF8.self))
      else {
        throw ScanFailure(reason: "expected a timestamp in whole milliseconds", offset: start)
      }
      return Double(isNegative ? -milliseconds : milliseconds)
    }
    let seconds = try cursor.looseNumber().value(in: bytes)
    return (isNegative ? -seconds : seconds) * 1_000
  }
}
