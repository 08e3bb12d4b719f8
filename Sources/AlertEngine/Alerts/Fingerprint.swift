internal import Text

/// The permanent identifier of an alert: the 64-bit FNV-1a hash of its length-prefixed names.
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
