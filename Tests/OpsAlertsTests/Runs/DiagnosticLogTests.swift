@testable import AlertEngine
@testable import Files
@testable import HTTP
@testable import OpsAlerts
@testable import Reports
internal import Testing
@testable import Text

@Suite("The diagnostics of a watch")
struct DiagnosticLogTests {
  /// Takes one sample with some diagnostics; those that are new with `+`, those that are over with `-`.
  private static func sample(
    _ log: inout DiagnosticLog, _ diagnostics: [Diagnostic]
  ) -> [String] {
    for diagnostic in diagnostics { log.add(diagnostic) }
    let (new, over) = log.finishSample()
    return new.map { "+" + $0.headline } + over.map { "-" + $0.headline }
  }

  @Test(
    "A problem is reported once for as long as it lasts, whatever its figures, and once when over")
  func once() {
    var log = DiagnosticLog()
    let full = Diagnostic.error(.file(FileFailure(code: 28, cannot: "write", "s.json")))
    func dropped(_ count: Int) -> Diagnostic {
      .warning(.dropped(receiver: "pager", count, .expired))
    }
    #expect(
      Self.sample(&log, [dropped(1), .note(.nothingRefused), full]) == [
        "+warning: receiver pager: dropped 1 notification: more than 24 h old, and the alert has ended",
        "+no receiver has refused a notification", "+error: cannot write s.json: the disk is full",
      ])
    #expect(Self.sample(&log, [dropped(12), .note(.nothingRefused), full]) == [])
    #expect(log.notices.map(\.level) == [.warning, .note, .error])
    #expect(
      Self.sample(&log, [full]) == [
        "-warning: receiver pager: dropped 12 notifications: more than 24 h old, and the alert has "
          + "ended"
      ])
    #expect(Self.sample(&log, []) == ["-error: cannot write s.json: the disk is full"])
  }

  private static let now = Instant(milliseconds: 1_795_000_000_000)

  private static let refused = FetchFailure(
    reason: .noResponse(.refused), endpoint: FetchFailure.Endpoint(host: "api", port: 443))

  /// Pairs of diagnostics that differ only in figures.
  private static let alike: [(Diagnostic, Diagnostic)] = [
    (
      .error(.state(.locked(path: "s.json", holder: 7, waited: .seconds(30)))),
      .error(.state(.locked(path: "s.json", holder: 8, waited: .seconds(31))))
    ),
    (
      .error(.receiverBroken("pager", deferred: 1, reason: "status 401: request 17")),
      .error(.receiverBroken("pager", deferred: 2, reason: "status 401: request 18"))
    ),
    (
      .error(.deadLetters(receiver: "pager", 1, .text("no"), statePath: nil)),
      .error(.deadLetters(receiver: "pager", 3, .text("no way"), statePath: nil))
    ),
    (
      .warning(.deferred(receiver: "pager", 1, .notBefore(now, after: nil))),
      .warning(.deferred(receiver: "pager", 2, .deadline))
    ),
    (
      .warning(.target(.one("api", .warning(.sampleIgnored(at: now, last: now))))),
      .warning(
        .target(.one("api", .warning(.sampleIgnored(at: now, last: now + .seconds(9))))))
    ),
    (
      .error(.target(.many(["a", "b"], .unreachable(refused)))),
      .error(.target(.many(["a", "c"], .unreachable(refused))))
    ),
  ]

  @Test("The topic of a diagnostic does not depend on figures", arguments: alike)
  func topics(one: Diagnostic, other: Diagnostic) {
    #expect(one != other)
    #expect(one.topic == other.topic)
  }

  /// Diagnostics about different things.
  private static let distinct: [Diagnostic] = [
    .error(.receiverBroken("pager", deferred: 1, reason: "gone")),
    .error(.receiverBroken("pager2", deferred: 1, reason: "gone")),
    .error(.deadLetters(receiver: "pager", 1, nil, statePath: nil)),
    .warning(.held(receiver: "pager", 1, .notSetUp)),
    .warning(.held(receiver: "pager", 1, .notConfigured)),
    .error(.target(.one("api", .unreachable(refused)))),
    .error(.target(.one("api2", .unreachable(refused)))),
    .error(.target(.many(["a", "b"], .unreachable(refused)))),
    .error(
      .target(.many(["a", "b"], .unreachable(FetchFailure(reason: .html(status: 200, .json)))))),
    .warning(.target(.one("api", .warning(.noSnapshotTime(path: "time"))))),
  ]

  @Test("Problems with different receivers, targets or causes have different topics")
  func distinctTopics() {
    #expect(Set(Self.distinct.map(\.topic)).count == Self.distinct.count)
  }

  @Test("The failed fetch of one target is reported only by its NO EVIDENCE line")
  func journal() {
    var log = DiagnosticLog()
    let failure = TargetProblem.unreachable(Self.refused)
    #expect(Self.sample(&log, [.error(.target(.one("api", failure)))]) == [])
    #expect(
      Self.sample(&log, [.error(.target(.many(["a", "b"], failure.shared)))]) == [
        "+error: a, b: cannot connect to … (connection refused, or no route): is the service up?"
      ])
  }

  @Test("Lists of mistakes follow their headline")
  func lists() {
    let mistakes = ConfigurationMistakes(
      listed: [ConfigurationMistake(place: "rules[0]", reason: "no", line: 2, column: 3)], count: 2)
    let diagnostic = Diagnostic.error(
      .mistake(.configuration(.mistakes(path: "c.json", mistakes))))
    #expect(
      diagnostic.lines == [
        "error: the configuration has 2 mistakes:", "c.json:2:3: rules[0]: no", "and 1 more",
      ])
    #expect(diagnostic.headline == "error: the configuration has 2 mistakes")
  }
}
