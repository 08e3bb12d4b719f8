@testable import AlertEngine
@testable import Delivery
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("What confirms a message")
struct ConfirmationTests {
  private static let now = IncidentSample.now
  private static let pages = [
    "<!DOCTYPE html>\n<title>Sign in</title>", "<html lang=en>", "<HTML>",
    "\u{FEFF}\r\n <!doctype HTML>",
  ]
  private static let others = [
    "", "ok", "<b>ok</b>", #"{"html": "<html>"}"#, "<?xml version=\"1.0\"?>", "<!doctype note>",
    "html",
  ]

  private static func hook(acceptsHTML: Bool = false) throws -> WebhookReceiver {
    WebhookReceiver(
      url: try HTTPAddress("https://hook.example/"), authorization: [], acceptsHTML: acceptsHTML)
  }

  @Test("A page confirms nothing to a webhook, whatever its type, unless the configuration says so")
  func webhook() throws {
    for page in Self.pages {
      for type in ["text/html", "application/json"] {
        let response = HTTPResponse(
          status: 200, headers: ["Content-Type": type], body: Array(page.utf8))
        let outcome = try Self.hook().outcome(of: response, at: Self.now)
        #expect(outcome == .unconfirmed(reason: .webPage(status: 200)), "\(page)")
        #expect(
          try Self.hook(acceptsHTML: true).outcome(of: response, at: Self.now).word == "delivered")
      }
    }
    for body in Self.others {
      let response = HTTPResponse(
        status: 200, headers: ["Content-Type": "text/html"], body: Array(body.utf8))
      #expect(try Self.hook().outcome(of: response, at: Self.now).word == "delivered", "\(body)")
    }
  }

  @Test("A page that is cut off is still a page")
  func cutOff() async throws {
    for (body, word) in [(Self.pages[0], "unconfirmed"), ("{\"half\":", "delivered")] {
      let transport = ScriptedTransport([
        .success(HTTPResponse(status: 200, body: Array(body.utf8), isWhole: false))
      ])
      let outcome = try await Self.hook().deliver(
        IncidentSample.message(IncidentSample.notification()), reference: nil, over: transport)
      #expect(outcome.word == word)
    }
  }

  @Test("A page in place of its own response means that a service is broken")
  func services() throws {
    let url = try HTTPAddress("https://service.example/")
    let receivers: [any RequestReceiver] = [
      SlackReceiver(url: url, mention: nil), TeamsReceiver(url: url),
      DiscordReceiver(url: url, mention: nil), PagerDutyReceiver(base: url, routingKey: "key"),
      AlertmanagerReceiver(base: url, authorization: [], expires: .seconds(60)),
      try NtfyReceiver(url: url, topic: "t", authorization: []),
    ]
    for receiver in receivers {
      for status in [200, 202] {
        let response = HTTPResponse(status: status, body: Array(Self.pages[0].utf8))
        #expect(receiver.outcome(of: response, at: Self.now).word == "broken", "\(receiver)")
      }
    }
  }

  @Test(
    "A response that cannot be read confirms nothing, and the reason continues a sentence",
    arguments: [
      HTTPFailure.unreadableHead(detail: ""), .headersTooLarge, .notHTTP,
      .tooLarge(limit: 9), .encoded("gzip"), .workerDied(signal: 4),
    ])
  func unreadable(failure: HTTPFailure) {
    guard case .unconfirmed(let reason) = DeliveryOutcome(failure) else {
      Issue.record("\(DeliveryOutcome(failure))")
      return
    }
    #expect(reason.words.hasPrefix("the response"), "after 'it may have arrived, but'")
  }

  @Test(
    "A proxy that cannot be used is named, and nothing was sent",
    arguments: [
      (HTTPFailure.proxy(ProxyFailure(.refused, of: "http_proxy")), "connect to"),
      (.proxy(ProxyFailure(.notResolved, of: "http_proxy")), "resolve the name of"),
    ])
  func proxy(failure: HTTPFailure, problem: String) {
    let words =
      "cannot \(problem) the proxy in http_proxy: is it up, or should no_proxy name the host?"
    #expect(
      DeliveryOutcome(failure)
        == .transient(
          TransientFailure(reason: .noResponse(words), mayHaveArrived: false, isUnreachable: true)))
  }
}
