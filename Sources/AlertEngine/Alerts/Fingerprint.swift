internal import Text

/// The stable identity of an alert over runs: FNV-1a 64 over its length-prefixed names.
package struct Fingerprint: Hashable, Sendable {
  /// Sixteen hexadecimal digits.
  package let text: String

  package init(target: String, key: AlertKey) {
    var hash = FNV1a()
    hash.combine(field: target)
    hash.combine(field: key.rule)
    if let instance = key.instance { hash.combine(field: instance) }
    text = hash.hex
  }
}
