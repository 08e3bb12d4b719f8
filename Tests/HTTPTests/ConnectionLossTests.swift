@testable import HTTP
internal import Foundation
internal import Testing

@Suite("Connections that end")
struct ConnectionLossTests {
  @Test(
    "However libcurl words it, a lost connection is one closed before a response or during it",
    arguments: [
      "Connection died, tried 5 times before giving up",
      "Recv failure: Connection reset by peer",
      "Recv failure: Connection timed out",
      "Recv failure: Software caused connection abort",
      "Send failure: Broken pipe",
      "Send failure: No route to host",
      "Failure when receiving data from the peer",
      "Failed sending data to the peer",
      "OpenSSL SSL_read: Connection reset by peer, errno 104",
    ])
  func lost(text: String) {
    let error = NSError(
      domain: NSURLErrorDomain, code: URLError.Code.unknown.rawValue,
      userInfo: [NSLocalizedDescriptionKey: text])
    #expect(HTTPFailure(error, inBody: false) == .reset)
    #expect(HTTPFailure(error, inBody: true) == .truncated)
  }
}
