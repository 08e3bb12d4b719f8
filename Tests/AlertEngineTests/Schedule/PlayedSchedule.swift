internal import TestSupport
internal import Testing

@testable import AlertEngine
@testable import Text

/// A rule and the runs of a schedule, played sample by sample through the evaluator.
final class PlayedSchedule {
  /// What a breach that may begin or end at any whole second leads to.
  struct Truth {
    var fires: ScheduleBounds.Delay?
    var resolves: ScheduleBounds.Delay?
    var undecided = 0.0
    var shares: [Double?] = []
  }

  /// The members of the rule besides its name and condition.
  let rule: String
  let schedule: RunSchedule
  let subject: Subject
  /// In whole seconds; for a regular schedule, as many as any decision takes.
  private let times: [Instant]
  /// Where a breach may begin, and where it may end, as indices of the first run after it.
  private let starts: Range<Int>
  private let evaluator: Evaluator
  /// For each run, a good sample and a bad one.
  private let samples: [(good: Reading, bad: Reading)]
  /// The runs at which the alert is firing or recovering, by the first and the last bad one.
  private var known: [Range<Int>: [Bool]] = [:]
  /// The states after samples that were all good.
  private var goodStates: [TargetState] = [TargetState()]
  private var isGood: [Bool] = []

  init(_ rule: String, on schedule: RunSchedule, starts: Range<Int>, count: Int) throws {
    self.rule = rule
    self.schedule = schedule
    self.starts = starts
    switch schedule {
    case .runs(let times): self.times = times
    case .every(let interval): times = (0..<count).map { Timeline.origin + interval * $0 }
    }
    let isDown = rule.isEmpty
    let text =
      isDown
      ? #"{"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold": 5, "duration_minutes": 0}], "endpoint": {"duration_minutes": 0.2}, "evaluation": {"max_gap_minutes": 0.3}}"#
      : #"{"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold_path": "t", \#(rule)}]}"#
    let configuration = try Configuration.decode(Array(text.utf8))
    evaluator = Evaluator(configuration)
    subject = try #require(configuration.subjects[isDown ? EndpointSettings.ruleName : "r"])
    // What does not grow is judged by the limit beside it.
    let read = { [evaluator] (run: Int, limit: Int) in
      let text = #"{"v": 0, "t": \#(limit), "d": \#(100 * run)}"#
      return Reading.snapshot(try evaluator.read(Array(text.utf8)))
    }
    samples = try times.indices.map { run in
      (try read(run, 1), isDown ? .unreachable(cause: "refused") : try read(run, -1))
    }
    var state = TargetState()
    for (time, sample) in zip(times, samples) {
      let evaluation = evaluator.evaluate(sample.good, from: state, at: time)
      state = evaluation.state
      goodStates.append(state)
      isGood.append(state.alerts[AlertKey(rule: subject.name)]?.seen == .good)
    }
  }

  /// Whether the alert is open after each run, from the first bad one on.
  private func play(bad: Range<Int>) -> [Bool] {
    if let known = known[bad] { return known }
    var state = goodStates[bad.lowerBound]
    let key = AlertKey(rule: subject.name)
    let open = (bad.lowerBound..<times.count).map { run in
      let reading = bad.contains(run) ? samples[run].bad : samples[run].good
      state = evaluator.evaluate(reading, from: state, at: times[run]).state
      return state.alerts[key]?.phase.isOpen ?? false
    }
    known[bad] = open
    return open
  }

  /// The first run at or after an instant.
  private func run(at instant: Instant) -> Int {
    times.firstIndex { $0 >= instant } ?? times.count
  }

  /// Tries every whole second.
  func everySecond(outages: [Duration]) -> Truth {
    var truth = Truth()
    let second = Duration.seconds(1)
    let first = (starts.lowerBound..<starts.upperBound).first { isGood[$0 - 1] }
    guard let first else {
      truth.shares = outages.map { _ in nil }
      return truth
    }
    var (all, undecided) = (0, 0)
    var counts = outages.map { _ in (all: 0, fired: 0) }
    var moment = times[first - 1] + second
    while moment <= times[starts.upperBound - 1] {
      defer { moment = moment + second }
      let from = run(at: moment)
      all += 1
      if let index = play(bad: from..<times.count).firstIndex(of: true) {
        truth.fires.include(times[from + index] - moment)
      } else {
        undecided += 1
      }
      for (index, length) in outages.enumerated() {
        if case .runs = schedule, moment + length > times[times.count - 1] { continue }
        counts[index].all += 1
        if play(bad: from..<run(at: moment + length)).contains(true) { counts[index].fired += 1 }
      }
    }
    truth.undecided = all > 0 ? Double(undecided) / Double(all) : 0
    truth.shares = counts.map { $0.all > 0 ? Double($0.fired) / Double($0.all) : nil }
    truth.resolves = resolutions()
    return truth
  }

  private func resolutions() -> ScheduleBounds.Delay? {
    var delay: ScheduleBounds.Delay?
    let all = play(bad: 0..<times.count)
    guard let opened = all.firstIndex(of: true) else { return nil }
    let first = max(opened + 1, starts.lowerBound)
    var moment = times[first - 1] + .seconds(1)
    // A regular schedule repeats itself.
    let last = schedule.isRegular ? min(times.count, first + starts.count) : times.count
    while moment <= times[last - 1] {
      defer { moment = moment + .seconds(1) }
      let end = run(at: moment)
      let open = play(bad: 0..<end)
      guard let index = open[end...].firstIndex(of: false) else { continue }
      delay.include(times[index] - moment)
    }
    return delay
  }
}

extension ScheduleBounds.Delay? {
  /// A delay of whole seconds: the supremum is one second more than the longest.
  fileprivate mutating func include(_ delay: Duration) {
    let longest = delay + .seconds(1)
    self = .init(
      shortest: Swift.min(self?.shortest ?? delay, delay),
      longest: Swift.max(self?.longest ?? longest, longest))
  }
}

extension RunSchedule {
  fileprivate var isRegular: Bool { if case .every = self { true } else { false } }
}

extension PlayedSchedule {
  /// A rule with its times in seconds.
  private static func rule(using random: inout SplitMix64) -> String {
    func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    var members = ["\"duration_minutes\": \(Double(pick(0...3) * pick(0...25)) / 60)"]
    if pick(0...2) > 0 { members.append("\"max_gap_minutes\": \(Double(pick(2...40)) / 60)") }
    if pick(0...3) == 0 { members.append("\"on_gap\": \"count\"") }
    if pick(0...1) == 0 { members.append("\"sparse_samples\": \(pick(2...5))") }
    if pick(0...1) == 0 { members.append("\"min_samples\": \(pick(1...5))") }
    if pick(0...1) == 0 { members.append("\"recovery_minutes\": \(Double(pick(1...60)) / 60)") }
    if pick(0...3) == 0 {
      let of = pick(2...6)
      members.append("\"bad_samples\": {\"at_least\": \(pick(1...of)), \"of\": \(of)}")
    }
    let window = pick(3...200)
    switch pick(0...9) {
    case 0, 1: members.append("\"measure\": \"increase\"")
    case 2:
      members.append("\"measure\": \"ratio\", \"denominator_path\": \"d\"")
      members.append("\"short_window_minutes\": \(Double(pick(1...(window - 1))) / 60)")
    default: return members.joined(separator: ", ")
    }
    members.append("\"window_minutes\": \(Double(window) / 60)")
    return members.joined(separator: ", ")
  }

  static func random(using random: inout SplitMix64) throws -> PlayedSchedule {
    let rule = Int.random(in: 0..<12, using: &random) == 0 ? "" : rule(using: &random)
    let interval = Int.random(in: 1...40, using: &random)
    if Bool.random(using: &random) {
      let settled = 16 + (rule.contains("window") ? 200 / interval : 0)
      return try PlayedSchedule(
        rule, on: .every(.seconds(interval)), starts: settled..<(settled + 12),
        count: settled + 12 + 3 * (75 / interval + 20))
    }
    var time = Timeline.origin
    let count = Int.random(in: 2...24, using: &random)
    let times = (0..<count).map { _ in
      let isLate = Int.random(in: 0..<4, using: &random) == 0
      time = time + .seconds(Int.random(in: 1...(isLate ? 3 * interval : interval), using: &random))
      return time
    }
    return try PlayedSchedule(rule, on: .runs(times), starts: 1..<count, count: count)
  }
}
