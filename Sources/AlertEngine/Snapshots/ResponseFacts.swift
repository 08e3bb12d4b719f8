/// What is known about the response that carried a snapshot, besides its body.
///
/// A fact is `nil` if it was not recorded: neither a saved snapshot nor a line of an
/// older recording has any.
package struct ResponseFacts: Hashable, Sendable {
  /// The status code of the final response (RFC 9110, section 15), 200 to 599.
  package var status: Int?
  /// From sending the request to the end of the body, to the millisecond.
  package var seconds: Double?
  /// The size of the body.
  package var bytes: Int?

  package init(status: Int? = nil, seconds: Double? = nil, bytes: Int? = nil) {
    self.status = status
    self.seconds = seconds
    self.bytes = bytes
  }
}
