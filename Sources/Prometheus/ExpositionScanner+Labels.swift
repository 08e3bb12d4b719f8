internal import JSON

/// A text between quotes.
struct QuotedText {
  var range: Range<Int>
  var hasEscapes: Bool

  func raw(in bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[range])
  }

  func unescaped(in bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var unescaped: [UInt8] = []
    append(to: &unescaped, from: bytes)
    return unescaped
  }

  /// Appends the text without its escapes; a `\` before anything but a `\`, a `"` or an `n` stays.
  func append(to target: inout [UInt8], from bytes: UnsafeBufferPointer<UInt8>) {
    guard hasEscapes else {
      target.append(contentsOf: raw(in: bytes))
      return
    }
    var isEscaped = false
    for byte in raw(in: bytes) {
      guard isEscaped || byte != UInt8(ascii: "\\") else {
        isEscaped = true
        continue
      }
      switch byte {
      case _ where !isEscaped: target.append(byte)
      case UInt8(ascii: "n"): target.append(lineFeed)
      case UInt8(ascii: "\\"), UInt8(ascii: "\""): target.append(byte)
      default: target += [UInt8(ascii: "\\"), byte]
      }
      isEscaped = false
    }
  }

  /// Whether the text is before another in the order of bytes.
  func precedes(_ other: QuotedText, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard hasEscapes || other.hasEscapes else {
      return raw(in: bytes).lexicographicallyPrecedes(other.raw(in: bytes))
    }
    return unescaped(in: bytes).lexicographicallyPrecedes(other.unescaped(in: bytes))
  }
}

/// A label of the sample that is read.
struct LabelPiece {
  var name: QuotedText
  var value: QuotedText
}

extension ExpositionScanner {
  /// Moves over the name of a sample in the braces, `{"a.b", c="d"}`, and the labels.
  mutating func quotedName() throws(ScanFailure) -> QuotedText {
    cursor.offset += 1
    skipBlanks()
    guard current == UInt8(ascii: "\"") else {
      throw cursor.unexpected("a metric name in double quotes")
    }
    let name = try quoted()
    skipBlanks()
    switch current {
    case UInt8(ascii: ","): cursor.offset += 1
    case UInt8(ascii: "}"): break
    default: throw cursor.unexpected("',' or '}' after the name")
    }
    try labelPairs()
    return name
  }

  /// Moves over labels, from after the opening brace to after the closing one.
  ///
  /// A comma may follow the last of them. Afterwards they are in the order of their names.
  mutating func labelPairs() throws(ScanFailure) {
    var isOrdered = true
    skipBlanks()
    while current != UInt8(ascii: "}") {
      let name =
        current == UInt8(ascii: "\"")
        ? try quoted()
        : QuotedText(range: try self.name("a label name", allowsColon: false), hasEscapes: false)
      skipBlanks()
      guard current == UInt8(ascii: "=") else { throw cursor.unexpected("'='") }
      cursor.offset += 1
      skipBlanks()
      guard current == UInt8(ascii: "\"") else {
        throw cursor.unexpected("a label value in double quotes")
      }
      let value = try quoted()
      if let last = labels.last { isOrdered = isOrdered && last.name.precedes(name, in: bytes) }
      labels.append(LabelPiece(name: name, value: value))
      skipBlanks()
      guard current == UInt8(ascii: ",") else { break }
      cursor.offset += 1
      skipBlanks()
    }
    guard current == UInt8(ascii: "}") else { throw cursor.unexpected("',' or '}'") }
    cursor.offset += 1
    if !isOrdered { try order() }
  }

  /// Puts the labels into the order of their names.
  private mutating func order() throws(ScanFailure) {
    let bytes = bytes
    labels.sort { $0.name.precedes($1.name, in: bytes) }
    for (one, other) in zip(labels, labels.dropFirst())
    where !one.name.precedes(other.name, in: bytes) {
      throw ScanFailure(
        reason: "a sample has the same label twice",
        offset: max(one.name.range.lowerBound, other.name.range.lowerBound))
    }
  }

  /// Moves over a text, from its opening quote to after its closing one.
  mutating func quoted() throws(ScanFailure) -> QuotedText {
    cursor.offset += 1
    let start = cursor.offset
    var hasEscapes = false
    while true {
      cursor.skipPlain()
      switch current {
      case UInt8(ascii: "\""):
        cursor.offset += 1
        return QuotedText(range: start..<cursor.offset - 1, hasEscapes: hasEscapes)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        cursor.offset += 1
        switch current {
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "n"): cursor.offset += 1
        case _ where isOpenMetrics && !cursor.isAtEnd && current != lineFeed: break
        default: throw cursor.unexpected("one of \\\"n after a '\\'")
        }
      case 0x80...: try cursor.scalars()
      case lineFeed: throw cursor.unexpected("the closing quote of a text")
      case _ where cursor.isAtEnd: throw cursor.unexpected("the closing quote of a text")
      default: cursor.offset += 1
      }
    }
  }

  /// Refuses a name among the current labels, as Prometheus does.
  @inline(__always)
  func refuseNames() throws(ScanFailure) {
    for label in labels
    where label.name.range.count == 8 && !label.value.range.isEmpty
      && label.name.raw(in: bytes).elementsEqual("__name__".utf8)
    {
      throw ScanFailure(
        reason: "a label must not be named __name__", offset: label.name.range.lowerBound)
    }
  }

  /// Keeps a sample with the current labels.
  mutating func keep(_ index: Int, _ value: Double, at timestamp: Double) {
    let start = exposition.text.count
    for label in labels where !label.value.range.isEmpty {
      for text in [label.name, label.value] {
        text.append(to: &exposition.text, from: bytes)
        exposition.text.append(Exposition.separator)
      }
    }
    exposition.hasFamily[index] = true
    exposition.samples[index].append(
      Exposition.StoredSample(
        value: value, timestamp: timestamp,
        labels: Int32(start)..<Int32(exposition.text.count)))
  }
}
