extension String {
  /// The text with every byte escaped that a part of a URL might not allow.
  func percentEncoded() -> String {
    utf8.map { byte in
      if byte.isUnreserved { return String(Unicode.Scalar(byte)) }
      let digits = String(byte, radix: 16, uppercase: true)
      return (byte < 16 ? "%0" : "%") + digits
    }.joined()
  }
}

extension UInt8 {
  /// Whether RFC 3986 allows the byte unescaped everywhere.
  var isUnreserved: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
    default: false
    }
  }
}
