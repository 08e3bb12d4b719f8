package import HTTP
package import Text

/// Carries HTTP requests and mail.
package protocol Transport: Sendable {
  /// Sends a request within the time that the run has left.
  func response(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse
  /// Passes a mail to a program on its standard input.
  ///
  /// - Returns: how it ended.
  func run(_ program: String, _ arguments: [String], input: [UInt8]) async -> MailEnd
  /// Waits, as for services that allow one request per second; `false` if the run has no time left.
  func pause(_ duration: Duration) async -> Bool
  /// The time now.
  var now: Instant { get }
  /// Whether this machine lacked what a request needs.
  var isLacking: Bool { get }
}

extension Transport {
  package var isLacking: Bool { false }
}
