internal import TestSupport

@testable import AlertEngine
@testable import Delivery
@testable import Text

/// What happens in a number of runs, as data, so that it can be replayed and shrunk.
struct Schedule {
  struct Person {
    let name: String
    let type: ReceiverType
    let severities: Set<Severity>
    /// How long an alert must fire before it is told; zero for at once.
    var escalation = Duration.zero
    /// The run that configures it, counted from 0.
    var begin = 0
    /// Its type from a run on, counted from 0.
    var next: (run: Int, type: ReceiverType)?

    /// The receiver as a run configures it; `nil` if it does not yet.
    func configured(in run: Int) -> Person? {
      guard run >= begin else { return nil }
      guard let next, run >= next.run else { return self }
      return Person(
        name: name, type: next.type, severities: severities, escalation: escalation)
    }
  }

  struct Run {
    /// Since the run before; negative if the clock was set back.
    let after: Duration
    /// Which alerts are bad.
    let firing: Set<Int>
    var quiet = Quiet()
    var manners: [String: Manner]
    let end: End
    let retriesDead: Bool
    let timeLeft: Duration
    let seed: UInt64
  }

  /// What people do before a run, and how the wall clock moves.
  struct Quiet {
    /// Silences that are added, by alert, with how long they last.
    var added: [Int: Duration] = [:]
    /// Whether all silences are ended.
    var endsAll = false
    /// Alerts in a maintenance window.
    var maintained: Set<Int> = []
    /// Alerts that depend on one of a target that the run does not get to.
    var undecided: Set<Int> = []
    /// Alerts that recover if they fire.
    var recovering: Set<Int> = []
    /// Alerts that somebody acknowledges, or takes back if they are acknowledged.
    var acknowledged: Set<Int> = []
    /// The receivers that are outside their hours.
    var closed: Set<String> = []
  }

  /// How a receiver behaves in a run.
  enum Manner: CaseIterable {
    case healthy, flaky, unreachable, hanging, broken, refusing
    /// No response tells whether the message arrived.
    case odd
  }

  /// How a run ends.
  enum End: Hashable {
    case whole
    case beforeSave
    /// The save before all sending fails.
    case unsaved
    /// This many of the newest saves fail; the run goes on to its end.
    case savesFail(Int)
    /// At a point of its sending, counted from 1; this many of the newest saves did not reach the disk.
    case killed(point: Int, unwritten: Int)
  }

  static let reminder = Duration.seconds(4 * 3_600)
  static let digestOver = 2

  let alerts: Int
  /// By alert: another one, while which fires it is not told.
  var dependencies: [Int: Int] = [:]
  var people: [Person]
  var runs: [Run]

  static func severity(of alert: Int) -> Severity {
    Severity.allCases[alert % Severity.allCases.count]
  }

  /// A schedule that the seed decides; one without crashes is the same for each receiver whatever
  /// the others do.
  init(seed: UInt64, crashes: Bool = true) {
    var dice = SplitMix64(seed: seed)
    alerts = Int.random(in: 1...5, using: &dice)
    let types: [ReceiverType] = [
      SlackReceiver.type, PagerDutyReceiver.type, GitHubReceiver.type, WebhookReceiver.type,
      EmailReceiver.type,
    ]
    people = (0..<Int.random(in: 1...3, using: &dice)).map { place in
      let isPicky = Int.random(in: 0..<4, using: &dice) == 0
      var person = Person(
        name: "r\(place)", type: types.randomElement(using: &dice) ?? SlackReceiver.type,
        severities: Set(isPicky ? [.critical, .error] : Severity.allCases))
      if Int.random(in: 0..<4, using: &dice) == 0 {
        person.escalation = .minutes([4.0, 15, 120].randomElement(using: &dice) ?? 4)
      }
      if Int.random(in: 0..<4, using: &dice) == 0 {
        person.begin = Int.random(in: 1...4, using: &dice)
      }
      if Int.random(in: 0..<5, using: &dice) == 0 {
        let type = types.randomElement(using: &dice) ?? SlackReceiver.type
        if type != person.type { person.next = (Int.random(in: 2...6, using: &dice), type) }
      }
      return person
    }
    for alert in 0..<alerts where alert > 0 && Int.random(in: 0..<3, using: &dice) == 0 {
      dependencies[alert] = Int.random(in: 0..<alert, using: &dice)
    }
    runs = []
    var firing: Set<Int> = []
    for _ in 0..<Int.random(in: 2...12, using: &dice) {
      for alert in 0..<alerts where Int.random(in: 0..<3, using: &dice) == 0 {
        firing.formSymmetricDifference([alert])
      }
      var run = Run(firing, people, crashes: crashes, &dice)
      run.quiet = Quiet(alerts: alerts, people, &dice)
      runs.append(run)
    }
  }
}

extension Schedule.Quiet {
  fileprivate init(alerts: Int, _ people: [Schedule.Person], _ dice: inout SplitMix64) {
    func some(_ share: Int) -> Set<Int> {
      Set((0..<alerts).filter { _ in Int.random(in: 0..<share, using: &dice) == 0 })
    }
    for alert in some(6).sorted() {
      added[alert] = .minutes([3.0, 12, 400].randomElement(using: &dice) ?? 3)
    }
    endsAll = Int.random(in: 0..<6, using: &dice) == 0
    maintained = some(8)
    acknowledged = some(6)
    closed = Set(people.map(\.name).filter { _ in Int.random(in: 0..<4, using: &dice) == 0 })
    undecided = some(10)
    recovering = some(4)
  }
}

extension Schedule.Run {
  fileprivate init(
    _ firing: Set<Int>, _ people: [Schedule.Person], crashes: Bool, _ dice: inout SplitMix64
  ) {
    let minutes: Int
    switch Int.random(in: 0..<20, using: &dice) {
    case 0: minutes = [-60, -1_500, 100_000, -90_000].randomElement(using: &dice) ?? -60
    case 1: minutes = 25 * 60
    case 2...6: minutes = Int.random(in: 60...600, using: &dice)
    default: minutes = 5
    }
    var manners: [String: Schedule.Manner] = [:]
    for person in people {
      let roll = Int.random(in: 0..<10, using: &dice)
      let any = Schedule.Manner.allCases.randomElement(using: &dice)
      manners[person.name] = roll < 2 ? .healthy : roll < 7 ? .flaky : any
    }
    self.init(
      after: .minutes(Double(minutes)), firing: firing, manners: manners,
      end: crashes ? Self.end(&dice) : .whole,
      retriesDead: Int.random(in: 0..<8, using: &dice) == 0,
      timeLeft: .seconds(Int.random(in: 0..<4, using: &dice) == 0 ? 5 : 60), seed: dice.next())
  }

  private static func end(_ dice: inout SplitMix64) -> Schedule.End {
    switch Int.random(in: 0..<20, using: &dice) {
    case 0: .beforeSave
    case 1: .unsaved
    case 2: .savesFail(Int.random(in: 1...4, using: &dice))
    case 3...9:
      .killed(
        point: Int.random(in: 1...8, using: &dice),
        unwritten: [0, 0, 1, 2, 99].randomElement(using: &dice) ?? 0)
    default: .whole
    }
  }

  /// A run in which every receiver responds.
  static func healthy(after: Duration, firing: Set<Int>, retriesDead: Bool = false) -> Self {
    Self(
      after: after, firing: firing, manners: [:], end: .whole, retriesDead: retriesDead,
      timeLeft: .seconds(600), seed: 0)
  }
}
