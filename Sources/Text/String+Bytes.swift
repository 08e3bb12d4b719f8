extension String {
  /// The text with every occurrence of a part replaced, compared byte by byte.
  ///
  /// `replacing` compares characters: it does not find a `|` that is followed by a combining mark,
  /// but programs that read the text byte by byte do.
  package func replacingBytes(_ part: String, with other: String) -> String {
    let part = Array(part.utf8)
    let text = Array(utf8)
    guard let first = part.first, text.contains(first) else { return self }
    var bytes: [UInt8] = []
    var place = 0
    while place < text.count {
      let rest = text[place...]
      if text[place] == first, rest.starts(with: part) {
        bytes += other.utf8
        place += part.count
      } else {
        bytes.append(text[place])
        place += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The parts between the occurrences of an ASCII character, empty ones too.
  ///
  /// `split` compares characters: it does not find a `/` that is followed by a combining mark.
  package func parts(at separator: Unicode.Scalar, maxSplits: Int = .max) -> [String] {
    unicodeScalars.split(
      separator: separator, maxSplits: maxSplits, omittingEmptySubsequences: false
    )
    .map { String($0) }
  }
}
