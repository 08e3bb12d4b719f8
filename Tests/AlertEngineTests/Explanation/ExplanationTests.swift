internal import TestSupport
internal import Testing

@testable import AlertEngine
@testable import Text

@Suite("The explanation of an alert")
struct ExplanationTests {
  /// Samples that were evaluated, and what became of them.
  struct Story {
    var timeline: Timeline
    var history: [HistoryEntry] = []
    /// What each sample was to the rule, by its time.
    var seen: [Instant: Explanation.Verdict] = [:]
    var minute = 0.0

    init(_ rule: Rule) { timeline = Timeline(rule) }

    @discardableResult
    mutating func run(_ what: String, atMinute minute: Double) -> Evaluation {
      self.minute = minute
      let evaluation = timeline.run(what, atMinute: minute)
      let at = Timeline.instant(minute)
      history += evaluation.transitions.map { transition in
        HistoryEntry(
          at: at, kind: .transition, event: .init(transition.event), target: "api",
          key: transition.key)
      }
      switch evaluation.checks.first?.observation {
      case .bad?: seen[at] = .bad
      case .good?: seen[at] = .good
      case .unknown?: seen[at] = .unknown
      case nil: break
      }
      return evaluation
    }

    func explanation(
      _ receivers: [ReceiverSettings] = [], _ outbox: Outbox = Outbox(), after minutes: Double = 0
    )
      throws -> Explanation
    {
      let configuration = Configuration(
        rules: timeline.rules, evaluation: timeline.evaluation, receivers: receivers)
      let context = Explanation.Context(
        configuration, history: history, outbox: outbox,
        suppressor: Suppressor(
          silences: [], windows: [], configuration, [:], at: Timeline.instant(minute)),
        skippedReceivers: ["skipped"],
        at: Timeline.instant(minute + minutes))
      return try #require(
        Explanation(AlertKey(rule: "r"), of: "api", in: timeline.state, context))
    }
  }

  private static func rule(_ random: inout SplitMix64) -> Rule {
    var rule = Timeline.rule(
      minutes: Double(Int.random(in: 0...20, using: &random)),
      samples: Bool.random(using: &random) ? nil : Int.random(in: 1...4, using: &random),
      maxGap: Double(Int.random(in: 1...30, using: &random)),
      onGap: Bool.random(using: &random) ? .reset : .count,
      sparse: Int.random(in: 2...4, using: &random),
      recovery: Double(Int.random(in: 0...10, using: &random)),
      recoveryThreshold: Bool.random(using: &random) ? 0.03 : nil)
    rule.onMissing = .hold
    return rule
  }

  @Test(
    "The earliest firing or end is what the evaluator makes of these further samples",
    arguments: 0..<40)
  func outlook(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var story = Story(Self.rule(&random))
    let step = Double(Int.random(in: 1...40, using: &random))
    var decided = 0
    for _ in 0..<40 {
      let minute = story.minute + (Bool.random(using: &random) ? step : step * 1.5)
      let what = ["b", "b", "b", "g", "0.04", "_", "low", "!", "skip"].randomElement(using: &random)
      story.run(what ?? "b", atMinute: minute)
      let explanation = try story.explanation(after: Double(Int.random(in: 0...60, using: &random)))
      guard let outlook = explanation.outlook else { continue }
      var further = story.timeline
      var found: Outlook.Decision?
      for number in 1...(outlook.decision?.samples ?? 50) where found == nil {
        let at = outlook.next + outlook.cadence * (number - 1)
        let evaluation = further.run(
          outlook.event == .firing ? "b" : "g", atMinute: (at - Timeline.origin).inMinutes)
        if evaluation.transitions.contains(where: {
          $0.key.rule == "r" && $0.event == outlook.event && $0.at == at
        }) {
          found = .init(at: at, samples: number)
        }
      }
      #expect(found == outlook.decision, "seed \(seed), minute \(minute)")
      if found != nil { decided += 1 }
    }
    #expect(decided > 20)
  }

  @Test("No sample gets a verdict that it did not have", arguments: 0..<40)
  func verdicts(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed) &+ 9_000)
    var story = Story(Self.rule(&random))
    story.timeline.rules[0].onMissing = Bool.random(using: &random) ? .alert : .hold
    var known = 0
    for _ in 0..<60 {
      let what = ["b", "b", "g", "0.04", "_", "low", "!"].randomElement(using: &random)
      story.run(what ?? "b", atMinute: story.minute + 3)
      for sample in try story.explanation().samples {
        guard let verdict = sample.verdict else { continue }
        #expect(verdict == story.seen[sample.at], "seed \(seed), \(sample)")
        known += 1
      }
    }
    #expect(known > 600)
  }

  @Test("The cadence is the median time between recent samples, and the next is not past")
  func cadence() throws {
    var story = Story(Timeline.rule())
    story.run("g", atMinute: 0)
    #expect(try story.explanation().outlook == nil)
    for minute in [6.0, 12, 40, 46] { story.run("g", atMinute: minute) }
    let outlook = try #require(try story.explanation(after: 13).outlook)
    #expect(outlook.cadence == .seconds(360))
    #expect(outlook.next == Timeline.instant(46 + 18))
  }

  @Test("A receiver that was not notified has one reason for each event, or for all")
  func untold() throws {
    var story = Story(Timeline.rule(minutes: 0))
    story.run("b", atMinute: 0)
    let notification = AlertNotification(
      .firing, target: "api", key: AlertKey(rule: "r"), severity: .critical, labels: [:],
      at: Timeline.instant(0), activeAt: Timeline.instant(0), firedAt: Timeline.instant(0),
      facts: AlertFacts(value: "9"))
    let row = OutboxRow(notification, deferrals: 1, reason: .deadline)
    let told = AlertThread(
      activeAt: Timeline.instant(0), firedAt: Timeline.instant(0), notifiedAt: Timeline.instant(1))
    let outbox = Outbox(queues: [
      "waits": ReceiverQueue(rows: [row]), "refuses": ReceiverQueue(deadLetters: [row]),
      "knows": ReceiverQueue(threads: [notification.fingerprint.text: told]),
    ])
    let receivers = [
      ReceiverSettings(name: "picky", type: .slack, severities: [.info, .warning]),
      ReceiverSettings(name: "skipped", type: .slack),
      ReceiverSettings(name: "waits", type: .slack),
    ]
    let explanation = try story.explanation(receivers, outbox)
    #expect(explanation.untold.map(\.receiver) == ["refuses", "waits", "picky", "skipped"])
    #expect(
      explanation.untold.map(\.why) == [
        .refused(row), .queued(row), .takesOthers(receivers[0]), .notSetUp,
      ])
    // What the history does not have, the outbox still knows.
    let events = explanation.events.filter { $0.kind == .notification }
    #expect(events.map(\.receiver) == ["knows"] && events.map(\.at) == [Timeline.instant(1)])
  }
}
