/// FNV-1a, 64 bits: a hash that is the same in every run, in every process and on every machine.
package struct FNV1a: Hashable, Sendable {
  package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  package mutating func combine(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
  }

  package mutating func combine(_ text: String) {
    var (text, hash) = (text, self)
    text.withUTF8 { bytes in
      for byte in bytes { hash.combine(byte) }
    }
    self = hash
  }

  /// Adds a text preceded by its length, so that adjacent fields cannot be confused.
  package mutating func combine(field text: String) {
    let length = UInt64(text.utf8.count)
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      combine(UInt8(truncatingIfNeeded: length >> shift))
    }
    combine(text)
  }

  /// Sixteen lowercase hexadecimal digits.
  package var hex: String {
    String(unsafeUninitializedCapacity: 16) { digits in
      for place in 0..<16 {
        let digit = UInt8(truncatingIfNeeded: value >> (60 - 4 * UInt64(place))) & 15
        digits[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
      }
      return 16
    }
  }
}
