/// The head of a request to the worker: one line of JSON, followed by `bodyCount` raw bytes.
struct RequestHead: Codable {
  let id: Int
  let method: HTTPMethod
  let url: String
  let headers: [String: String]
  let deadline: Duration
  let bodyLimit: Int
  let bodyCount: Int

  /// - Throws: `.headerRefused` for a header with an invalid value.
  init(_ request: HTTPRequest, id: Int) throws(HTTPFailure) {
    var headers: [String: String] = [:]
    for header in request.headers {
      guard let value = header.wireValue else {
        throw .headerRefused(name: header.name.text)
      }
      headers[header.name.text] = value
    }
    self.id = id
    method = request.method
    url = request.url.requestURL
    self.headers = headers
    deadline = min(max(request.deadline, .zero), Self.longestDeadline)
    bodyLimit = request.bodyLimit
    bodyCount = request.body.count
  }

  /// Timers overflow somewhere beyond this.
  private static let longestDeadline: Duration = .seconds(86_400)
}

/// The head of a reply.
struct ReplyHead: Codable {
  enum Outcome: Codable {
    /// `isWhole`: whether the body is complete. `elapsed`: since the request was sent.
    case response(status: Int, headers: [String: String], isWhole: Bool, elapsed: Duration)
    case failure(HTTPFailure)
  }

  let id: Int
  let outcome: Outcome
  let bodyCount: Int
}
