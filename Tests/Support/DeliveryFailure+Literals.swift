package import AlertEngine

/// A failure of which a test needs no more than its words.
extension DeliveryFailure: ExpressibleByStringLiteral {
  package init(stringLiteral words: String) { self = .setup(words) }
}
