/// The target of a link that a reader may follow: an https address in which nothing ends the link.
///
/// - Parameter place: an address, or any other text.
/// - Returns: the address in ASCII, percent-encoded where a URL needs it; `nil` if it is not an
///   https address, or is longer than 2,000 bytes.
package func safeLink(_ place: String) -> String? {
  guard place.hasPrefix("https://"), place.utf8.count <= 2_000 else { return nil }
  let hex = Array("0123456789ABCDEF".utf8)
  var address: [UInt8] = []
  for byte in place.utf8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"),
      _ where "-._~:/?#@!$&'()*+,;=%".utf8.contains(byte):
      address.append(byte)
    default: address += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
    }
  }
  return String(decoding: address, as: UTF8.self)
}
