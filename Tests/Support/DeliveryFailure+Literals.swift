package import AlertEngine

/// A failure for tests that need only its text.
extension DeliveryFailure: ExpressibleByStringLiteral {
  package init(stringLiteral words: String) { self = .setup(words) }
}
