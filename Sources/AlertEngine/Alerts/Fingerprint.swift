/// The stable identity of an alert over runs: FNV-1a 64 over its length-prefixed names.
package struct Fingerprint: Hashable, Sendable {
  package let value: UInt64

  package init(target: String, key: AlertKey) {
    var hash = FNV1a()
    hash.combine(target)
    hash.combine(key.rule)
    if let instance = key.instance { hash.combine(instance) }
    value = hash.value
  }

  /// Sixteen hexadecimal digits.
  package var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
