@testable import AlertEngine
@testable import Delivery
internal import TestSupport
internal import Testing

@Suite("An issue whose state was lost")
struct GitHubReconciliationTests {
  private typealias Conversation = GitHubConversation

  private static let fingerprint = Conversation.alert.fingerprint.text

  @Test(
    "is closed only where its alert is known to be good",
    arguments: [([fingerprint], true), (["0123456789abcdef"], false), ([], false)]
      as [(Set<String>, Bool)])
  func closes(good: Set<String>, isClosed: Bool) async throws {
    let line = ScriptedTransport([
      Conversation.list(Conversation.issue(7), Conversation.issue(8, body: "somebody's")),
      Conversation.answer(200), Conversation.answer(201),
    ])
    let outcomes = try await Conversation.receiver().reconcile(
      good: good, isStateNew: true, over: line)
    #expect(outcomes == (isClosed ? [.delivered(reference: "7")] : []))
    let writes = isClosed ? ["PATCH /7 closed", "POST /7/comments"] : []
    #expect(try line.asked.map(Conversation.name) == ["GET page 1"] + writes)
  }

  @Test("is one of at most twenty in a run")
  func bound() async throws {
    let issues = (1...30).map { Conversation.issue($0) }.joined(separator: ",")
    let writes = (0..<20).flatMap { _ in [Conversation.answer(200), Conversation.answer(201)] }
    let line = ScriptedTransport([Conversation.answer(200, "[\(issues)]")] + writes)
    let outcomes = try await Conversation.receiver().reconcile(
      good: [Self.fingerprint], isStateNew: true, over: line)
    #expect(outcomes.count == 20)
    #expect(line.asked.count == 41)
    #expect(line.pauses.count == 39)
  }

  @Test("waits when the time is up, and says so")
  func time() async throws {
    let line = ScriptedTransport(
      [
        Conversation.list(Conversation.issue(7), Conversation.issue(6)),
        Conversation.answer(200), Conversation.answer(201),
      ], pausesLeft: 1)
    let outcomes = try await Conversation.receiver().reconcile(
      good: [Self.fingerprint], isStateNew: true, over: line)
    #expect(
      outcomes == [
        .delivered(reference: "7"),
        .transient(TransientFailure(reason: "the run's time is up", mayHaveArrived: true)),
      ])
  }

  @Test("is not what this run has just opened, nor listed a second time")
  func opened() async throws {
    let line = ScriptedTransport([
      Conversation.list(), Conversation.answer(201, Conversation.issue(12)),
    ])
    let receiver = try Conversation.receiver()
    _ = await receiver.deliver(
      IncidentSample.message(Conversation.alert), reference: nil, over: line)
    let outcomes = await receiver.reconcile(
      good: [], isStateNew: false, over: line)
    #expect(outcomes.isEmpty)
    #expect(line.asked.count == 2)
  }

  @Test("is not looked for in every run")
  func unasked() async throws {
    let line = ScriptedTransport([])
    let outcomes = try await Conversation.receiver().reconcile(
      good: [Self.fingerprint], isStateNew: false, over: line)
    #expect(outcomes.isEmpty)
    #expect(line.asked.isEmpty)
  }

  @Test("cannot be looked for while GitHub fails")
  func failure() async throws {
    let outcomes = try await Conversation.receiver().reconcile(
      good: [Self.fingerprint], isStateNew: true,
      over: ScriptedTransport([Conversation.answer(401, "")]))
    #expect(outcomes == [.broken(reason: "status 401")])
  }
}
