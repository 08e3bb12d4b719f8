internal import Text

/// Sends HTTP requests: the worker process in production, a table of responses in tests.
package protocol HTTPClient: Sendable {
  /// Sends `request` once and waits for the complete response. A redirect is a failure; any other
  /// status is a response.
  func response(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse
}

/// A request with its limits.
package struct HTTPRequest: Sendable {
  /// The default limit of a response body: 16 MiB.
  package static let defaultBodyLimit = 16 << 20

  package var method: HTTPMethod
  package var url: HTTPAddress
  package var headers: [HTTPHeader]
  package var body: [UInt8]
  /// For this attempt, from the name lookup to the last byte.
  package var deadline: Duration
  /// The limit of the response body in bytes.
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

/// A request header; names are constants or tokens, since others could inject headers.
package struct HTTPHeader: Sendable {
  package struct Name: Hashable, Sendable {
    package let text: String

    package static let accept = Name(known: "Accept")
    package static let authorization = Name(known: "Authorization")
    package static let contentType = Name(known: "Content-Type")
    package static let idempotencyKey = Name(known: "Idempotency-Key")
    package static let gitHubAPIVersion = Name(known: "X-GitHub-Api-Version")

    private init(known text: String) { self.text = text }

    /// Any other name; `nil` unless it is a token (RFC 9110, section 5.6.2).
    init?(custom text: String) {
      guard isHTTPToken(text) else { return nil }
      self.text = text
    }
  }

  package let name: Name
  package let value: String

  /// A header; an invalid value makes the request fail with `.headerRefused`.
  package init(_ name: Name, _ value: String) {
    self.name = name
    self.value = value
  }

  /// The value without surrounding white space; nil if it is empty or not printable ASCII, since
  /// URLSession silently drops such a header.
  var wireValue: String? {
    let bytes = trimmed(Array(value.utf8))
    let isPrintable = bytes.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x09 }
    return bytes.isEmpty || !isPrintable ? nil : String(decoding: bytes, as: UTF8.self)
  }
}

/// A complete response.
package struct HTTPResponse: Sendable {
  package let status: Int
  package var body: [UInt8]
  /// Whether the body is complete; a snapshot's always is.
  package let isWhole: Bool
  /// From sending the request to the end of the body, as the worker measures it.
  package var elapsed: Duration?
  private let headers: [String: String]

  init(
    status: Int, headers: [String: String] = [:], body: [UInt8] = [], isWhole: Bool = true
  ) {
    self.status = status
    self.body = body
    self.isWhole = isWhole
    self.headers = Dictionary(
      headers.map { name, value in
        (name.lowercased(), String(decoding: trimmed(Array(value.utf8)), as: UTF8.self))
      }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether a retry may succeed.
  package var isTransient: Bool { [408, 425, 429].contains(status) || status >= 500 }

  /// The value of a header without surrounding white space, whatever the case of its name.
  package func header(_ name: String) -> String? { headers[name.lowercased()] }
}
