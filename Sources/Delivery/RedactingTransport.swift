internal import HTTP
internal import Text

/// A transport that redacts responses.
///
/// Failures quote the beginning of a response. If it were cut first and redacted afterwards, half
/// of a secret could remain at the cut.
struct RedactingTransport: Transport {
  /// How much of a response is redacted, in bytes; far less is ever quoted.
  static let searchedBytes = 16 << 10

  let transport: any Transport
  /// Whether 2xx responses stay as they are, to be read and not quoted.
  var sparesTaken = false
  /// Removes every secret from a text.
  let redact: @Sendable (String) -> String

  var now: Instant { transport.now }

  func response(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    var response = try await transport.response(to: request)
    guard !sparesTaken || !(200...299).contains(response.status) else { return response }
    let begin = String(decoding: response.body.prefix(Self.searchedBytes), as: UTF8.self)
    let redacted = redact(begin)
    if redacted != begin {
      response.body = Array(redacted.utf8) + response.body.dropFirst(Self.searchedBytes)
    }
    return response
  }

  func run(_ program: String, _ arguments: [String], input: [UInt8]) async -> MailEnd {
    await transport.run(program, arguments, input: input)
  }

  func pause(_ duration: Duration) async -> Bool { await transport.pause(duration) }
}
