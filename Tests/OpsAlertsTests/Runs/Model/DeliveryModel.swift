@testable import AlertEngine
@testable import Delivery
@testable import HTTP
@testable import JSON
@testable import OpsAlerts
@testable import Text

/// Plays a schedule through the queues, notifiers and saver of the tool; the disk holds bytes.
struct DeliveryModel {
  /// Since when each alert has been bad and firing.
  private struct Dates {
    var activeAt: Instant
    var firedAt: Instant
    var acknowledgement: Acknowledgement?
  }
  private typealias Phases = [Int: Dates]

  private let schedule: Schedule
  /// What a crash leaves: what the bytes of the state say, and the alerts that were saved with it.
  private var disk = (state: RunState(), phases: Phases(), savedAt: Instant?.none)
  private(set) var ledger = Ledger()
  private(set) var story: [String] = []
  private var now = Instant(milliseconds: 1_790_000_000_000)
  private var run = 0
  /// The receivers of the current run.
  private var people: [Schedule.Person] = []
  /// By receiver and alert: the firings that a run sent and could not save.
  private var unsaved: [String: String] = [:]
  /// What people and the clock do, as the runs see it.
  private var quiet = QuietTruth()
  private let tellsStory: Bool

  init(_ schedule: Schedule, tellsStory: Bool = false) {
    self.schedule = schedule
    self.tellsStory = tellsStory
  }

  /// Plays all runs.
  mutating func play() async {
    for run in schedule.runs { await play(run) }
  }

  /// Plays final runs in which everything succeeds, and checks the ledger.
  ///
  /// - Returns: what was wrong.
  mutating func end() async -> [String] {
    let last = schedule.runs.last?.firing ?? []
    for firing in [last, [], []] {
      await play(.healthy(after: .seconds(3 * 3_600), firing: firing))
    }
    await play(.healthy(after: .seconds(3 * 3_600), firing: [], retriesDead: true))
    await play(.healthy(after: .seconds(25 * 3_600), firing: []))
    ledger.close()
    if !disk.state.outbox.queues.isEmpty {
      ledger.fault("the outbox is not empty: \(disk.state.outbox.story)")
    }
    return ledger.faults
  }

  private mutating func write(_ outbox: Outbox) {
    guard outbox != disk.state.outbox else { return }
    let bytes = RunState(outbox: outbox).encoded()
    do throws(RunState.Failure) { disk.state = try RunState(decoding: bytes) } catch {
      ledger.fault("run \(run): the state cannot be read: \(error.reason)")
    }
  }

  private mutating func play(_ run: Schedule.Run) async {
    self.run += 1
    // No two runs are at the same time, also where the clock was set back.
    now = now + run.after + .milliseconds(1_000 + self.run)
    people = schedule.people.compactMap { $0.configured(in: self.run - 1) }
    if run.after < .zero { unsaved = [:] }
    var state = disk.state
    if run.retriesDead {
      for name in state.outbox.queues.keys { _ = state.outbox.queues[name]?.retryDeadLetters() }
      write(state.outbox)
    }
    if tellsStory {
      story.append("run \(self.run) at \(now.rfc3339), \(run.end), \(run.manners)")
    }
    guard run.end != .beforeSave else { return }
    var book = ledger
    quiet.begin(run.quiet, at: now)
    let waiting = state.outbox
    let phases = queue(run, in: &state.outbox, &book)
    let passes = beginDelivery(of: &state.outbox)
    if run.end != .unsaved {
      disk.phases = phases
      disk.savedAt = now
      unsaved = [:]
      ledger = book
      quiet.note(firing: Set(phases.keys), of: people, schedule, at: now)
    }
    checkHolds(state.outbox, after: waiting, run)
    await deliver(passes, run, state.outbox)
  }

  /// What `EvaluationRun` does with a run's transitions.
  private mutating func queue(
    _ run: Schedule.Run, in outbox: inout Outbox, _ book: inout Ledger
  ) -> Phases {
    var phases = disk.phases.mapValues { dates in
      // As the engine does when the clock was ahead; the thread keeps the first.
      Dates(
        activeAt: min(dates.activeAt, now), firedAt: min(dates.firedAt, now),
        acknowledgement: dates.acknowledgement)
    }
    let (new, owed) = outbox.meet(people.map(\.settings))
    for name in owed.keys {
      book.forget(name)
      quiet.forget(name)
    }
    outbox.correctDates(to: now)
    for alert in run.quiet.acknowledged {
      let isTaken = phases[alert]?.acknowledgement != nil
      phases[alert]?.acknowledgement =
        isTaken ? nil : Acknowledgement(author: "kim", at: now - .milliseconds(1))
    }
    let suppressor = suppressor(run)
    for alert in 0..<schedule.alerts {
      switch (phases[alert], run.firing.contains(alert)) {
      case (nil, false): continue
      case (nil, true):
        let dates = Dates(activeAt: now - .milliseconds(alert + 1), firedAt: now)
        phases[alert] = dates
        var firing = notification(.firing, of: alert, dates)
        firing.savedBefore = disk.savedAt
        for person in people where person.severities.contains(firing.severity) {
          outbox.queues[person.name, default: ReceiverQueue(type: person.type.name)]
            .queueFiring(firing)
          book.fired(firing, for: person.name, person.type)
          // Without any saved state, there is nothing to derive an id from.
          if disk.savedAt != nil, let id = unsaved["\(person.name) \(alert)"], id != firing.id {
            book.fault("run \(self.run): \(person.name), alert \(alert) has another id than before")
          }
        }
      case (let dates?, false):
        phases[alert] = nil
        let resolved = notification(.resolved, of: alert, dates)
        for person in people {
          outbox.queues[person.name]?.queueResolved(
            [resolved], to: person.type, isSuppressed: { suppressor.silences($0.identity) })
          if quiet.isUntold(alert, person, run.firing, schedule, at: now) {
            book.waive(resolved.fingerprint, person.name)
          }
        }
        book.resolved(resolved.fingerprint, in: self.run)
      case (let dates?, true):
        let firing = notification(.firing, of: alert, dates)
        for person in people {
          introduce(firing, to: person, new, in: &outbox, &book)
          if let acknowledgement = dates.acknowledgement {
            var told = notification(.acknowledged, of: alert, dates)
            told.at = acknowledgement.at
            told.sequence = max(
              1, Int((acknowledgement.at - dates.firedAt).wholeMilliseconds / 1_000))
            outbox.queues[person.name]?.queueAcknowledged(told)
          } else if !suppressor.silences(firing.identity) {
            outbox.queues[person.name]?.queueReminders([firing], every: Schedule.reminder, at: now)
          }
        }
      }
    }
    hold(&outbox, by: suppressor, phases, run)
    for person in people {
      for dropped in outbox.queues[person.name]?.expire(at: now, isConfigured: true) ?? [] {
        let before = disk.state.outbox.queues[person.name]?.rows.first { $0.id == dropped.id }
        let isOwed = before?.mayHaveArrived != true && quiet.isOwed(dropped, to: person, at: now)
        book.dropped(dropped, by: person.name, isOwed: isOwed, at: now)
      }
    }
    outbox.tidy()
    return phases
  }

  private func hold(
    _ outbox: inout Outbox, by suppressor: Suppressor, _ phases: Phases, _ run: Schedule.Run
  ) {
    for person in people {
      let isClosed = person.type.isForPeople && run.quiet.closed.contains(person.name)
      outbox.queues[person.name]?.hold(
        ReceiverTiming(escalation: person.escalation, closed: isClosed ? RowHold(.hours) : nil),
        at: now,
        by: { notification in
          let alert = Int(notification.key.rule)
          let dates = alert.flatMap { phases[$0] }
          let isRecovering = alert.map(run.quiet.recovering.contains) ?? false
          return AlertStanding(
            suppression: suppressor.suppression(of: notification.identity),
            phase: dates.map { _ in isRecovering ? .recovering : .firing },
            acknowledgement: dates?.acknowledgement)
        }, refreshed: { _ in nil })
    }
  }

  /// The engine's view of silences, windows and dependencies.
  private func suppressor(_ run: Schedule.Run) -> Suppressor {
    let windows = run.quiet.maintained.map { alert in
      ActiveWindow(
        name: "w", match: AlertMatch(rules: [NamePattern("\(alert)")]), reason: nil, ends: nil)
    }
    let rules = (0..<schedule.alerts).map { alert in
      Rule(
        name: "\(alert)",
        measurement: Measurement(.value, of: .response(.status)),
        condition: Condition(.gt, .number(1)), duration: .zero,
        dependsOn: (schedule.dependencies[alert].map { [Dependency("\($0)")] } ?? [])
          + (run.quiet.undecided.contains(alert) ? [Dependency("0@late")] : []))
    }
    let alerts = run.firing.map { alert in
      let breach = Breach(evidence: Evidence(startingAt: now))
      let episode = Episode(breach: breach, firedAt: now, severity: .info, labels: [:])
      return (AlertKey(rule: "\(alert)"), Alert(phase: .firing(episode), conditionHash: 0))
    }
    var table = AlertTable()
    for (key, alert) in alerts { table[key] = alert }
    return Suppressor(
      silences: quiet.silences, windows: windows,
      Configuration(
        rules: rules, evaluation: EvaluationSettings(requestCount: .response(.status))),
      ["t": TargetState(alerts: table)], unseen: ["late"], at: now)
  }

  private func introduce(
    _ firing: AlertNotification, to person: Schedule.Person, _ new: Set<String>,
    in outbox: inout Outbox, _ book: inout Ledger
  ) {
    guard new.contains(person.name), person.severities.contains(firing.severity) else { return }
    let count = outbox.queues[person.name]?.rows.count ?? 0
    outbox.introduce([firing], to: [person.settings])
    guard let rows = outbox.queues[person.name]?.rows, rows.count > count else { return }
    book.fired(rows[count].notification, for: person.name, person.type)
  }

  private func notification(
    _ event: AlertNotification.Event, of alert: Int, _ dates: Dates
  ) -> AlertNotification {
    AlertNotification(
      event, target: "t", key: AlertKey(rule: "\(alert)"),
      severity: Schedule.severity(of: alert), labels: [:], at: now, activeAt: dates.activeAt,
      firedAt: dates.firedAt,
      facts: AlertFacts(value: "1", acknowledgement: dates.acknowledgement))
  }

  private func beginDelivery(of outbox: inout Outbox) -> [(Schedule.Person, DeliveryPass)] {
    people.compactMap { person in
      guard let queue = outbox.queues[person.name] else { return nil }
      let pass = DeliveryPass(
        queue, of: person.name, type: person.type, digestOver: Schedule.digestOver, at: now)
      outbox.queues[person.name] = pass.queue
      return pass.isEmpty ? nil : (person, pass)
    }
  }

  private mutating func deliver(
    _ passes: [(Schedule.Person, DeliveryPass)], _ run: Schedule.Run, _ outbox: Outbox
  ) async {
    var point: Int?
    if case .killed(let number, _) = run.end { point = number }
    let clock = TurnClock(tasks: passes.count)
    let life = ProcessLife(run: self.run, clock: clock, killedAt: point)
    let saver = life.startSaver(outbox)
    let transport = RunTransport(timeLeft: run.timeLeft, from: now, clock: clock) { NoClient() }
    let now = now
    await withTaskGroup { group in
      for (place, (person, pass)) in passes.enumerated() {
        group.addTask {
          await clock.join(place)
          let receiver = MoodyReceiver(
            person, run.manners[person.name] ?? .healthy, in: life,
            seed: run.seed ^ UInt64(person.name.utf8.last ?? 0))
          let notifier = Notifier(
            to: ReadyReceiver(settings: person.settings, receiver: receiver), over: transport,
            pause: RetryPause(jitter: { $0 / 2 }, now: { now }), redact: { $0 })
          _ = await notifier.deliver(run.end == .unsaved ? pass.limitedToFiring() : pass) {
            saver.publish($0, of: person.name)
          }
          clock.leave()
        }
      }
    }
    await end(run, life, saver)
  }

  private mutating func end(_ run: Schedule.Run, _ life: ProcessLife, _ saver: OutcomeSaver) async {
    let final = await saver.finish()
    checkOddities(of: life)
    checkQuiet(of: life, run)
    let saves = life.saves
    let written: Int
    switch run.end {
    case .killed(_, let unwritten) where life.isOver: written = max(0, saves.count - 1 - unwritten)
    case .savesFail(let newest): written = max(0, saves.count - 1 - newest)
    case .whole, .beforeSave, .unsaved, .killed: written = saves.count - 1
    }
    if !life.isOver {
      if saves.last != final { ledger.fault("run \(self.run): the last save is old") }
      checkDeferrals(from: saves[0], to: final)
    }
    if run.end != .unsaved {
      var outbox = saves[written]
      if written > 0 { outbox.tidy() }
      write(outbox)
    }
    ledger.take(disk.state.outbox, after: life, isSaved: run.end != .unsaved)
    if run.end == .unsaved {
      for arrival in life.arrivals {
        let rows = disk.state.outbox.queues[arrival.receiver]?.rows ?? []
        if rows.contains(where: { $0.id == arrival.id }) { continue }
        unsaved["\(arrival.receiver) \(arrival.notification.key.rule)"] = arrival.id
      }
    }
    for arrival in life.arrivals { tell("  \(arrival.story)") }
    let outbox = disk.state.outbox
    tell("  \(life.isOver ? "killed; " : "")on disk: \(outbox.story)")
  }

  /// What is left must have been counted as deferred, and be under way no more.
  private mutating func checkDeferrals(from begin: Outbox, to end: Outbox) {
    for (name, queue) in end.queues {
      for row in queue.rows where row.hold == nil {
        let before = begin.queues[name]?.rows.first { $0.id == row.id }
        let times = (before?.deferrals ?? 0) + 1
        if row.isUnderWay || row.deferrals != times {
          ledger.fault("run \(run): \(name), \(row.id.prefix(4)) was not deferred")
        }
      }
    }
  }

  /// Nothing is told that is silenced, inhibited, escalates later or comes outside the hours.
  private mutating func checkQuiet(of life: ProcessLife, _ run: Schedule.Run) {
    for arrival in life.arrivals {
      guard let person = people.first(where: { $0.name == arrival.receiver }),
        let alert = Int(arrival.notification.key.rule)
      else { continue }
      let row = life.saves[0].queues[person.name]?.rows.first { $0.id == arrival.id }
      guard row?.mayHaveArrived != true else { continue }
      if quiet.isForbidden(arrival.notification.event, alert, person, run.firing, schedule, at: now)
      {
        ledger.fault("\(arrival.story): told although it should be quiet")
      }
    }
  }

  /// Nothing is held without a reason, and what waited for a receiver's hours comes as one message.
  private mutating func checkHolds(
    _ outbox: Outbox, after before: Outbox, _ run: Schedule.Run
  ) {
    for person in people {
      let rows = outbox.queues[person.name]?.rows ?? []
      for row in rows where row.hold != nil {
        guard let alert = Int(row.notification.key.rule) else { continue }
        let event = row.notification.event
        if !quiet.isForbidden(event, alert, person, run.firing, schedule, at: now) {
          ledger.fault("run \(self.run): \(person.name), alert \(alert) \(event): held for nothing")
        }
      }
      let waited = (before.queues[person.name]?.rows ?? [])
        .filter { $0.hold?.kind == .hours && !$0.mayHaveArrived }.map(\.id)
      let opened = rows.filter { $0.isUnderWay && waited.contains($0.id) }
      if opened.count > 1, opened[0].digest == nil || Set(opened.map(\.digest)).count > 1 {
        ledger.fault("run \(self.run): \(person.name): \(opened.count) messages after its hours")
      }
    }
  }

  /// A message is sent twice at most if no response tells whether it arrived.
  private mutating func checkOddities(of life: ProcessLife) {
    for (key, count) in life.oddities {
      guard let type = people.first(where: { $0.name == key[0] })?.type,
        !type.recognizesRepetitions
      else { continue }
      let row = disk.state.outbox.queues[key[0]]?.rows.first { $0.id == key[1] }
      if count + (row?.unconfirmed ?? 0) > 2 {
        ledger.fault("run \(run): \(key[0]) was sent \(key[1].prefix(4)) too often")
      }
    }
  }

  private mutating func tell(_ line: @autoclosure () -> String) {
    if tellsStory { story.append(line()) }
  }
}

/// Receivers of the model send nothing over the network.
private struct NoClient: HTTPClient {
  func response(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    throw .cancelled
  }
}

extension Schedule.Person {
  fileprivate var settings: ReceiverSettings {
    ReceiverSettings(name: name, type: type, severities: severities)
  }
}

extension Outbox {
  fileprivate var story: String {
    queues.sorted { $0.key < $1.key }.map { name, queue in
      let rows = queue.rows.map {
        "\($0.notification.key.rule) \($0.notification.event) \($0.id.prefix(4))"
          + ($0.mayHaveArrived ? " sent?" : "")
      }
      return "\(name) \(rows), \(queue.deadLetters.count) dead, \(queue.threads.count) threads"
    }.joined(separator: "; ")
  }
}
