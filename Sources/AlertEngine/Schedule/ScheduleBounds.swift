internal import Text

/// How soon an alert fires and resolves on a schedule, whenever a breach begins and ends.
///
/// A breach may begin at any moment: all samples from then on are bad, and all before it good. See
/// `docs/checking.md`.
package struct ScheduleBounds: Hashable, Sendable {
  /// How long something takes, over all alignments of its cause with the runs.
  package struct Delay: Hashable, Sendable {
    /// After a cause that comes just in time for a run.
    package var shortest: Duration
    /// After a cause that just misses a run; the supremum, which no delay quite reaches.
    package var longest: Duration

    fileprivate static func including(_ one: Delay?, _ other: Delay) -> Delay {
      Delay(
        shortest: min(one?.shortest ?? other.shortest, other.shortest),
        longest: max(one?.longest ?? other.longest, other.longest))
    }
  }

  /// How many outages of one length fire.
  package struct Sight: Hashable, Sendable {
    package var length: Duration
    /// From 0 to 1; `nil` if the runs do not span such an outage.
    package var share: Double?
  }

  /// How a run samples with `--confirm`.
  package struct Confirming: Hashable, Sendable {
    package var interval: Duration
    package var limit: Duration

    package init(interval: Duration, limit: Duration) {
      self.interval = interval
      self.limit = limit
    }
  }

  /// What is wrong with a rule on the schedule.
  package enum Finding: String, CaseIterable, Sendable {
    /// It fires on no breach, however long, not even with `--confirm`.
    case neverFires = "never_fires"
    case neverResolves = "never_resolves"
    /// Without `--confirm` it never fires, or only by samples in a row that are far apart.
    case needsConfirm = "needs_confirm"
    /// Most runs are further apart than `max_gap`.
    case shortMaxGap = "short_max_gap"
  }

  /// From the beginning of a breach to its firing; `nil` if none fires.
  package let fires: Delay?
  /// From the end of a breach that has fired to its resolution; `nil` if none resolves.
  package let resolves: Delay?
  /// In the order of the given lengths.
  package let sights: [Sight]
  /// The share of breaches that begin so late that the runs end before they fire, from 0 to 1.
  package let undecided: Double
  package let findings: [Finding]

  /// Plays every alignment of breaches and outages with the runs.
  ///
  /// - Parameters:
  ///   - subject: what the alert is about.
  ///   - schedules: the runs for each of its targets.
  ///   - outages: the lengths for `sights`.
  ///   - confirming: how a run would sample with `--confirm`.
  package init(
    of subject: Subject, on schedules: [RunSchedule], outages: [Duration], confirming: Confirming
  ) {
    var tally = Tally(outages.map { Tally.Outage(length: $0) })
    for schedule in schedules {
      tally.playBreaches(Rehearsal(of: subject, on: schedule), confirming)
      tally.playEnds(Rehearsal(of: subject, on: schedule))
    }
    fires = tally.fires
    resolves = tally.resolves
    sights = tally.outages.map {
      Sight(length: $0.length, share: $0.all > .zero ? $0.fired / $0.all : nil)
    }
    undecided = tally.begun > .zero ? tally.undecided / tally.begun : 0
    let needsOne =
      subject.duration == .zero && subject.minSamples == 1 && subject.recoveryDuration == .zero
    let hasGaps = schedules.contains { $0.cadence.map { $0 > subject.maxGap } ?? false }
    let holds: [(Finding, Bool)] = [
      (.neverFires, tally.fires == nil && tally.canTellFiring && !tally.firesConfirmed),
      (.neverResolves, tally.fires != nil && tally.resolves == nil && tally.canTellResolution),
      (
        .needsConfirm,
        tally.firesConfirmed && !tally.firesContinuously
          && (tally.fires != nil || tally.canTellFiring)
      ),
      (.shortMaxGap, hasGaps && subject.onGap == .reset && !needsOne),
    ]
    findings = holds.filter(\.1).map(\.0)
  }
}

/// What is known after some alignments.
private struct Tally {
  struct Outage {
    let length: Duration
    /// The total time in which such an outage may begin, and in which it fires if it does.
    var all = Duration.zero
    var fired = Duration.zero
  }

  var outages: [Outage]
  var fires: ScheduleBounds.Delay?
  var resolves: ScheduleBounds.Delay?
  /// The total time in which a breach may begin, and in which it does so too late to be decided.
  var begun = Duration.zero
  var undecided = Duration.zero
  var firesContinuously = false
  var firesConfirmed = false
  /// Whether there were enough runs to say that it never fires, or never resolves.
  var canTellFiring = false
  var canTellResolution = false

  init(_ outages: [Outage]) { self.outages = outages }

  /// Lets a breach begin between any two runs, and last.
  mutating func playBreaches(
    _ rehearsal: Rehearsal, _ confirming: ScheduleBounds.Confirming
  ) {
    var rehearsal = rehearsal
    let duration = rehearsal.subject.duration
    var before = rehearsal.fresh
    var starts = 0
    for run in rehearsal.runs(from: 0) where starts != rehearsal.mostStarts {
      // What has no value yet is not what keeps an alert from firing later.
      if run >= rehearsal.firstStart, starts > 0 || before.seen == .good {
        if starts == 0 {
          firesConfirmed = firesConfirmed || rehearsal.fires(before, confirmedIn: run, confirming)
          canTellFiring = canTellFiring || rehearsal.canDecide(from: run, duration)
        }
        starts += 1
        play(run, from: before, &rehearsal)
      }
      rehearsal.step(&before, isBad: false, in: run)
    }
    if starts == 0 { canTellFiring = canTellFiring || rehearsal.canDecide(from: 0, duration) }
  }

  /// Lets a breach begin after the run before this one.
  private mutating func play(_ run: Int, from before: Alert, _ rehearsal: inout Rehearsal) {
    let (earliest, latest) = (rehearsal.time(run - 1), rehearsal.time(run))
    begun += latest - earliest
    var alert = before
    /// The last sample that must be bad for an outage to fire.
    var decisive: Instant?
    for next in rehearsal.runs(from: run) {
      rehearsal.step(&alert, isBad: true, in: next)
      if decisive == nil, alert.phase.isOpen || rehearsal.fires(alert, whenGoodAfter: next) {
        decisive = rehearsal.time(next)
      }
      guard let evidence = alert.phase.episode?.breach.evidence else { continue }
      fires = .including(fires, rehearsal.delay(since: run, until: next))
      let subject = rehearsal.subject
      if subject.onGap == .count || evidence.longestGap <= subject.maxGap {
        firesContinuously = true
      }
      break
    }
    if !alert.phase.isOpen { undecided += latest - earliest }
    for index in outages.indices {
      let length = outages[index].length
      // An outage must end by the last run; one that begins after `decisive - length` fires.
      let last = rehearsal.end.map { min(latest, $0 - length) } ?? latest
      outages[index].all += max(.zero, last - earliest)
      if let decisive {
        outages[index].fired += max(.zero, last - max(earliest, decisive - length))
      }
    }
  }

  /// Lets a breach that has lasted since the first run end between any two.
  mutating func playEnds(_ rehearsal: Rehearsal) {
    var rehearsal = rehearsal
    let duration = rehearsal.subject.recoveryDuration
    var before = rehearsal.fresh
    var ends = 0
    for run in rehearsal.runs(from: 0) where ends != rehearsal.mostStarts {
      if before.phase.isOpen, run >= rehearsal.firstStart {
        if ends == 0 {
          canTellResolution = canTellResolution || rehearsal.canDecide(from: run, duration)
        }
        ends += 1
        playEnd(run, from: before, &rehearsal)
      }
      rehearsal.step(&before, isBad: true, in: run)
    }
  }

  private mutating func playEnd(_ run: Int, from before: Alert, _ rehearsal: inout Rehearsal) {
    var alert = before
    for next in rehearsal.runs(from: run) {
      rehearsal.step(&alert, isBad: false, in: next)
      guard !alert.phase.isOpen else { continue }
      resolves = .including(resolves, rehearsal.delay(since: run, until: next))
      return
    }
  }
}

extension Rehearsal {
  /// From something between a run and the one before it to another run.
  fileprivate func delay(since run: Int, until other: Int) -> ScheduleBounds.Delay {
    ScheduleBounds.Delay(
      shortest: time(other) - time(run), longest: time(other) - time(run - 1))
  }
}
