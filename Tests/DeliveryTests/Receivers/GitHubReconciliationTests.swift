@testable import AlertEngine
@testable import Delivery
internal import TestSupport
internal import Testing

@Suite("Reconciling issues after the state was lost")
struct GitHubReconciliationTests {
  private typealias Conversation = GitHubConversation

  private static let fingerprint = Conversation.alert.fingerprint.text

  @Test(
    "An issue is closed only if its alert is known to be good",
    arguments: [([fingerprint], true), (["0123456789abcdef"], false), ([], false)]
      as [(Set<String>, Bool)])
  func closes(good: Set<String>, isClosed: Bool) async throws {
    let transport = ScriptedTransport([
      Conversation.list(
        Conversation.issue(7), Conversation.issue(8, body: "somebody's"), Conversation.issue(9)),
      Conversation.authors(7, others: 9), Conversation.response(200), Conversation.response(201),
    ])
    let outcomes = try await Conversation.receiver().reconcile(
      good: good, isStateNew: true, over: transport)
    #expect(outcomes == (isClosed ? [.delivered(reference: "7")] : []))
    let writes =
      isClosed ? ["POST authors of 7, 9", "PATCH /7 closed", "POST /7/comments"] : []
    #expect(try transport.asked.map(Conversation.name) == ["GET page 1"] + writes)
  }

  @Test("At most twenty issues are closed in a run")
  func bound() async throws {
    let issues = (1...30).map { Conversation.issue($0) }.joined(separator: ",")
    let writes = (0..<20).flatMap { _ in [Conversation.response(200), Conversation.response(201)] }
    let authors = (1...30).map { #""i\#($0)": {"viewerDidAuthor": true}"# }.joined(separator: ",")
    let transport = ScriptedTransport(
      [
        Conversation.response(200, "[\(issues)]"),
        Conversation.response(200, #"{"data": {"repository": {\#(authors)}}}"#),
      ] + writes)
    let outcomes = try await Conversation.receiver().reconcile(
      good: [Self.fingerprint], isStateNew: true, over: transport)
    #expect(outcomes.count == 20)
    #expect(transport.asked.count == 42)
    #expect(transport.pauses.count == 39)
  }

  @Test("Reconciling stops when the time is up, and says so")
  func time() async throws {
    let transport = ScriptedTransport(
      [
        Conversation.list(Conversation.issue(7), Conversation.issue(6)),
        Conversation.authors(7, 6), Conversation.response(200), Conversation.response(201),
      ], pausesLeft: 1)
    let outcomes = try await Conversation.receiver().reconcile(
      good: [Self.fingerprint], isStateNew: true, over: transport)
    #expect(
      outcomes == [
        .delivered(reference: "7"),
        .transient(TransientFailure(reason: .outOfTime, mayHaveArrived: true)),
      ])
  }

  @Test("An issue that this run opened is not closed, and no page is listed twice")
  func opened() async throws {
    let transport = ScriptedTransport([
      Conversation.list(), Conversation.response(201, Conversation.issue(12)),
    ])
    let receiver = try Conversation.receiver()
    _ = await receiver.deliver(
      IncidentSample.message(Conversation.alert), reference: nil, over: transport)
    let outcomes = await receiver.reconcile(
      good: [], isStateNew: false, over: transport)
    #expect(outcomes.isEmpty)
    #expect(transport.asked.count == 2)
  }

  @Test("Issues are not listed in every run")
  func unasked() async throws {
    let transport = ScriptedTransport([])
    let outcomes = try await Conversation.receiver().reconcile(
      good: [Self.fingerprint], isStateNew: false, over: transport)
    #expect(outcomes.isEmpty)
    #expect(transport.asked.isEmpty)
  }

  @Test("Reconciling is deferred while GitHub fails")
  func failure() async throws {
    let outcomes = try await Conversation.receiver().reconcile(
      good: [Self.fingerprint], isStateNew: true,
      over: ScriptedTransport([Conversation.response(401, "")]))
    #expect(outcomes == [.broken(reason: .status(401, quote: ""))])
  }
}
