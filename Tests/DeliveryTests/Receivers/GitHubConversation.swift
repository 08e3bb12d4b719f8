@testable import AlertEngine
@testable import Delivery
@testable import HTTP
@testable import JSON
internal import TestSupport

/// A conversation with GitHub's issues, request by request.
struct GitHubConversation: CustomStringConvertible {
  /// Requests such as `GET page 1` or `PATCH /7 open`, and GitHub's responses.
  typealias Exchange = (asked: String, response: ScriptedTransport.Response)

  let description: String
  let notification: AlertNotification
  var reference: String?
  var pausesLeft = Int.max
  let exchanges: [Exchange]
  let outcome: DeliveryOutcome

  static let base = "https://api.github.example/repos/acme/ops/issues"
  static let alert = IncidentSample.notification()

  static func receiver(labels: [String] = ["ops alert"]) throws -> GitHubReceiver {
    GitHubReceiver(
      try GitHubAPI(
        base: try HTTPAddress("https://api.github.example"), repository: "acme/ops",
        token: HTTPHeader(.authorization, "Bearer gh"), labels: labels))
  }

  /// A request in short.
  static func name(_ request: HTTPRequest) throws -> String {
    for page in 1...11 {
      let query = "?state=open&labels=ops%20alert&per_page=100&page=\(page)"
      if request.url == (try HTTPAddress(base + query)) {
        return "\(request.method.rawValue) page \(page)"
      }
    }
    if request.url == (try HTTPAddress("https://api.github.example/graphql")) {
      let query = try JSONNode.parse(request.body)["query"]?.text ?? ""
      let numbers = query.matches(of: /issue\(number: (\d+)\)/).map { String($0.1) }
      return "\(request.method.rawValue) authors of \(numbers.joined(separator: ", "))"
    }
    let state = (try? JSONNode.parse(request.body))?["state"]?.text.map { " \($0)" } ?? ""
    let path = request.url.display.dropFirst(base.count)
    return "\(request.method.rawValue) \(path.isEmpty ? "/" : path)\(state)"
  }

  // GitHub's responses.

  static func response(
    _ status: Int, _ body: String = "{}", _ headers: [String: String] = [:]
  ) -> ScriptedTransport.Response {
    .success(HTTPResponse(status: status, headers: headers, body: Array(body.utf8)))
  }

  /// An issue as GitHub shows it; of the alert, unless another body is given.
  static func issue(
    _ number: Int, _ state: String = "open", body: String? = nil, isPullRequest: Bool = false,
    openedBy event: String = "0123456789abcdef"
  ) -> String {
    let words = "Somebody's words\r\n\r\n\(marker(of: alert, openedBy: event))\r\n"
    let issue: JSONText = [
      "number": .integer(number), "state": .string(state), "body": .string(body ?? words),
      "pull_request": isPullRequest ? [:] : .omitted,
    ]
    return String(decoding: issue.encoded(.compact), as: UTF8.self)
  }

  static func list(_ issues: String..., hasNext: Bool = false) -> ScriptedTransport.Response {
    let next = #"<https://elsewhere.example/?page=9>; rel="next", <x>; rel="last""#
    return response(200, "[\(issues.joined(separator: ","))]", hasNext ? ["Link": next] : [:])
  }

  /// Who wrote some issues: the token's account, or somebody else.
  static func authors(_ own: Int..., others: Int...) -> ScriptedTransport.Response {
    let issues = own.map { ($0, true) } + others.map { ($0, false) }
    let members = issues.map { #""i\#($0)": {"viewerDidAuthor": \#($1)}"# }
    return response(200, #"{"data": {"repository": {\#(members.joined(separator: ", "))}}}"#)
  }

  static func marker(of notification: AlertNotification, openedBy event: String) -> String {
    "<!-- ops-alert-eval fp=\(notification.fingerprint.text) event=\(event) -->"
  }
}
