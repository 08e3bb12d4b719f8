internal import AlertEngine
internal import Reports
internal import Text

/// What a run under `--confirm` waits for.
struct Confirmation: Sendable {
  /// A check that is pending or recovering.
  struct Undecided {
    let target: String
    let check: Check
    let prospect: SamplingPlan.Prospect
    /// When it can be decided at the earliest.
    let due: Instant
  }

  /// What a run waits for before its next sample.
  struct Progress: Hashable {
    /// Until `--confirm-for` ends.
    let timeLeft: Duration
    /// The check that is decided first, with its value.
    let check: String
    /// The number of other checks that the run waits for.
    let more: Int
    /// The number of samples taken.
    let sample: Int
  }

  /// Checks that stay undecided for the same reason.
  struct Remainder: Hashable {
    let names: [String]
    let prospect: SamplingPlan.Prospect
    /// `--confirm-for`.
    let limit: Duration
  }

  /// The largest difference between the clocks that measure a limit and a window.
  static let tolerance = Duration.milliseconds(20)

  private(set) var plan: SamplingPlan
  private let limit: Duration
  private var samples = 0

  init(_ options: EvaluateOptions) {
    plan = SamplingPlan(every: options.interval)
    limit = options.confirmFor
  }

  mutating func note(_ outcome: RunOutcome) {
    samples += 1
    for target in outcome.targets { plan.note(target.evaluation.checks, of: target.name) }
  }

  /// The checks that are worth waiting for, the first to be decided first.
  func undecided(
    in outcome: RunOutcome, within timeLeft: Duration, at now: Instant
  ) -> [Undecided] {
    open(in: outcome, within: timeLeft, at: now).filter { $0.prospect == .decided }
  }

  private func open(
    in outcome: RunOutcome, within timeLeft: Duration, at now: Instant
  ) -> [Undecided] {
    let open = outcome.targets.flatMap { target in
      target.evaluation.checks.compactMap { check in
        plan.prospect(of: check, of: target.name, within: timeLeft, at: now).map {
          Undecided(
            target: target.name, check: check, prospect: $0, due: plan.decidesAt(check) ?? now)
        }
      }
    }
    return open.enumerated().sorted {
      ($0.element.due, $0.offset) < ($1.element.due, $1.offset)
    }.map(\.element)
  }

  /// What the run waits for; `undecided` is not empty.
  func progress(_ undecided: [Undecided], timeLeft: Duration, seenAt now: Instant) -> Progress? {
    guard let first = undecided.first else { return nil }
    let wording = CheckWording(first.check, seenAt: now)
    let next = (wording.fires ?? wording.recovery).map { ", \($0)" } ?? ""
    return Progress(
      timeLeft: timeLeft, check: "\(name(of: first, now)) \(wording.valueAgainstLimit)\(next)",
      more: undecided.count - 1, sample: samples)
  }

  /// What stays undecided although the run takes no more samples for it, by reason.
  func remainders(
    of outcome: RunOutcome, within timeLeft: Duration, at now: Instant
  ) -> [Remainder] {
    let left = open(in: outcome, within: timeLeft, at: now)
    return SamplingPlan.Prospect.allCases.compactMap { prospect in
      let names = left.filter { $0.prospect == prospect }.map { name(of: $0, now) }
      guard !names.isEmpty else { return nil }
      return Remainder(names: names, prospect: prospect, limit: limit)
    }
  }

  private func name(of undecided: Undecided, _ now: Instant) -> String {
    "\(printable(undecided.target)): \(CheckWording(undecided.check, seenAt: now).name)"
  }
}
