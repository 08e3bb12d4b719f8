package import AlertEngine
package import Delivery
internal import Foundation
package import HTTP
package import JSON
internal import Synchronization
package import Testing
package import Text

/// Events of one incident, for the receivers of incident systems.
package enum IncidentSample {
  package static let activeAt = Instant(milliseconds: 1_795_255_380_000)  // 2026-11-21T10:03:00Z
  package static let firedAt = activeAt + .seconds(720)
  package static let resolvedAt = firedAt + .seconds(2_220)
  package static let now = firedAt + .seconds(3)

  package static func notification(
    _ event: AlertNotification.Event = .firing, instance: String? = nil, sequence: Int = 0,
    isTest: Bool = false
  ) -> AlertNotification {
    let at =
      switch event {
      case .firing: firedAt
      case .reminder: firedAt + .seconds(14_400 * sequence)
      case .acknowledged: firedAt + .seconds(420)
      case .resolved, .firedAndResolved: resolvedAt
      }
    return AlertNotification(
      event, target: "production", key: AlertKey(rule: "error_rate", instance: instance),
      severity: .critical,
      labels: [
        "service": "legal-api", "environment": "production", "severity": "mild", "alertname": "x",
      ],
      at: at, activeAt: activeAt, firedAt: firedAt, sequence: sequence,
      facts: facts(isOver: event == .resolved || event == .firedAndResolved), isTest: isTest)
  }

  package static func facts(isOver: Bool = false) -> AlertFacts {
    AlertFacts(
      value: isOver ? "0.41 %" : "7.12 %", limit: "> 5 %",
      number: isOver ? 0.0041 : 0.0712, threshold: 0.05, evidence: "12 m, 3 samples",
      sparkline: "▁▂▅▇█", peak: isOver ? "9.1 %" : nil,
      peakAt: isOver ? firedAt + .seconds(540) : nil,
      summary: "Too many requests end in an error", description: "Payments fail for 1 in 14.",
      owner: "@payments", runbook: "docs/release/incident-observability-runbook.md",
      dashboard: "https://grafana.example/d/errors?var=a%20b",
      run: "https://github.example/acme/ops/actions/runs/42")
  }

  package static func message(
    _ notifications: AlertNotification..., at now: Instant = now, form: Message.Form = .full
  ) -> Message {
    Message(notifications, to: "hook", at: now, form: form)
  }

  /// What somebody who controls a metric's key, a summary or a response might try.
  package static let hostileTexts = [
    "@channel @everyone @octocat", "<!here> <!channel> <@U123>", "a `b` ``c`` ```d", "`", "``` ",
    "::error::x", "##[error]x", "\u{1b}[31mred\u{1b}[0m", "a\r\nBcc: evil@example.com\r\n\r\nx",
    "\u{202E}txt.exe\u{2066}", "--><script>alert(1)</script><!--", "#1 GH-1 acme/ops#1",
    "![x](http://evil.example/x.png) [y](javascript:z)", "https://evil.example www.evil.example",
    "\"}],\"status\":\"resolved\"", "\\`@octocat\\`", "\u{0}\u{7}\u{85}\u{2028}",
    "=?utf-8?B?QQ==?=",
    ".\n.\nFrom x", "<!-- ops-alert-eval fp=0000000000000000 event=0 -->",
    String(repeating: "@a#1`<", count: 17_000), " ",
    "e" + String(repeating: "\u{301}", count: 40_000),
  ]

  /// An alert in which every external text is the same hostile text.
  package static func hostile(
    _ text: String, _ event: AlertNotification.Event = .firing
  ) -> AlertNotification {
    var notification = notification(event, instance: text)
    notification.target = text
    notification.labels = ["service": text, "bad name\r\n": text]
    notification.facts = AlertFacts(
      value: text, limit: text, evidence: text, sparkline: text, peak: text, doubt: text,
      ending: text, summary: text, description: text, owner: text, runbook: text,
      dashboard: "https://\(text)", run: "https://a.example/\(text)")
    return notification
  }
}

/// Compares a text with the approved one: `UPDATE_FIXTURES=1 swift test` rewrites them.
package enum IncidentFixture {
  package static func expect(
    _ text: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = Repository.root.appending(path: "Tests/Fixtures/receivers/\(name)")
    if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
      try Data(text.utf8).write(to: file)
    }
    let signedOff = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(text == signedOff, "\(name) has changed", sourceLocation: sourceLocation)
  }

  /// A pretty-printed request body.
  package static func pretty(_ json: [UInt8]) throws -> String {
    var writer = JSONWriter(.pretty)
    write(try JSONNode.parse(json), &writer)
    return String(decoding: writer.bytes, as: UTF8.self) + "\n"
  }

  private static func write(_ node: JSONNode, _ writer: inout JSONWriter) {
    switch node.value {
    case .null: writer.null()
    case .bool(let bool): writer.bool(bool)
    case .number(let number): writer.number(number)
    case .string(let string): writer.string(string)
    case .array(let nodes): writer.array(nodes) { write($1, &$0) }
    case .object(let members):
      writer.object { writer in
        for member in members {
          writer.key(member.key)
          write(member.value, &writer)
        }
      }
    }
  }
}

extension JSONNode {
  /// The member of an object, or nil.
  package subscript(key: String) -> JSONNode? {
    guard case .object(let members) = value else { return nil }
    return members.first { $0.key == key }?.value
  }

  package var text: String? {
    guard case .string(let text) = value else { return nil }
    return text
  }

  package var elements: [JSONNode] {
    guard case .array(let nodes) = value else { return [] }
    return nodes
  }

  /// The members of an object of strings.
  package var texts: [String: String] {
    guard case .object(let members) = value else { return [:] }
    return Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value.text ?? "") })
  }

  /// Every text in it, including keys.
  package var allTexts: [String] {
    switch value {
    case .null, .bool, .number: []
    case .string(let text): [text]
    case .array(let nodes): nodes.flatMap(\.allTexts)
    case .object(let members): members.flatMap { [$0.key] + $0.value.allTexts }
    }
  }
}

/// A transport with scripted responses, on a clock that only pauses advance.
package final class ScriptedTransport: Transport {
  package typealias Response = Result<HTTPResponse, HTTPFailure>

  private struct State {
    var responses: [Response]
    var asked: [HTTPRequest] = []
    var mails: [[UInt8]] = []
    var pauses: [Duration] = []
    var time: Instant
  }

  private let state: Mutex<State>
  private let mailEnd: MailEnd
  private let pausesLeft: Int

  package init(
    _ responses: [Response] = [], mailEnd: MailEnd = .exited(0), pausesLeft: Int = .max,
    at time: Instant = IncidentSample.now
  ) {
    state = Mutex(State(responses: responses, time: time))
    self.mailEnd = mailEnd
    self.pausesLeft = pausesLeft
  }

  package var asked: [HTTPRequest] { state.withLock { $0.asked } }
  package var mails: [[UInt8]] { state.withLock { $0.mails } }
  package var pauses: [Duration] { state.withLock { $0.pauses } }
  package var responsesLeft: Int { state.withLock { $0.responses.count } }
  package var now: Instant { state.withLock { $0.time } }

  package func response(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let response = state.withLock { state in
      state.asked.append(request)
      return state.responses.isEmpty ? .failure(.cancelled) : state.responses.removeFirst()
    }
    return try response.get()
  }

  package func run(_ program: String, _ arguments: [String], input: [UInt8]) async -> MailEnd {
    state.withLock { $0.mails.append(input) }
    return mailEnd
  }

  package func pause(_ duration: Duration) async -> Bool {
    state.withLock { state in
      guard state.pauses.count < pausesLeft else { return false }
      state.pauses.append(duration)
      state.time = state.time + duration
      return true
    }
  }
}
