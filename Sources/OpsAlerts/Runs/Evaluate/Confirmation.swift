internal import AlertEngine
internal import Reports
internal import Text

/// What a run that samples on waits for, and what it says of that.
struct Confirmation: Sendable {
  /// A pending check with the name of its target.
  struct Pending {
    let target: String
    let check: Check
    let prospect: SamplingPlan.Prospect
  }

  /// By so much the clocks that a limit and a window are measured with may differ.
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

  /// The pending checks that are worth waiting for, what fires first in front.
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

  /// One line of progress: what is waited for, and how long at most.
  func progress(_ undecided: [Pending], timeLeft: Duration, seenAt now: Instant) -> String {
    guard let first = undecided.first else { return "" }
    let wording = CheckWording(first.check, seenAt: now)
    let more = undecided.count > 1 ? ", and \(undecided.count - 1) more" : ""
    let fires = wording.fires.map { ", \($0)" } ?? ""
    return "confirming, \(Quantity.text(timeLeft)) left at most: \(name(of: first, now)) "
      + "\(wording.valueAgainstLimit)\(fires)\(more) (sample \(samples))"
  }

  /// What stays pending though the run has no more samples for it, a sentence for each reason.
  func remainder(
    of outcome: RunOutcome, within timeLeft: Duration, at now: Instant
  ) -> [String] {
    let left = pending(in: outcome, within: timeLeft, at: now)
    return SamplingPlan.Prospect.allCases.compactMap { prospect in
      let names = left.filter { $0.prospect == prospect }.map { name(of: $0, now) }
      guard !names.isEmpty else { return nil }
      let more = names.count > 3 ? " and \(names.count - 3) more" : ""
      let verb = names.count == 1 ? "stays" : "stay"
      let list = names.prefix(3).joined(separator: ", ")
      return "\(list)\(more) \(verb) pending: \(reason(prospect)); the next run goes on from here"
    }
  }

  private func reason(_ prospect: SamplingPlan.Prospect) -> String {
    switch prospect {
    case .decided, .tooLate: "not to be decided within --confirm-for \(Quantity.text(limit))"
    case .noEvidence: "no evidence in \(SamplingPlan.mostUnknowns) samples running"
    case .tooRare:
      "--interval \(Quantity.text(plan.interval)) is longer than max_gap_minutes allows"
    }
  }

  private func name(of pending: Pending, _ now: Instant) -> String {
    "\(printable(pending.target)): \(CheckWording(pending.check, seenAt: now).name)"
  }
}
