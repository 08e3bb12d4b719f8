internal import Testing
@testable import Text

@Suite("FNV-1a")
struct FingerprintTests {
  @Test(
    "gives the published digests",
    arguments: [
      ("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8"),
    ])
  func givesPublishedDigests(text: String, digest: String) {
    var whole = FNV1a()
    whole.combine(text)
    var bytewise = FNV1a()
    for byte in text.utf8 { bytewise.combine(byte) }
    #expect(whole.hex == digest)
    #expect(bytewise == whole)
  }

  @Test("keeps leading zeros")
  func keepsLeadingZeros() {
    let digests = (0..<512).map { number in
      var digest = FNV1a()
      digest.combine("\(number)")
      return digest.hex
    }
    #expect(digests.contains { $0.hasPrefix("0") })
    #expect(digests.allSatisfy { $0.utf8.count == 16 })
  }
}
