internal import AlertEngine
internal import HTTP
internal import JSON
internal import Reports
internal import Text

/// Makes notifications from transitions, with the facts known at the time.
struct NotificationMaker {
  let rules: [String: Rule]
  let links: RunLinks
  let now: Instant
  /// When the state that this run began with was saved, or what stands for that; see `RunMemory`.
  let lastSave: Instant?

  init(
    _ configuration: Configuration, links: RunLinks, at now: Instant, after lastSave: Instant? = nil
  ) {
    self.lastSave = lastSave
    rules = Dictionary(configuration.rules.map { ($0.name, $0) }) { one, _ in one }
    self.links = links
    self.now = now
  }

  /// The notifications of a target's transitions.
  func notifications(of report: TargetReport) -> [AlertNotification] {
    let relevant = report.evaluation.transitions.filter { $0.episode != nil }
    guard !relevant.isEmpty else { return [] }
    let checks = Dictionary(report.evaluation.checks.map { ($0.key, $0) }) { one, _ in one }
    return relevant.compactMap { notification(of: $0, target: report.name, check: checks[$0.key]) }
  }

  /// The notification of a transition; `nil` if receivers are not notified of it.
  ///
  /// - Parameters:
  ///   - transition: a transition of this run.
  ///   - target: the alert's target.
  ///   - check: the alert's check, if it still has one.
  /// - Returns: what receivers get.
  func notification(
    of transition: Transition, target: String, check: Check?
  ) -> AlertNotification? {
    guard let episode = transition.episode else { return nil }
    let event: AlertNotification.Event
    switch transition.event {
    case .pending, .cancelled: return nil
    case .firing: event = .firing
    case .resolved: event = .resolved
    }
    var facts = facts(of: check, key: transition.key, episode: episode)
    facts.ending = event == .resolved ? transition.cause?.words : nil
    var made = notification(
      event, of: transition.key, target: target, episode: episode, at: transition.at, facts)
    // Its first bad sample is this one, so that no state holds it yet.
    if episode.breach.activeAt == transition.at { made.savedBefore = lastSave }
    return made
  }

  /// The notification of an ongoing alert.
  ///
  /// - Parameters:
  ///   - key: the alert.
  ///   - target: the alert's target.
  ///   - episode: its current episode.
  ///   - check: its check; `nil` if its target was not evaluated.
  /// - Returns: a firing notification of its own time, with current facts.
  func notification(
    ofFiring key: AlertKey, target: String, episode: Episode, check: Check?
  ) -> AlertNotification {
    notification(
      .firing, of: key, target: target, episode: episode, at: episode.firedAt,
      facts(of: check, key: key, episode: episode))
  }

  /// The acknowledgement of an alert; `nil` if it has none.
  func notification(ofAcknowledged check: Check, target: String) -> AlertNotification? {
    guard let episode = check.phase.episode, let acknowledgement = episode.acknowledged else {
      return nil
    }
    var made = notification(
      .acknowledged, of: check.key, target: target, episode: episode, at: acknowledgement.at,
      facts(of: check, key: check.key, episode: episode))
    // Distinguishes several of one episode.
    made.sequence = max(1, Int((acknowledgement.at - episode.firedAt).wholeMilliseconds / 1_000))
    return made
  }

  /// The notifications of all ongoing alerts, with the facts of their checks where there are any.
  ///
  /// - Parameters:
  ///   - targets: what the state keeps of each target.
  ///   - reports: what the run found.
  /// - Returns: firing notifications, by target and alert.
  func ongoing(
    _ targets: [String: TargetState], _ reports: [TargetReport]
  ) -> [AlertNotification] {
    targets.sorted { $0.key < $1.key }.flatMap { target, memory in
      let checks = reports.first { $0.name == target }?.evaluation.checks ?? []
      let seen = Dictionary(checks.map { ($0.key, $0) }) { one, _ in one }
      let firing = memory.alerts.filter { $0.value.phase.episode != nil }
      return firing.sorted { $0.key < $1.key }.compactMap { key, alert in
        alert.phase.episode.map {
          notification(ofFiring: key, target: target, episode: $0, check: seen[key])
        }
      }
    }
  }

  private func notification(
    _ event: AlertNotification.Event, of key: AlertKey, target: String, episode: Episode,
    at instant: Instant, _ facts: AlertFacts
  ) -> AlertNotification {
    AlertNotification(
      event, target: target, key: key, formerKey: episode.formerKey, severity: episode.severity,
      labels: episode.labels,
      at: instant, activeAt: episode.breach.activeAt, firedAt: episode.firedAt, facts: facts)
  }

  /// The summary of `endpoint_down`, if the configuration has none.
  static let unreachability =
    "No metrics can be read: no other rule of this target can be evaluated"

  /// What is uncertain about a firing alert.
  private func doubt(
    about check: Check, _ wording: CheckWording, _ episode: Episode
  ) -> String? {
    switch check.observation {
    case .unknown:
      var last = episode.breach.evidence.last
      if case .recovering(_, let good) = check.phase { last = max(last, good.last) }
      let cause = wording.cause.map { ": \($0)" } ?? ""
      return
        "no evidence since \(wording.time(last))\(cause); the alert keeps firing until there is "
        + "evidence"
    case .bad(.missing): return "unknown: the metric is missing from the snapshot"
    case .bad, .good: return nil
    }
  }

  private func facts(of check: Check?, key: AlertKey, episode: Episode) -> AlertFacts {
    let rule = check?.subject.rule ?? rules[key.rule]
    let text = check?.subject.text ?? rule?.text ?? RuleText()
    let peak = episode.breach.peak
    var facts = AlertFacts(
      value: "no longer evaluated",
      evidence: Quantity.text(
        episode.breach.evidence, maxGap: check?.subject.maxGap ?? rule?.maxGap),
      peak: peak.map { Quantity.text($0.value, rule?.unit) }, peakAt: peak?.at,
      summary: text.summary ?? (rule == nil && check != nil ? Self.unreachability : nil),
      description: text.description, owner: text.owner,
      runbook: text.runbook.map(links.place), dashboard: text.dashboard, run: links.run)
    facts.threshold = rule?.condition.threshold.number
    if let limit = check?.observation.sample?.limit { facts.threshold = limit }
    facts.detail = check?.details?.text
    facts.acknowledgement = episode.acknowledged
    if let check {
      let wording = CheckWording(check, seenAt: now)
      facts.value = wording.valueAndLimit.value
      if !wording.valueAndLimit.limit.isEmpty { facts.limit = wording.bareLimit }
      facts.number = check.observation.number
      facts.sparkline = Sparkline.text(check.recent, rule?.condition)
      facts.doubt = doubt(about: check, wording, episode)
      if case .good = check.observation { facts.recovery = wording.recovery }
    } else if rule != nil {
      facts.value = "not evaluated in this run"
    }
    return facts
  }
}

/// Links to a run and its files, from the variables of a CI system.
struct RunLinks {
  /// The page of this run.
  let run: String?
  /// The base of links to repository files, with a trailing slash.
  private let files: String?

  init(_ environment: RunEnvironment) {
    let server = environment.variable("GITHUB_SERVER_URL").flatMap(Self.safe)
    let repository = environment.variable("GITHUB_REPOSITORY")
    if let server, let repository, repository.wholeMatch(of: /[\w.-]+\/[\w.-]+/) != nil {
      run = environment.variable("GITHUB_RUN_ID").flatMap { id in
        id.allSatisfy(\.isNumber) ? "\(server)/\(repository)/actions/runs/\(id)" : nil
      }
      files = environment.variable("GITHUB_SHA").flatMap { commit in
        commit.allSatisfy(\.isHexDigit) ? "\(server)/\(repository)/blob/\(commit)/" : nil
      }
    } else {
      run = environment.variable("CI_JOB_URL").flatMap(Self.safe)
      files = nil
    }
  }

  /// A link unchanged; a repository file as a link if its base is known.
  func place(_ runbook: String) -> String {
    guard let files, !runbook.hasPrefix("https://") else { return runbook }
    return files + runbook.replacing(" ", with: "%20")
  }

  private static func safe(_ text: String) -> String? {
    guard let address = try? HTTPAddress(text), address.scheme == .https else { return nil }
    var place = address.display
    while place.hasSuffix("/") { place.removeLast() }
    return place
  }
}
