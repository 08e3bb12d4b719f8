@testable import AlertEngine
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("GitHub issues over several runs")
struct IssueRunTests {
  private typealias Answer = Result<HTTPResponse, HTTPFailure>

  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    world.set("GITHUB_REPOSITORY", "acme/ops")
    world.set("GITHUB_TOKEN", "gh-t0ken-gh-t0ken")
  }

  private func configure(_ more: String = "") throws {
    let rules = ["a", "b"].map { World.rule($0, more: more) }
    try folder.write(
      """
      {"rules": [\(rules.joined(separator: ", "))],
       "receivers": [{"name": "issues", "type": "github"}]}
      """, to: "c.json")
  }

  private func run(
    _ snapshot: String?, _ answers: [Answer], _ options: String = "", atMinute minute: Double
  ) async -> ExitCode {
    if let snapshot { world.answer(snapshot) } else { world.fail(.refused) }
    world.answer(inTurn: answers, from: Self.host)
    return await world.run(
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
        + "--metrics-url https://api.example/m --fail-on never --deadline 1h " + options,
      atMinute: minute)
  }

  private static let host = "api.github.com"
  private static let done = Answer.success(World.response("{}"))
  private static let busy = Answer.success(World.response("busy", status: 503))

  private static func list(_ issues: String...) -> Answer {
    .success(World.response("[\(issues.joined(separator: ", "))]"))
  }

  private static func own(_ number: Int) -> Answer {
    let repository = #"{"i\#(number)": {"viewerDidAuthor": true}}"#
    return .success(World.response(#"{"data": {"repository": \#(repository)}}"#))
  }

  private static func opened(_ number: Int) -> Answer {
    .success(World.response(#"{"number": \#(number)}"#, status: 201))
  }

  /// An open issue of a rule's alert, as GitHub shows it.
  private static func issue(_ number: Int, of rule: String) -> String {
    let alert = Fingerprint(target: "api.example", key: AlertKey(rule: rule)).text
    let body = "<!-- ops-alert-eval fp=\(alert) event=0123456789abcdef -->"
    return #"{"number": \#(number), "state": "open", "body": "\#(body)"}"#
  }

  /// The requests to GitHub after the first `count`, such as `GET /` and `PATCH /7`.
  private func asked(since count: Int = 0) -> [String] {
    let base = "https://\(Self.host)/repos/acme/ops/issues"
    return world.memory.withLock(\.requests).filter { $0.url.host == Self.host }
      .dropFirst(count).map { request in
        if request.url.display.hasSuffix("/graphql") { return "authors" }
        let path = request.url.display.dropFirst(base.count)
        return "\(request.method.rawValue) \(path.isEmpty ? "/" : path)"
      }
  }

  @Test("An issue whose resolution is still queued is closed by that notification alone")
  func owedEnd() async throws {
    try configure()
    #expect(
      await run(#"{"a": 9, "b": 1}"#, [Self.list(), Self.opened(7)], atMinute: 0) == .success)
    #expect(asked() == ["GET /", "POST /"])

    // Nobody has acknowledged it. The other alert needs the list of issues, and closing the first one
    // fails.
    let answers = [
      Self.list(), Self.list(Self.issue(7, of: "a")), Self.opened(12), Self.busy, Self.busy,
      Self.busy,
    ]
    #expect(await run(#"{"a": 1, "b": 9}"#, answers + [Self.done], atMinute: 10) == .success)
    #expect(asked(since: 2) == ["GET /", "GET /", "POST /", "PATCH /7", "PATCH /7", "PATCH /7"])

    let issue = Answer.success(World.response(Self.issue(7, of: "a")))
    #expect(
      await run(#"{"a": 1, "b": 9}"#, [Self.list(), issue, Self.done], atMinute: 20) == .success)
    #expect(asked(since: 8) == ["GET /", "GET /7", "PATCH /7", "POST /7/comments"])
  }

  @Test("The label of an alert's issue acknowledges it, once, until it ends")
  func label() async throws {
    try configure()
    #expect(
      await run(#"{"a": 9, "b": 1}"#, [Self.list(), Self.opened(7)], atMinute: 0) == .success)
    let issue = Self.issue(7, of: "a")
    let stranger = Self.issue(8, of: "a")
    let found = Answer.success(World.response(issue))
    #expect(
      await run(#"{"a": 9, "b": 1}"#, [Self.list(stranger)], "--format json", atMinute: 10)
        == .success)
    #expect(!world.output.contains("acknowledged"), "an issue that this program did not open")
    #expect(
      await run(
        #"{"a": 9, "b": 1}"#, [Self.list(issue), found, Self.done], "--format json", atMinute: 20)
        == .success)
    #expect(world.output.contains(#""author": "issue #7""#))
    #expect(asked().last == "POST /7/comments")
    let count = asked().count
    #expect(await run(#"{"a": 9, "b": 1}"#, [], atMinute: 30) == .success)
    #expect(asked(since: count) == [], "nothing is asked of an acknowledged alert")
    #expect(world.output.contains("ACKED by issue #7 at"))
    _ = await world.run("ack --undo a --state \(folder.file("s.json"))", atMinute: 31)
    #expect(await run(#"{"a": 9, "b": 1}"#, [Self.list(issue)], atMinute: 40) == .success)
    #expect(!world.output.contains("ACKED"), "what was taken back stays so")
  }

  @Test("An issue that is reopened loses the label that acknowledged the episode before")
  func labelOfEarlierEpisode() async throws {
    try configure()
    #expect(
      await run(#"{"a": 9, "b": 1}"#, [Self.list(), Self.opened(7)], atMinute: 0) == .success)
    let issue = Self.issue(7, of: "a").replacing(
      #""state": "open""#,
      with: #""state": "closed", "labels": [{"name": "ops-alert"}, {"name": "acknowledged"}]"#)
    let found = Answer.success(World.response(issue))
    #expect(
      await run(#"{"a": 1, "b": 1}"#, [Self.list(), found, Self.done, Self.done], atMinute: 10)
        == .success)
    #expect(
      await run(#"{"a": 9, "b": 1}"#, [found, Self.done, Self.done], atMinute: 20) == .success)
    let reopening = world.memory.withLock(\.requests).last { $0.method == .patch }
    let body = String(decoding: reopening?.body ?? [], as: UTF8.self)
    #expect(body == #"{"state": "open", "labels": ["ops-alert"]}"#)
  }

  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    /// The first run's snapshot; `nil` if the endpoint is down.
    let snapshot: String?
    var rule = ""
    var options = ""
    var code = ExitCode.success
    let asked: [String]
    var testDescription: String { name }
  }

  private static let rows = [
    Row(
      name: "good: it is closed", snapshot: #"{"a": 1, "b": 1}"#,
      asked: ["GET /", "authors", "PATCH /7", "POST /7/comments"]),
    Row(
      name: "firing: it is taken up again", snapshot: #"{"a": 9, "b": 1}"#,
      asked: ["GET /", "authors", "POST /7/comments"]),
    Row(
      name: "pending: it is left alone", snapshot: #"{"a": 9, "b": 1}"#,
      rule: #", "min_samples": 2"#, asked: ["GET /"]),
    Row(
      name: "unknown: it is left alone", snapshot: #"{"b": 1}"#,
      rule: #", "on_missing": "hold""#, asked: ["GET /"]),
    Row(
      name: "unreachable: it is left alone", snapshot: nil, code: .noEvidence, asked: ["GET /"]),
    Row(
      name: "good, and nothing is delivered: it is not looked for",
      snapshot: #"{"a": 1, "b": 1}"#, options: "--no-deliver", asked: []),
  ]

  @Test(
    "After a lost state, only an alert known to be good has its open issue closed", arguments: rows)
  func lostState(_ row: Row) async throws {
    try configure(row.rule)
    let answers = [
      Self.list(Self.issue(7, of: "a"), Self.issue(8, of: "z")), Self.own(7), Self.done,
    ]
    #expect(await run(row.snapshot, answers, row.options, atMinute: 0) == row.code)
    #expect(asked() == row.asked)
  }

  @Test("A run with a state and nothing to send does not contact GitHub")
  func notLookedFor() async throws {
    try configure()
    _ = await run(#"{"a": 1, "b": 1}"#, [Self.list()], atMinute: 0)
    #expect(asked() == ["GET /"])
    _ = await run(#"{"a": 1, "b": 1}"#, [Self.list(Self.issue(7, of: "a"))], atMinute: 10)
    #expect(asked() == ["GET /"])
  }
}
