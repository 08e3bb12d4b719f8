/// The heads of what parent and worker say to each other: one line of JSON, followed by
/// `bodyCount` raw bytes.
struct RequestHead: Codable {
  let id: Int
  let method: HTTPMethod
  let url: String
  let headers: [String: String]
  let deadline: Duration
  let bodyLimit: Int
  let bodyCount: Int

  /// The head for a request that has been found to be in order.
  ///
  /// - Throws: `.headerRefused` for a header with a value that cannot travel.
  init(_ request: HTTPRequest, id: Int) throws(HTTPFailure) {
    var headers: [String: String] = [:]
    for header in request.headers {
      guard let value = header.wireValue else {
        throw .headerRefused(name: header.name.rawValue)
      }
      headers[header.name.rawValue] = value
    }
    self.id = id
    method = request.method
    url = request.url.requestURL
    self.headers = headers
    deadline = min(max(request.deadline, .zero), Self.longestDeadline)
    bodyLimit = request.bodyLimit
    bodyCount = request.body.count
  }

  /// Timers overflow somewhere beyond this; nobody waits a day for a request.
  private static let longestDeadline: Duration = .seconds(86_400)
}

/// The head of an answer.
struct ReplyHead: Codable {
  enum Outcome: Codable {
    /// `isWhole`: whether the body is all that the server said.
    case response(status: Int, headers: [String: String], isWhole: Bool)
    case failure(HTTPFailure)
  }

  let id: Int
  let outcome: Outcome
  let bodyCount: Int
}
