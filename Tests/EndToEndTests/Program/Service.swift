internal import Foundation
internal import OpsAlerts
internal import Synchronization

/// One loopback server that is the endpoint and all services at once, told apart by their paths.
final class Service: Sendable {
  let server: LoopbackServer
  private let state: Mutex<(snapshot: String, status: Int, hangs: Bool)>

  init() throws {
    let state = Mutex((snapshot: Given.good, status: 200, hangs: false))
    self.state = state
    server = try LoopbackServer { request in
      let (snapshot, status, hangs) = state.withLock(\.self)
      if request.path == "/ops/metrics" { return .json(snapshot) }
      if hangs { return .init([.hang]) }
      return status == 200
        ? Self.answer(to: request) : .response(status, body: Array("refused".utf8))
    }
  }

  deinit { server.stop() }

  var base: String { "http://127.0.0.1:\(server.port)" }

  /// The requests to everything but the endpoint.
  var delivered: [LoopbackServer.ReceivedRequest] {
    server.requests.filter { $0.path != "/ops/metrics" }
  }

  func show(_ snapshot: String) { state.withLock { $0.snapshot = snapshot } }

  /// What every service answers from now on.
  func answer(_ status: Int, hangs: Bool = false) {
    state.withLock { ($0.status, $0.hangs) = (status, hangs) }
  }

  private static func answer(to request: LoopbackServer.ReceivedRequest) -> LoopbackServer.Reply {
    switch (request.method, request.path) {
    case ("POST", "/slack"): .response(body: Array("ok".utf8))
    case ("GET", let path) where path.hasPrefix("/gh/repos/o/r/issues?"): .json("[]")
    case ("POST", "/gh/repos/o/r/issues"): .response(201, body: Array(#"{"number": 7}"#.utf8))
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
