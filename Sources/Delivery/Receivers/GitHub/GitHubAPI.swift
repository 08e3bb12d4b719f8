internal import AlertEngine
internal import HTTP
internal import JSON
internal import Text

/// Requests to GitHub's issues API, and what its responses mean.
struct GitHubAPI: Sendable {
  static let defaultBase = "https://api.github.com"
  private static let perPage = 100
  static let mostPages = 10

  private let issues: HTTPAddress
  private let graphQL: HTTPAddress
  private let repository: (owner: Substring, name: Substring)
  private let token: HTTPHeader
  /// Percent-encoded.
  private let label: String?
  let labels: [String]

  /// The issues of one repository.
  ///
  /// - Parameters:
  ///   - base: the address of the API.
  ///   - repository: `owner/name`.
  ///   - token: of a user who may write issues.
  ///   - labels: those of new issues; they are found by the first.
  /// - Throws: a mistake if the repository's name is invalid.
  init(
    base: HTTPAddress, repository: String, token: HTTPHeader, labels: [String]
  ) throws(ReceiverMistake) {
    let parts = repository.split(separator: "/", omittingEmptySubsequences: false)
    let isName: (Substring) -> Bool = { part in
      (1...100).contains(part.utf8.count) && part != "." && part != ".."
        && part.utf8.allSatisfy { $0.isUnreserved && $0 != UInt8(ascii: "~") }
    }
    guard parts.count == 2, parts.allSatisfy(isName) else {
      throw ReceiverMistake("the repository must have the form owner/name")
    }
    issues = base.appending(path: "/repos/\(repository)/issues")
    graphQL = base.replacing(pathSuffix: "/v3", with: "").appending(path: "/graphql")
    self.repository = (parts[0], parts[1])
    self.token = token
    self.labels = labels
    label = labels.first?.percentEncoded()
  }

  func issue(_ number: Int) -> HTTPRequest { request(.get, at: "/\(number)") }

  /// A page of the open issues that have the label, the newest first.
  ///
  /// - Parameter number: 1 for the first.
  /// - Returns: the request; the response may be long, since it contains every issue's text.
  func page(_ number: Int) -> HTTPRequest {
    list(label.map { ["labels=\($0)"] } ?? [], page: number)
  }

  /// The label by which people acknowledge an alert.
  static let acknowledgedLabel = "acknowledged"

  /// The open issues with that label and the first of new issues; more than a page is not expected.
  var acknowledged: HTTPRequest {
    list(["labels=" + (label.map { "\($0)," } ?? "") + Self.acknowledgedLabel], page: 1)
  }

  private func list(_ labels: [String], page number: Int) -> HTTPRequest {
    let query = ["state=open"] + labels + ["per_page=\(Self.perPage)", "page=\(number)"]
    var request = request(.get, at: "")
    request.url = query.reduce(request.url) { $0.adding(query: $1) }
    request.bodyLimit = HTTPRequest.defaultBodyLimit
    return request
  }

  /// Asks which issues the token's account wrote; an Actions token cannot ask who it is.
  func authorship(of numbers: [Int]) -> HTTPRequest {
    let issues = numbers.map { "i\($0): issue(number: \($0)) { viewerDidAuthor }" }
    let place = #"owner: "\#(repository.owner)", name: "\#(repository.name)""#
    let query = "query { repository(\(place)) { \(issues.joined(separator: " ")) } }"
    return request(.post, to: graphQL, ["query": .string(query)])
  }

  func opening(title: String, body: String, labels: [String]) -> HTTPRequest {
    request(
      .post, at: "",
      [
        "title": .string(title), "body": .string(body),
        "labels": labels.isEmpty ? .omitted : .array(labels) { .string($0) },
      ])
  }

  /// A comment on an issue, given by its number, or a placeholder in a preview.
  func comment(_ body: String, on issue: some CustomStringConvertible) -> HTTPRequest {
    request(.post, at: "/\(issue)/comments", ["body": .string(body)])
  }

  func closing(_ issue: some CustomStringConvertible) -> HTTPRequest {
    request(.patch, at: "/\(issue)", ["state": "closed", "state_reason": "completed"])
  }

  /// Reopens an issue.
  ///
  /// - Parameters:
  ///   - issue: its number, or a placeholder in a preview.
  ///   - labels: its labels from now on; `nil` to keep them.
  /// - Returns: the request.
  func reopening(
    _ issue: some CustomStringConvertible, labels: [String]? = nil
  ) -> HTTPRequest {
    request(
      .patch, at: "/\(issue)",
      ["state": "open", "labels": labels.map { .array($0) { .string($0) } } ?? .omitted])
  }

  private func request(
    _ method: HTTPMethod, at path: String, _ body: JSONText? = nil
  ) -> HTTPRequest {
    request(method, to: path.isEmpty ? issues : issues.appending(path: path), body)
  }

  private func request(
    _ method: HTTPMethod, to address: HTTPAddress, _ body: JSONText?
  ) -> HTTPRequest {
    let headers = [
      HTTPHeader(.accept, "application/vnd.github+json"),
      HTTPHeader(.gitHubAPIVersion, "2022-11-28"), token,
    ]
    return HTTPRequest(
      method, address,
      headers: headers + (body == nil ? [] : [HTTPHeader(.contentType, "application/json")]),
      body: body?.encoded(.compact) ?? [], deadline: DeliveryLimits.attempt,
      bodyLimit: DeliveryLimits.responseBytes)
  }
}

extension DeliveryOutcome {
  /// The outcome by GitHub's response, which is 403 for rate limits, too.
  ///
  /// - Parameters:
  ///   - response: the whole response.
  ///   - now: when it arrived.
  init(gitHub response: HTTPResponse, at now: Instant) {
    guard response.status == 403 || response.status == 429 else {
      self = DeliveryOutcome(status: response, at: now)
      return
    }
    guard let pause = response.gitHubPause(at: now) else {
      self = .broken(reason: response.reason)
      return
    }
    self = .transient(TransientFailure(reason: response.reason, retryAfter: pause))
  }
}

extension HTTPResponse {
  /// How long a rate limit asks to wait; `nil` if the response is about something else.
  fileprivate func gitHubPause(at now: Instant) -> Duration? {
    let minute = Duration.seconds(60)
    if let asked = retryAfter(at: now) { return asked }
    if header("X-RateLimit-Remaining") == "0" {
      guard let reset = header("X-RateLimit-Reset").flatMap({ Int64($0) }),
        (0...253_402_300_799).contains(reset)
      else { return minute }
      return max(.seconds(1), Instant(milliseconds: reset * 1_000) - now)
    }
    let isLimit = status == 429 || text.lowercased().contains("secondary rate limit")
    return isLimit ? minute : nil
  }

  /// Whether a refusal is only about this issue, which was locked, deleted or moved.
  var isAboutOneIssue: Bool {
    [404, 410].contains(status) || status == 403 && text.lowercased().contains("issue is locked")
  }

  /// Whether a list has another page after this one.
  var hasNextPage: Bool { header("Link")?.contains("rel=\"next\"") == true }
}
