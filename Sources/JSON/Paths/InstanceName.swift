internal import Text

/// The name of one instance: the keys that the stars of a path matched, joined by `/`.
///
/// A single key is the name itself. Where there are several, a `/` in a key is written `\/` and a `\`
/// is written `\\`, so that different lists of keys have different names. A name longer than 200 bytes
/// is cut at a character boundary and ends in a hash of the full name. However long the keys are, a
/// name takes no more memory than that.
package struct InstanceName {
  static let maximumLength = 200

  private var keys = 0
  private var hasEscapes = false
  private var isCut = false
  /// The first bytes, at most `maximumLength`.
  private var head: [UInt8] = []
  private var digest = FNV1a()

  package init() {}

  package mutating func append(key: some Sequence<UInt8>) {
    if keys > 0 { append(UInt8(ascii: "/")) }
    keys += 1
    for byte in key {
      if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") {
        append(UInt8(ascii: "\\"))
        hasEscapes = true
      }
      append(byte)
    }
  }

  private mutating func append(_ byte: UInt8) {
    digest.combine(byte)
    if head.count < Self.maximumLength { head.append(byte) } else { isCut = true }
  }

  package var text: String {
    guard keys == 1, hasEscapes else { return escaped }
    var name = self
    name.head = []
    var isEscaped = false
    for byte in head {
      isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
      if !isEscaped { name.head.append(byte) }
    }
    return name.escaped
  }

  /// The name as the beginning of longer ones.
  package var escaped: String {
    guard isCut else { return String(decoding: head, as: UTF8.self) }
    let suffix = "…" + digest.hex
    var end = min(head.count - 1, Self.maximumLength - suffix.utf8.count)
    while head[end] & 0xC0 == 0x80 { end -= 1 }
    return String(decoding: head[..<end], as: UTF8.self) + suffix
  }
}

extension String {
  /// This text, cut like the name of an instance if it is as long.
  package var cutAsName: String {
    guard utf8.count > InstanceName.maximumLength else { return self }
    var name = InstanceName()
    name.append(key: utf8)
    return name.text
  }
}
