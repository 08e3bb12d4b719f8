/// The limits of one request to a receiver.
package enum DeliveryLimits {
  /// The time for one attempt; the run's deadline may shorten it.
  package static let attempt = Duration.seconds(10)
  /// The time for a mail program.
  static let mail = Duration.seconds(20)
  /// The most bytes of a response that are read.
  package static let responseBytes = 1 << 20
}
