/// Whether a text is a token of HTTP, such as a header's name (RFC 9110, section 5.6.2).
package func isHTTPToken(_ text: String) -> Bool {
  !text.isEmpty
    && text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      case _: "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
    }
}
