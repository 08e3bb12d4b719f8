@testable import AlertEngine
@testable import Delivery
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("GitHub issues")
struct GitHubReceiverTests {
  private typealias Conversation = GitHubConversation

  private static let created = Conversation.response(201, Conversation.issue(12))
  private static let done = Conversation.response(200)
  private static let commented = Conversation.response(201)
  private static let locked = Conversation.response(
    403, "Unable to create comment because issue is locked.")
  private static let resolved = IncidentSample.notification(.resolved)
  private static let reminder = IncidentSample.notification(.reminder, sequence: 1)

  static let ways: [GitHubConversation] = [
    GitHubConversation(
      description: "a firing opens an issue", notification: Conversation.alert,
      exchanges: [("GET page 1", Conversation.list()), ("POST /", created)],
      outcome: .delivered(reference: "12")),
    GitHubConversation(
      description: "a firing joins the open issue that it refers to",
      notification: Conversation.alert, reference: "7",
      exchanges: [
        ("GET /7", Conversation.response(200, Conversation.issue(7))),
        ("POST /7/comments", commented),
      ], outcome: .delivered(reference: "7")),
    GitHubConversation(
      description: "a flap reopens its issue", notification: Conversation.alert, reference: "7",
      exchanges: [
        ("GET /7", Conversation.response(200, Conversation.issue(7, "closed"))),
        ("PATCH /7 open", done), ("POST /7/comments", commented),
      ], outcome: .delivered(reference: "7")),
    GitHubConversation(
      description: "an issue is found on the second page, past pull requests and others' issues",
      notification: Conversation.alert,
      exchanges: [
        (
          "GET page 1",
          Conversation.list(
            Conversation.issue(9, isPullRequest: true), Conversation.issue(8, body: "no marker"),
            Conversation.issue(
              6, body: "> " + Conversation.marker(of: Conversation.alert, openedBy: "a")),
            hasNext: true)
        ),
        ("GET page 2", Conversation.list(Conversation.issue(5))),
        ("POST authors of 5", Conversation.authors(5)), ("POST /5/comments", commented),
      ], outcome: .delivered(reference: "5")),
    GitHubConversation(
      description: "what crashed between opening and saving finds its own issue",
      notification: Conversation.alert,
      exchanges: [
        (
          "GET page 1",
          Conversation.list(Conversation.issue(7, openedBy: Conversation.alert.id))
        ), ("POST authors of 7", Conversation.authors(7)),
      ], outcome: .delivered(reference: "7")),
    GitHubConversation(
      description: "a person's issue with the marker is left alone", notification: resolved,
      exchanges: [
        ("GET page 1", Conversation.list(Conversation.issue(7))),
        ("POST authors of 7", Conversation.authors(others: 7)),
      ], outcome: .delivered(reference: nil)),
    GitHubConversation(
      description: "the account's own issue is found among those of others",
      notification: resolved,
      exchanges: [
        ("GET page 1", Conversation.list(Conversation.issue(9), Conversation.issue(7))),
        ("POST authors of 9, 7", Conversation.authors(7, others: 9)), ("PATCH /7 closed", done),
        ("POST /7/comments", commented),
      ], outcome: .delivered(reference: "7")),
    GitHubConversation(
      description: "without an answer about authors, an issue is opened",
      notification: Conversation.alert,
      exchanges: [
        ("GET page 1", Conversation.list(Conversation.issue(7))),
        ("POST authors of 7", Conversation.response(403, "Resource not accessible")),
        ("POST /", created),
      ], outcome: .delivered(reference: "12")),
    GitHubConversation(
      description: "an answer about authors that is late is asked for again",
      notification: Conversation.alert,
      exchanges: [
        ("GET page 1", Conversation.list(Conversation.issue(7))),
        ("POST authors of 7", Conversation.response(502)),
      ],
      outcome: .transient(TransientFailure(reason: .status(502, quote: "{}"), mayHaveArrived: true))
    ),
    GitHubConversation(
      description: "an issue that a person wrote on below the marker is not closed",
      notification: resolved, reference: "7",
      exchanges: [
        (
          "GET /7",
          Conversation.response(
            200,
            Conversation.issue(
              7, body: Conversation.marker(of: Conversation.alert, openedBy: "a") + "\n\nSee above")
          )
        ), ("GET page 1", Conversation.list()),
      ], outcome: .delivered(reference: nil)),
    GitHubConversation(
      description: "a locked issue is closed without a comment", notification: resolved,
      reference: "7",
      exchanges: [
        ("GET /7", Conversation.response(200, Conversation.issue(7))), ("PATCH /7 closed", done),
        ("POST /7/comments", locked),
      ], outcome: .delivered(reference: "7")),
    GitHubConversation(
      description: "a locked issue is reopened without a comment",
      notification: Conversation.alert, reference: "7",
      exchanges: [
        ("GET /7", Conversation.response(200, Conversation.issue(7, "closed"))),
        ("PATCH /7 open", done), ("POST /7/comments", locked),
      ], outcome: .delivered(reference: "7")),
    GitHubConversation(
      description: "a reminder comments", notification: reminder, reference: "7",
      exchanges: [
        ("GET /7", Conversation.response(200, Conversation.issue(7))),
        ("POST /7/comments", commented),
      ], outcome: .delivered(reference: "7")),
    GitHubConversation(
      description: "a resolve closes before it comments", notification: resolved, reference: "7",
      exchanges: [
        ("GET /7", Conversation.response(200, Conversation.issue(7))), ("PATCH /7 closed", done),
        ("POST /7/comments", commented),
      ], outcome: .delivered(reference: "7")),
    GitHubConversation(
      description: "a resolve of an issue that somebody closed comments", notification: resolved,
      reference: "7",
      exchanges: [
        ("GET /7", Conversation.response(200, Conversation.issue(7, "closed"))),
        ("POST /7/comments", commented),
      ], outcome: .delivered(reference: "7")),
    GitHubConversation(
      description: "a resolve without an issue has nothing to do", notification: resolved,
      exchanges: [("GET page 1", Conversation.list(Conversation.issue(3, body: "else")))],
      outcome: .delivered(reference: nil)),
    GitHubConversation(
      description: "a deleted issue is opened anew", notification: Conversation.alert,
      reference: "7",
      exchanges: [
        ("GET /7", Conversation.response(410)), ("GET page 1", Conversation.list()),
        ("POST /", created),
      ], outcome: .delivered(reference: "12")),
    GitHubConversation(
      description: "a transferred issue is opened anew", notification: reminder, reference: "7",
      exchanges: [
        ("GET /7", .failure(.redirect(status: 301))), ("GET page 1", Conversation.list()),
        ("POST /", created),
      ], outcome: .delivered(reference: "12")),
    GitHubConversation(
      description: "a number that is somebody else's issue is left alone",
      notification: resolved, reference: "7",
      exchanges: [
        ("GET /7", Conversation.response(200, Conversation.issue(7, body: "mine"))),
        ("GET page 1", Conversation.list()),
      ], outcome: .delivered(reference: nil)),
    GitHubConversation(
      description: "a response without a number is delivered nevertheless",
      notification: Conversation.alert,
      exchanges: [
        ("GET page 1", Conversation.list()), ("POST /", Conversation.response(201, "oops")),
      ], outcome: .delivered(reference: nil)),
    GitHubConversation(
      description: "no time for the comment leaves the issue closed", notification: resolved,
      reference: "7", pausesLeft: 0,
      exchanges: [
        ("GET /7", Conversation.response(200, Conversation.issue(7))), ("PATCH /7 closed", done),
      ],
      outcome: .transient(TransientFailure(reason: .outOfTime, mayHaveArrived: true))),
    GitHubConversation(
      description: "a comment that fails may have arrived in part", notification: resolved,
      reference: "7",
      exchanges: [
        ("GET /7", Conversation.response(200, Conversation.issue(7))), ("PATCH /7 closed", done),
        ("POST /7/comments", Conversation.response(502, "")),
      ],
      outcome: .transient(TransientFailure(reason: .status(502, quote: ""), mayHaveArrived: true))),
    GitHubConversation(
      description: "a list that times out has changed nothing", notification: Conversation.alert,
      exchanges: [("GET page 1", .failure(.timedOut(after: .seconds(10))))],
      outcome: .transient(TransientFailure(reason: .noResponse("no complete response within 10 s")))
    ),
    GitHubConversation(
      description: "an opening that times out may have arrived",
      notification: Conversation.alert,
      exchanges: [
        ("GET page 1", Conversation.list()), ("POST /", .failure(.timedOut(after: .seconds(10)))),
      ],
      outcome: .transient(
        TransientFailure(
          reason: .noResponse("no complete response within 10 s"), mayHaveArrived: true))),
    GitHubConversation(
      description: "a page that is no list is a wrong address", notification: Conversation.alert,
      exchanges: [("GET page 1", Conversation.response(200, "<html>"))],
      outcome: .broken(reason: "the response is not JSON: check the API's URL")),
    GitHubConversation(
      description: "a repository without issues is broken", notification: Conversation.alert,
      exchanges: [("GET page 1", Conversation.response(410, "Issues are disabled"))],
      outcome: .broken(reason: .status(410, quote: "Issues are disabled"))),
  ]

  @Test("Every conversation has the expected requests and outcome", arguments: ways)
  func conversation(way: GitHubConversation) async throws {
    let transport = ScriptedTransport(way.exchanges.map(\.response), pausesLeft: way.pausesLeft)
    let outcome = try await Conversation.receiver().deliver(
      IncidentSample.message(way.notification), reference: way.reference, over: transport)
    #expect(try transport.asked.map(Conversation.name) == way.exchanges.map(\.asked))
    #expect(outcome == way.outcome)
  }

  static let refusals: [(Int, String, [String: String], DeliveryOutcome)] = [
    (401, "", [:], .broken(reason: .status(401, quote: ""))),
    (
      403, "Resource not accessible", [:],
      .broken(reason: .status(403, quote: "Resource not accessible"))
    ),
    (404, "", [:], .broken(reason: .status(404, quote: ""))),
    (422, "", [:], .poison(reason: .status(422, quote: ""))),
    (403, "", ["Retry-After": "7"], waiting(7, .status(403, quote: ""))),
    (429, "", ["retry-after": "8"], waiting(8, .status(429, quote: ""))),
    (429, "", [:], waiting(60, .status(429, quote: ""))),
    // 2026-11-21T10:15:33Z, half a minute ahead.
    (
      403, "", ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795256133"],
      waiting(30, .status(403, quote: ""))
    ),
    (
      403, "", ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "5"],
      waiting(1, .status(403, quote: ""))
    ),
    (
      403, "", ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "9999999999999999999"],
      waiting(60, .status(403, quote: ""))
    ),
    (403, "", ["x-ratelimit-remaining": "1"], .broken(reason: .status(403, quote: ""))),
    (
      403, "You have exceeded a Secondary Rate Limit.", [:],
      waiting(60, .status(403, quote: "You have exceeded a Secondary Rate Limit."))
    ),
    (503, "", [:], .transient(TransientFailure(reason: .status(503, quote: "")))),
  ]

  private static func waiting(_ seconds: Int, _ reason: DeliveryFailure) -> DeliveryOutcome {
    .transient(TransientFailure(reason: reason, retryAfter: .seconds(seconds)))
  }

  @Test("A rejection is a rate limit or a broken receiver, wherever it occurs", arguments: refusals)
  func refusal(
    status: Int, body: String, headers: [String: String], expected: DeliveryOutcome
  ) async throws {
    let response = Conversation.response(status, body, headers)
    for script in [[response], [Conversation.list(), response]] {
      let outcome = try await Conversation.receiver().deliver(
        IncidentSample.message(Conversation.alert), reference: nil, over: ScriptedTransport(script))
      #expect(outcome == expected)
    }
  }

  @Test(
    "An issue that is locked or deleted during a write does not affect the issues of other alerts",
    arguments: [
      (403, "Unable to create comment because issue is locked."), (404, "Not Found"), (410, ""),
    ])
  func oneIssue(status: Int, body: String) async throws {
    let transport = ScriptedTransport([
      Conversation.list(Conversation.issue(7)), Conversation.authors(7),
      Conversation.response(status, body),
    ])
    let outcome = try await Conversation.receiver().deliver(
      IncidentSample.message(Conversation.alert), reference: nil, over: transport)
    guard case .poison = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  @Test("A rate limit during a write is not a rejection of that issue")
  func blocked() async throws {
    let text = "You have exceeded a secondary rate limit and are temporarily blocked"
    let transport = ScriptedTransport([
      Conversation.list(Conversation.issue(7)), Conversation.authors(7),
      Conversation.response(403, text),
    ])
    let outcome = try await Conversation.receiver().deliver(
      IncidentSample.message(Conversation.alert), reference: nil, over: transport)
    #expect(outcome == Self.waiting(60, .status(403, quote: "\(text)")))
  }

  @Test("A run lists once, remembers what it opened, and writes once a second")
  func cache() async throws {
    let transport = ScriptedTransport([
      Conversation.list(), Self.created, Conversation.response(201, Conversation.issue(13)),
      Self.done, Self.commented,
    ])
    let receiver = try Conversation.receiver()
    for notification in [
      Conversation.alert, IncidentSample.notification(instance: "SCC"), Self.resolved,
    ] {
      _ = await receiver.deliver(
        IncidentSample.message(notification), reference: nil, over: transport)
    }
    #expect(
      try transport.asked.map(Conversation.name) == [
        "GET page 1", "POST /", "POST /", "PATCH /12 closed", "POST /12/comments",
      ])
    #expect(transport.pauses == [.seconds(1), .seconds(1), .seconds(1)])
  }

  @Test("A second attempt after a failed comment writes only the comment")
  func retry() async throws {
    let transport = ScriptedTransport([
      Conversation.list(Conversation.issue(7)), Conversation.authors(7), Self.done,
      Conversation.response(502),
      Self.commented,
    ])
    let receiver = try Conversation.receiver()
    for _ in 0..<2 {
      _ = await receiver.deliver(
        IncidentSample.message(Self.resolved), reference: nil, over: transport)
    }
    #expect(
      try transport.asked.map(Conversation.name) == [
        "GET page 1", "POST authors of 7", "PATCH /7 closed", "POST /7/comments",
        "POST /7/comments",
      ])
  }

  @Test("An issue whose creation got no response is searched for before another attempt")
  func openedTwice() async throws {
    let transport = ScriptedTransport([
      Conversation.list(), .failure(.timedOut(after: .seconds(10))),
      Conversation.list(Conversation.issue(7, openedBy: Conversation.alert.id)),
      Conversation.authors(7),
    ])
    let receiver = try Conversation.receiver()
    var outcome: DeliveryOutcome?
    for _ in 0..<2 {
      outcome = await receiver.deliver(
        IncidentSample.message(Conversation.alert), reference: nil, over: transport)
    }
    #expect(outcome == .delivered(reference: "7"))
    #expect(transport.responsesLeft == 0)
  }

  @Test("At most ten pages are read")
  func pages() async throws {
    let page = Conversation.list(Conversation.issue(3, body: "else"), hasNext: true)
    let transport = ScriptedTransport(Array(repeating: page, count: 10) + [Self.created])
    let outcome = try await Conversation.receiver().deliver(
      IncidentSample.message(Conversation.alert), reference: nil, over: transport)
    #expect(outcome == .delivered(reference: "12"))
    #expect(transport.asked.count == 11)
  }

  @Test("Every request has a token and an API version")
  func headers() async throws {
    let transport = ScriptedTransport([Conversation.list(), Self.created])
    _ = try await Conversation.receiver().deliver(
      IncidentSample.message(Conversation.alert), reference: nil, over: transport)
    #expect(transport.asked.count == 2)
    for request in transport.asked {
      let headers = request.headers.map { "\($0.name.text): \($0.value)" }
      #expect(headers.contains("Accept: application/vnd.github+json"))
      #expect(headers.contains("X-GitHub-Api-Version: 2022-11-28"))
      #expect(headers.contains("Authorization: Bearer gh"))
    }
  }
}
