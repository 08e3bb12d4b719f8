internal import AlertEngine
internal import OpsAlerts
internal import Testing

@Suite("An issue whose state was lost")
struct GitHubHealingTests {
  private typealias Conversation = GitHubConversation

  private static let fingerprint = Conversation.alert.fingerprint.text

  @Test(
    "is closed only where nothing of it fires and it was judged",
    arguments: [
      ([], ["production"], ["error_rate"], true),
      ([fingerprint], ["production"], ["error_rate"], false),
      ([], ["staging"], ["error_rate"], false), ([], ["production"], ["latency"], false),
      ([], [], [], false),
    ] as [(Set<String>, Set<String>, Set<String>, Bool)])
  func closes(
    firing: Set<String>, targets: Set<String>, rules: Set<String>, isClosed: Bool
  ) async throws {
    let line = ScriptedLine([
      Conversation.list(Conversation.issue(7), Conversation.issue(8, body: "somebody's")),
      Conversation.answer(200), Conversation.answer(201),
    ])
    let outcomes = try await Conversation.receiver().heal(
      firing: firing, targets: targets, rules: rules, over: line)
    #expect(outcomes == (isClosed ? [.delivered(reference: "7")] : []))
    let writes = isClosed ? ["PATCH /7 closed", "POST /7/comments"] : []
    #expect(try line.asked.map(Conversation.name) == ["GET page 1"] + writes)
  }

  @Test("is one of at most twenty in a run")
  func bound() async throws {
    let issues = (1...30).map { Conversation.issue($0) }.joined(separator: ",")
    let writes = (0..<20).flatMap { _ in [Conversation.answer(200), Conversation.answer(201)] }
    let line = ScriptedLine([Conversation.answer(200, "[\(issues)]")] + writes)
    let outcomes = try await Conversation.receiver().heal(
      firing: [], targets: ["production"], rules: ["error_rate"], over: line)
    #expect(outcomes.count == 20)
    #expect(line.asked.count == 41)
    #expect(line.pauses.count == 39)
  }

  @Test("waits when the time is up, and says so")
  func time() async throws {
    let line = ScriptedLine(
      [
        Conversation.list(Conversation.issue(7), Conversation.issue(6)),
        Conversation.answer(200), Conversation.answer(201),
      ], pausesLeft: 1)
    let outcomes = try await Conversation.receiver().heal(
      firing: [], targets: ["production"], rules: ["error_rate"], over: line)
    #expect(
      outcomes == [
        .delivered(reference: "7"),
        .transient(Setback(reason: "the run's time is up", mayHaveArrived: true)),
      ])
  }

  @Test("is not what this run has just opened, nor listed a second time")
  func opened() async throws {
    let line = ScriptedLine([
      Conversation.list(), Conversation.answer(201, Conversation.issue(12)),
    ])
    let receiver = try Conversation.receiver()
    _ = await receiver.deliver(
      IncidentSample.message(Conversation.alert), reference: nil, over: line)
    let outcomes = await receiver.heal(
      firing: [Self.fingerprint], targets: ["production"], rules: ["error_rate"], over: line)
    #expect(outcomes.isEmpty)
    #expect(line.asked.count == 2)
  }

  @Test("cannot be looked for while GitHub fails")
  func failure() async throws {
    let outcomes = try await Conversation.receiver().heal(
      firing: [], targets: ["production"], rules: ["error_rate"],
      over: ScriptedLine([Conversation.answer(401, "")]))
    #expect(outcomes == [.broken(reason: "status 401")])
  }
}
