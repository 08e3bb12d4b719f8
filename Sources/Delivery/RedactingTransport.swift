package import HTTP
package import Text

/// A way to a service whose answers hold no secrets any more.
///
/// A reason quotes the begin of an answer: cut first and redacted then, it would show the first half
/// of a secret that the cut went through.
package struct RedactingTransport: Transport {
  /// So much of an answer is searched, in bytes: far more than is ever quoted of it.
  package static let searchedBytes = 16 << 10

  private let transport: any Transport
  private let sparesTaken: Bool
  private let redact: @Sendable (String) -> String

  /// The same way, its answers redacted.
  ///
  /// - Parameters:
  ///   - transport: the way itself.
  ///   - sparesTaken: whether answers of 2xx stay as they are, to be read and not quoted.
  ///   - redact: takes every secret out of a text.
  package init(
    _ transport: any Transport, sparesTaken: Bool = false,
    redact: @escaping @Sendable (String) -> String
  ) {
    self.transport = transport
    self.sparesTaken = sparesTaken
    self.redact = redact
  }

  package var now: Instant { transport.now }

  package func response(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    var response = try await transport.response(to: request)
    guard !sparesTaken || !(200...299).contains(response.status) else { return response }
    let begin = String(decoding: response.body.prefix(Self.searchedBytes), as: UTF8.self)
    let redacted = redact(begin)
    if redacted != begin {
      response.body = Array(redacted.utf8) + response.body.dropFirst(Self.searchedBytes)
    }
    return response
  }

  package func run(
    _ program: String, _ arguments: [String], input: [UInt8]
  ) async -> Int32? {
    await transport.run(program, arguments, input: input)
  }

  package func pause(_ duration: Duration) async -> Bool { await transport.pause(duration) }
}
