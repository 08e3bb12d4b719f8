@testable import JSON
internal import Testing

@Suite("Duplicate keys in an object")
struct JSONKeysTests {
  /// Different keys of the same length and with the same hash.
  private static let colliding = [
    "collide0hashes_0", "tDDJMuxY6_'DmDRF", "WocOE2Ymd3XVa6Vl", "s6eg5h0g;w!peQZ&",
    "k02mzrGqc@z2~^_{",
  ]

  @Test(
    "A duplicate key is reported at its second occurrence",
    arguments: [
      Refused(#"{"a":1,"a":1}"#, #"duplicate key "a""#, column: 8),
      Refused(#"{"":1,"":1}"#, #"duplicate key """#, column: 7),
      Refused(
        "{\"a\":1,\n \"b\":{\"c\":1},\n \"a\":1,\"b\":2}",
        #"duplicate key "a""#,
        line: 3, column: 2),
      Refused(#"{"a":1,"\u0061":1}"#, #"duplicate key "a""#, column: 8),
      Refused(#"{"\u0061":1,"a":1}"#, #"duplicate key "a""#, column: 13),
      Refused(
        #"{"\/\u00e9":1,"/é":1}"#, #"duplicate key "/\u{00E9}""#, column: 15),
      Refused(
        #"{"\ud83d\uDE00":1,"😀":1}"#, #"duplicate key "\u{0001F600}""#,
        column: 19),
      Refused(
        "{\"\\u001b[2J\":1,\"\\u001B[2J\":1}",
        #"duplicate key "\u{1B}[2J""#, column: 16),
      Refused(
        #"[0,{"x":[{"deep":1,"deep":2}]}]"#, #"duplicate key "deep""#,
        column: 20),
    ])
  func isRefused(document: Refused) { document.check() }

  @Test(
    "A duplicate is found among many keys, and the first of several is named",
    arguments: [3, 16, 17, 500])
  func isFoundAmongMany(count: Int) {
    for (first, second) in [(0, count - 1), (count / 2, count - 1), (0, 1)] {
      var keys = (0..<count).map { "key \($0)" }
      #expect(fault(in: object(keys)) == nil)
      keys[second] = keys[first]
      keys += [keys[second], keys[0]]
      let offset = keys[..<second].map { $0.utf8.count + 5 }.reduce(1, +)
      #expect(fault(in: object(keys))?.offset == offset)
    }
  }

  @Test("Different keys with the same hash are not duplicates", arguments: [0, 30])
  func hashesMayCollide(fillers: Int) {
    let others = (0..<fillers).map { "key \($0)" }
    #expect(fault(in: object(Self.colliding + others)) == nil)
    let escaped = "\\u0063ollide0hashes_0"
    #expect(
      fault(in: object(Self.colliding + others + [escaped]))?.reason.contains("collide0") == true)
  }

  @Test("A long duplicate key is shortened in the message")
  func isNamedInShort() {
    let key = String(repeating: "k", count: 100_000)
    let reason = fault(in: object([key, key]))?.reason
    #expect(reason == "duplicate key \"\(key.prefix(60))\"")
  }

  private func object(_ keys: [String]) -> [UInt8] {
    Array("{\(keys.map { "\"\($0)\":0" }.joined(separator: ","))}".utf8)
  }
}
