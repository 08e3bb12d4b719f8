@testable import AlertEngine
@testable import Delivery
@testable import Text

/// What must be quiet, decided without the code that decides it in a run.
struct QuietTruth {
  /// Those that were added and neither ended nor expired.
  private(set) var silences: [Silence] = []
  private var current = Schedule.Quiet()
  /// Those of the last run that was saved.
  private var acknowledged: Set<Int> = []
  /// Those of this run.
  private var acknowledgedNow: Set<Int> = []
  /// By receiver and alert: when it could be told for the first time, in a run that was saved.
  private var permittedAt: [String: Instant] = [:]
  /// The receivers and alerts that were held by the last run that was saved.
  private var held: Set<String> = []
  private var known: Set<Int> = []
  /// By receiver: the last saved run outside its hours, and the first run after that.
  private var closedAt: [String: Instant] = [:]
  private var openedAt: [String: Instant] = [:]

  /// What happens before a run.
  mutating func begin(_ quiet: Schedule.Quiet, at now: Instant) {
    current = quiet
    // Only an alert that a saved run knew can be acknowledged before a run.
    acknowledgedNow = acknowledged.symmetricDifference(quiet.acknowledged).intersection(known)
    if quiet.endsAll { silences = [] }
    for (alert, duration) in quiet.added {
      silences.append(
        Silence(
          id: Silence.newID(at: now, among: silences),
          match: AlertMatch(rules: [NamePattern("\(alert)")]), reason: "r", author: "a",
          createdAt: now, starts: now, ends: now + duration))
    }
  }

  private func isSuppressed(
    _ alert: Int, _ firing: Set<Int>, _ schedule: Schedule, at now: Instant
  ) -> Bool {
    let isSilenced = silences.contains { silence in
      silence.match.rules[0].text == "\(alert)" && silence.starts <= now && now < silence.ends
    }
    return isSilenced || current.maintained.contains(alert)
      || schedule.dependencies[alert].map(firing.contains) ?? false
  }

  private func key(_ person: Schedule.Person, _ alert: Int) -> String { "\(person.name) \(alert)" }

  private func escalatesLater(_ alert: Int, _ person: Schedule.Person, at now: Instant) -> Bool {
    guard person.escalation > .zero else { return false }
    let permitted = min(permittedAt[key(person, alert)] ?? now, now)
    return acknowledgedNow.contains(alert) || current.recovering.contains(alert)
      || permitted + person.escalation > now
  }

  /// Whether an event may not be told in this run.
  func isForbidden(
    _ event: AlertNotification.Event, _ alert: Int, _ person: Schedule.Person,
    _ firing: Set<Int>, _ schedule: Schedule, at now: Instant
  ) -> Bool {
    if person.type.isForPeople, current.closed.contains(person.name) { return true }
    switch event {
    case .firing:
      return isSuppressed(alert, firing, schedule, at: now) || current.undecided.contains(alert)
        || escalatesLater(alert, person, at: now)
    case .reminder:
      return isSuppressed(alert, firing, schedule, at: now) || current.undecided.contains(alert)
        || acknowledgedNow.contains(alert)
    case .acknowledged: return !acknowledgedNow.contains(alert)
    case .resolved, .firedAndResolved: return false
    }
  }

  /// Whether an event that waited for the hours of a receiver may not be given up yet.
  func isOwed(_ event: AlertNotification, to person: Schedule.Person, at now: Instant) -> Bool {
    guard person.type.isForPeople else { return false }
    if current.closed.contains(person.name) { return true }
    guard let closedAt = closedAt[person.name], event.at <= closedAt else { return false }
    return openedAt[person.name].map { now - $0 <= ReceiverQueue.lifetime } ?? true
  }

  /// Whether an alert that ends in this run is told to a receiver only if that may know of it.
  func isUntold(
    _ alert: Int, _ person: Schedule.Person, _ firing: Set<Int>, _ schedule: Schedule,
    at now: Instant
  ) -> Bool {
    held.contains(key(person, alert)) || isSuppressed(alert, firing, schedule, at: now)
  }

  /// Forgets a receiver whose name belongs to another type now.
  mutating func forget(_ receiver: String) {
    permittedAt = permittedAt.filter { !$0.key.hasPrefix("\(receiver) ") }
    closedAt[receiver] = nil
    openedAt[receiver] = nil
    held = held.filter { !$0.hasPrefix("\(receiver) ") }
  }

  /// Records a run that was saved.
  mutating func note(
    firing: Set<Int>, of people: [Schedule.Person], _ schedule: Schedule, at now: Instant
  ) {
    // A clock may have been ahead.
    permittedAt = permittedAt.mapValues { min($0, now) }
    closedAt = closedAt.mapValues { min($0, now) }
    openedAt = openedAt.mapValues { min($0, now) }
    for person in people {
      if current.closed.contains(person.name) {
        closedAt[person.name] = now
        openedAt[person.name] = nil
      } else if closedAt[person.name] != nil, openedAt[person.name] == nil {
        openedAt[person.name] = now
      }
    }
    var holds: Set<String> = []
    for alert in firing {
      for person in people {
        let isSuppressed = isSuppressed(alert, firing, schedule, at: now)
        let isUndecided = current.undecided.contains(alert)
        if !isSuppressed, !isUndecided, permittedAt[key(person, alert)] == nil {
          permittedAt[key(person, alert)] = now
        }
        if isSuppressed || !isUndecided && escalatesLater(alert, person, at: now) {
          holds.insert(key(person, alert))
        }
      }
    }
    acknowledged = acknowledgedNow.intersection(firing)
    permittedAt = permittedAt.filter { entry in
      firing.contains { entry.key.hasSuffix(" \($0)") }
    }
    held = holds
    known = firing
  }
}
