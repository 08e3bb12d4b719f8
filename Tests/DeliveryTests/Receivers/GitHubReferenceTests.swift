@testable import AlertEngine
@testable import Delivery
internal import TestSupport
internal import Testing

@Suite("The issue that an alert refers to")
struct GitHubReferenceTests {
  private typealias Conversation = GitHubConversation

  /// One of this program's issues, for another alert.
  private static func strange(_ number: Int, _ state: String = "open") -> String {
    let other = IncidentSample.notification(instance: "another")
    return Conversation.issue(
      number, state, body: Conversation.marker(of: other, openedBy: "0123456789abcdef"))
  }

  private static let created = Conversation.response(201, Conversation.issue(12))

  /// The writes that replace a change to the other alert's issue.
  private static let events:
    [(event: AlertNotification.Event, writes: [String], reference: String?)] = [
      (.firing, ["POST /"], "12"), (.reminder, ["POST /"], "12"), (.resolved, [], nil),
    ]

  @Test(
    "An issue of another alert is never changed, whether open or closed",
    arguments: events.indices, ["open", "closed"])
  func another(row: Int, state: String) async throws {
    let (event, writes, reference) = Self.events[row]
    let notification = IncidentSample.notification(event, sequence: event == .reminder ? 1 : 0)
    let listed = state == "open" ? Conversation.list(Self.strange(7)) : Conversation.list()
    let line = ScriptedTransport([
      Conversation.response(200, Self.strange(7, state)), listed, Self.created,
    ])
    let outcome = try await Conversation.receiver().deliver(
      IncidentSample.message(notification), reference: "7", over: line)
    #expect(outcome == .delivered(reference: reference))
    #expect(
      try line.asked.map(Conversation.name) == ["GET /7", "GET page 1"] + writes)
  }

  @Test("If the number is another alert's issue, the alert's own issue is found by its fingerprint")
  func found() async throws {
    let line = ScriptedTransport([
      Conversation.response(200, Self.strange(7)),
      Conversation.list(Self.strange(7), Conversation.issue(5)), Conversation.authors(5),
      Conversation.response(200), Conversation.response(201),
    ])
    let outcome = try await Conversation.receiver().deliver(
      IncidentSample.message(IncidentSample.notification(.resolved)), reference: "7", over: line)
    #expect(outcome == .delivered(reference: "5"))
    #expect(
      try line.asked.map(Conversation.name)
        == ["GET /7", "GET page 1", "POST authors of 5", "PATCH /5 closed", "POST /5/comments"])
  }

  @Test("Several alerts in one run each keep to their own issue")
  func several() async throws {
    let line = ScriptedTransport([
      Conversation.response(200, Self.strange(7)), Conversation.response(201),
      Conversation.response(200, Conversation.issue(8)), Conversation.response(201),
    ])
    let receiver = try Conversation.receiver()
    let other = IncidentSample.notification(.reminder, instance: "another", sequence: 1)
    let own = IncidentSample.notification(.reminder, sequence: 1)
    for (notification, reference) in [(other, "7"), (own, "8")] {
      let outcome = await receiver.deliver(
        IncidentSample.message(notification), reference: reference, over: line)
      #expect(outcome == .delivered(reference: reference))
    }
    #expect(
      try line.asked.map(Conversation.name)
        == ["GET /7", "POST /7/comments", "GET /8", "POST /8/comments"])
  }

  @Test("An issue that was opened without a number is found by listing again")
  func withoutNumber() async throws {
    let transport = ScriptedTransport([
      Conversation.list(), Conversation.response(201, "oops"),
      Conversation.list(Conversation.issue(12)), Conversation.authors(12),
      Conversation.response(200), Conversation.response(201),
    ])
    let receiver = try Conversation.receiver()
    for notification in [Conversation.alert, IncidentSample.notification(.resolved)] {
      _ = await receiver.deliver(
        IncidentSample.message(notification), reference: nil, over: transport)
    }
    #expect(
      try transport.asked.map(Conversation.name) == [
        "GET page 1", "POST /", "GET page 1", "POST authors of 12", "PATCH /12 closed",
        "POST /12/comments",
      ])
  }

  @Test("An issue that was reopened is closed again in the same run")
  func reopened() async throws {
    let transport = ScriptedTransport([
      Conversation.response(200, Conversation.issue(7, "closed")), Conversation.response(200),
      Conversation.response(201),
      Conversation.response(200), Conversation.response(201),
    ])
    let receiver = try Conversation.receiver()
    for notification in [Conversation.alert, IncidentSample.notification(.resolved)] {
      _ = await receiver.deliver(
        IncidentSample.message(notification), reference: "7", over: transport)
    }
    #expect(
      try transport.asked.map(Conversation.name) == [
        "GET /7", "PATCH /7 open", "POST /7/comments", "PATCH /7 closed", "POST /7/comments",
      ])
  }
}
