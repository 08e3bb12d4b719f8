internal import Foundation
@testable import HTTP
internal import Synchronization

/// One loopback server that is the endpoint and all services, each at its own path.
final class Service: Sendable {
  private final class State: Sendable {
    let answers = Mutex((snapshot: Given.good, status: 200, hangs: false))
    /// The issue opened last, as requested.
    let issue = Mutex("{}")
  }

  let server: LoopbackServer
  private let state: State

  init() throws {
    let state = State()
    self.state = state
    server = try LoopbackServer { request in
      let (snapshot, status, hangs) = state.answers.withLock(\.self)
      if request.path == "/ops/metrics" { return .json(snapshot) }
      if hangs { return .init([.hang]) }
      guard status == 200 else { return .response(status, body: Array("refused".utf8)) }
      if request.method == "POST", request.path == "/gh/repos/o/r/issues" {
        state.issue.withLock { $0 = String(decoding: request.body, as: UTF8.self) }
      }
      return Self.answer(to: request, issue: state.issue.withLock(\.self))
    }
  }

  deinit { server.stop() }

  var base: String { "http://127.0.0.1:\(server.port)" }

  /// The requests to everything but the endpoint.
  var delivered: [LoopbackServer.ReceivedRequest] {
    server.requests.filter { $0.path != "/ops/metrics" }
  }

  func show(_ snapshot: String) { state.answers.withLock { $0.snapshot = snapshot } }

  /// Sets the response of every service from now on.
  func answer(_ status: Int, hangs: Bool = false) {
    state.answers.withLock { ($0.status, $0.hangs) = (status, hangs) }
  }

  private static func answer(
    to request: LoopbackServer.ReceivedRequest, issue: String
  ) -> LoopbackServer.Reply {
    switch (request.method, request.path) {
    case ("POST", "/slack"): .response(body: Array("ok".utf8))
    case ("POST", let path) where path.hasSuffix("/v2/enqueue"):
      .response(202, body: Array(#"{"status": "success"}"#.utf8))
    case ("POST", "/ntfy"): .json(#"{"id": "1", "title": "a title"}"#)
    case ("POST", let path) where path.hasPrefix("/discord"): .json(#"{"id": "1"}"#)
    case ("GET", let path) where path.hasPrefix("/gh/repos/o/r/issues?"): .json("[]")
    case ("POST", "/gh/repos/o/r/issues"): .response(201, body: Array(#"{"number": 7}"#.utf8))
    case ("GET", "/gh/repos/o/r/issues/7"):
      .json(#"{"number": 7, "state": "open", "# + issue.dropFirst())
    case ("POST", let path) where path.hasPrefix("/gh"): .response(201, body: Array("{}".utf8))
    default: .json("{}")
    }
  }
}

extension Given {
  /// All kinds of receivers, each with the variable that it reads.
  static let receivers = [
    "webhook": #""url_env": "U_WEBHOOK""#, "alertmanager": #""url_env": "U_ALERTMANAGER""#,
    "slack": #""url_env": "U_SLACK""#, "teams": #""url_env": "U_TEAMS""#,
    "discord": #""url_env": "U_DISCORD""#, "ntfy": #""url_env": "U_NTFY", "topic_env": "TOPIC""#,
    "pagerduty": #""url_env": "U_PAGERDUTY", "routing_key_env": "ROUTING_KEY""#,
    "github": #""url_env": "U_GH", "repository_env": "REPOSITORY", "token_env": "TOKEN""#,
  ]

  /// What the tests look for in every output and file.
  static let secrets = [
    "TOPIC": "ops-topic-5c0ffee5ecret", "ROUTING_KEY": "r0ut1ngkey5ecretr0ut1ngkey5ecret",
    "TOKEN": "ghs_t0ken5ecrett0ken5ecret",
  ]

  /// The variables of the receivers, all on one server.
  static func variables(at base: String) -> [String: String] {
    let paths = [
      "WEBHOOK": "hook", "ALERTMANAGER": "am", "SLACK": "slack", "TEAMS": "teams",
      "DISCORD": "discord", "NTFY": "ntfy", "PAGERDUTY": "pd", "GH": "gh",
    ]
    let urls = paths.map { ("U_\($0)", "\(base)/\($1)") }
    return secrets.merging(urls + [("REPOSITORY", "o/r")]) { $1 }
  }

  /// A rule that fires at once, and these kinds of receivers, each named after its kind.
  static func delivering(to kinds: [String], more: String = "") -> String {
    let list = kinds.map { kind in
      #"{"name": "\#(kind)", "type": "\#(kind)", \#(receivers[kind] ?? more)}"#
    }
    return configuration(
      durationMinutes: 0, more: #", "receivers": [\#(list.joined(separator: ", "))]"#)
  }
}
