/// An IPv4 address in its plain form of four decimal numbers.
struct IPv4Address: Equatable {
  let bits: UInt32

  /// Nil for anything but four numbers from 0 to 255 without leading zeros.
  init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard let byte = UInt8(part), String(byte) == part else { return nil }
      bits = bits << 8 | UInt32(byte)
    }
    self.bits = bits
  }

  var isLoopback: Bool { bits >> 24 == 127 }

  /// Whether the first `count` bits are those of `other`; `count` is from 1 to 32.
  func shares(first count: Int, bitsWith other: IPv4Address) -> Bool {
    (bits ^ other.bits) >> UInt32(32 - count) == 0
  }
}
