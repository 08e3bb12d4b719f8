package import AlertEngine

/// What a message says of one event.
package struct MessageItem: Sendable {
  /// Something to open: an address where `isAddress`, else a file of the repository.
  package struct Link: Hashable, Sendable {
    package var label: String
    package var place: String
    package var isAddress: Bool { place.hasPrefix("https://") || place.hasPrefix("http://") }

    package init(_ label: String, _ place: String) {
      self.label = label
      self.place = place
    }
  }

  package let notification: AlertNotification
  private let now: Instant

  package init(_ notification: AlertNotification, sentAt now: Instant) {
    self.notification = notification
    self.now = now
  }

  private var facts: AlertFacts { notification.facts }

  /// The rule, with the instance where there is one: `source_age[SCC_DECISIONS]`.
  package var name: String {
    let instance = notification.key.instance.map { "[\(printable($0, limit: 60))]" } ?? ""
    return printable(notification.key.rule, limit: 80) + instance
  }

  /// `CRITICAL` or `RESOLVED`.
  package var word: String {
    notification.isResolved ? "RESOLVED" : notification.severity.rawValue.uppercased()
  }

  /// `[CRITICAL] error_rate 7.12 % (limit > 5 %) on production`, in at most 100 characters.
  package var title: String {
    let test = notification.isTest ? "[TEST] " : ""
    let limit = facts.limit.isEmpty ? "" : " (\(facts.limit))"
    let place = printable(notification.target, limit: 60)
    return printable(
      "\(test)[\(word)] \(name) \(facts.value)\(limit) on \(place)", limit: Message.longestTitle)
  }

  /// Since when and on what evidence, with the sparkline.
  package var timeline: String {
    let line = facts.sparkline.isEmpty ? "" : " \(facts.sparkline)"
    let peak = facts.peak.map { value in
      ", peak \(value)" + (facts.peakAt.map { " at \(clock($0))" } ?? "")
    }
    switch notification.event {
    case .firing: return "Firing since \(time(notification.activeAt))\(evidence)\(line)"
    case .reminder:
      return "Still firing since \(time(notification.activeAt))\(evidence)\(peak ?? "")\(line)"
    case .resolved, .firedAndResolved:
      let duration = Quantity.text(notification.at - notification.firedAt)
      let span = "\(clock(notification.firedAt)) to \(time(notification.at))"
      let late = notification.event == .firedAndResolved ? " before this could be sent" : ""
      return "Fired \(duration), \(span)\(late)\(peak ?? "")\(line)"
    }
  }

  /// Further lines for people, each of one kind: impact, details, doubt, delay, owner.
  package var remarks: [String] {
    var remarks: [String] = []
    if notification.isTest { remarks.append("This is a test: nothing is wrong.") }
    if let summary = facts.summary { remarks.append(summary) }
    if let description = facts.description { remarks.append(description) }
    if let doubt = facts.doubt { remarks.append(doubt) }
    if let ending = facts.ending { remarks.append(ending) }
    if let delay { remarks.append("Delivered \(Quantity.text(delay)) late") }
    if let owner = facts.owner { remarks.append("Owner \(owner)") }
    return remarks
  }

  package var links: [Link] {
    let links = [("Runbook", facts.runbook), ("Dashboard", facts.dashboard), ("Run", facts.run)]
    return links.compactMap { label, place in place.map { Link(label, $0) } }
  }

  /// How late the message goes out, where that is worth saying.
  package var delay: Duration? {
    let delay = now - notification.at
    return delay >= Message.notableDelay ? delay : nil
  }

  package var plainText: String {
    let links = links.map { "\($0.label): \($0.place)" }
    return ([title, timeline] + remarks + links + ["Event \(notification.id)"])
      .joined(separator: "\n")
  }

  private var evidence: String { facts.evidence.isEmpty ? "" : " (\(facts.evidence))" }

  private func clock(_ instant: Instant) -> String { Quantity.text(instant, seenAt: now) }

  private func time(_ instant: Instant) -> String { clock(instant) + " UTC" }
}
