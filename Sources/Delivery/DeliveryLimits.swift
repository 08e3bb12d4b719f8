/// The limits of one request to a receiver.
package enum DeliveryLimits {
  /// What one attempt may take; a run's own deadline may cut it shorter.
  package static let attempt = Duration.seconds(10)
  /// What a mail program may take.
  package static let mail = Duration.seconds(20)
  /// The most bytes of an answer that are read.
  package static let answer = 1 << 20
}
