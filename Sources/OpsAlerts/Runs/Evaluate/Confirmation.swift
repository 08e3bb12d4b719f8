internal import AlertEngine
internal import Reports
internal import Text

/// What a run under `--confirm` waits for.
struct Confirmation: Sendable {
  /// A pending check with the name of its target.
  struct Pending {
    let target: String
    let check: Check
    let prospect: SamplingPlan.Prospect
  }

  /// What a run waits for before its next sample.
  struct Progress: Hashable {
    /// Until `--confirm-for` ends.
    let timeLeft: Duration
    /// The check that fires first, with its value.
    let check: String
    /// The number of other checks that the run waits for.
    let more: Int
    /// The number of samples taken.
    let sample: Int
  }

  /// Checks that stay pending for the same reason.
  struct Remainder: Hashable {
    let names: [String]
    let prospect: SamplingPlan.Prospect
    /// `--confirm-for`.
    let limit: Duration
    let interval: Duration
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

  /// The pending checks that are worth waiting for, the first to fire first.
  func undecided(
    in outcome: RunOutcome, within timeLeft: Duration, at now: Instant
  ) -> [Pending] {
    pending(in: outcome, within: timeLeft, at: now).filter { $0.prospect == .decided }
  }

  private func pending(
    in outcome: RunOutcome, within timeLeft: Duration, at now: Instant
  ) -> [Pending] {
    let pending = outcome.targets.flatMap { target in
      target.evaluation.checks.compactMap { check in
        plan.prospect(of: check, of: target.name, within: timeLeft, at: now)
          .map { Pending(target: target.name, check: check, prospect: $0) }
      }
    }
    return pending.enumerated().sorted {
      ($0.element.check.firesAt ?? now, $0.offset) < ($1.element.check.firesAt ?? now, $1.offset)
    }.map(\.element)
  }

  /// What the run waits for; `undecided` is not empty.
  func progress(_ undecided: [Pending], timeLeft: Duration, seenAt now: Instant) -> Progress? {
    guard let first = undecided.first else { return nil }
    let wording = CheckWording(first.check, seenAt: now)
    let fires = wording.fires.map { ", \($0)" } ?? ""
    return Progress(
      timeLeft: timeLeft, check: "\(name(of: first, now)) \(wording.valueAgainstLimit)\(fires)",
      more: undecided.count - 1, sample: samples)
  }

  /// What stays pending although the run takes no more samples for it, by reason.
  func remainders(
    of outcome: RunOutcome, within timeLeft: Duration, at now: Instant
  ) -> [Remainder] {
    let left = pending(in: outcome, within: timeLeft, at: now)
    return SamplingPlan.Prospect.allCases.compactMap { prospect in
      let names = left.filter { $0.prospect == prospect }.map { name(of: $0, now) }
      guard !names.isEmpty else { return nil }
      return Remainder(names: names, prospect: prospect, limit: limit, interval: plan.interval)
    }
  }

  private func name(of pending: Pending, _ now: Instant) -> String {
    "\(printable(pending.target)): \(CheckWording(pending.check, seenAt: now).name)"
  }
}
