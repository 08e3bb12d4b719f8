extension String {
  /// The text with each occurrence of a part replaced, whatever follows it.
  ///
  /// `replacing` compares characters: to it a `|` with a combining mark behind it is no `|`, while
  /// those who read the text byte by byte see one.
  func replacingBytes(_ part: String, with other: String) -> String {
    let bytes = Array(utf8).replacing(Array(part.utf8), with: Array(other.utf8))
    return String(decoding: bytes, as: UTF8.self)
  }
}
