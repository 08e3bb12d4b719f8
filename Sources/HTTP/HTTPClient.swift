/// Whoever answers HTTP requests: the worker process in life, a table of answers in tests.
package protocol HTTPClient: Sendable {
  /// Sends `request` once and waits for its whole answer; every status from 200 to 299 and from
  /// 400 up is an answer, a redirect is a failure.
  func response(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse
}

/// One request with the limits it is held to.
package struct HTTPRequest: Sendable {
  /// What a body may hold when a request does not say otherwise: 16 MiB.
  package static let defaultBodyLimit = 16 << 20

  package var method: HTTPMethod
  package var url: HTTPAddress
  package var headers: [HTTPHeader]
  package var body: [UInt8]
  /// How long this one attempt may take, from the name look-up to the last byte.
  package var deadline: Duration
  /// The most bytes of answer that are read.
  package var bodyLimit: Int

  package init(
    _ method: HTTPMethod = .get, _ url: HTTPAddress, headers: [HTTPHeader] = [],
    body: [UInt8] = [], deadline: Duration, bodyLimit: Int = HTTPRequest.defaultBodyLimit
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.deadline = deadline
    self.bodyLimit = bodyLimit
  }
}

/// The methods that this program uses.
package enum HTTPMethod: String, Codable, Sendable {
  case get = "GET"
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
}

/// A request header; its name is a constant, because names could smuggle further headers.
package struct HTTPHeader: Sendable {
  /// The headers that this program sends.
  package enum Name: String, CaseIterable, Sendable {
    case accept = "Accept"
    case authorization = "Authorization"
    case contentType = "Content-Type"
    case idempotencyKey = "Idempotency-Key"
    case gitHubAPIVersion = "X-GitHub-Api-Version"
  }

  package let name: Name
  package let value: String

  /// A header; a value that cannot travel makes the request fail with `.headerRefused`.
  package init(_ name: Name, _ value: String) {
    self.name = name
    self.value = value
  }

  /// The value without surrounding blanks, or nil if it is empty or has anything but printable
  /// ASCII and blanks: URLSession would drop such a header without a word.
  var wireValue: String? {
    let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
    let bytes = Array(value.utf8)
    guard
      let first = bytes.firstIndex(where: { !blanks.contains($0) }),
      let last = bytes.lastIndex(where: { !blanks.contains($0) })
    else { return nil }
    let trimmed = bytes[first...last]
    guard trimmed.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else { return nil }
    return String(decoding: trimmed, as: UTF8.self)
  }
}

/// A whole answer.
package struct HTTPResponse: Sendable {
  package let status: Int
  package var body: [UInt8]
  /// Whether the body is all that the server said; always so where something was asked for.
  package let isWhole: Bool
  private let headers: [String: String]

  package init(
    status: Int, headers: [String: String] = [:], body: [UInt8] = [], isWhole: Bool = true
  ) {
    self.status = status
    self.body = body
    self.isWhole = isWhole
    self.headers = Dictionary(
      headers.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether the same request may well succeed a little later.
  package var isTransient: Bool { [408, 425, 429].contains(status) || status >= 500 }

  /// The value of a header, whatever the case of its name.
  package func header(_ name: String) -> String? { headers[name.lowercased()] }
}
