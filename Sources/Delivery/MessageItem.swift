internal import AlertEngine
internal import HTTP
internal import Text

/// What a message says about one event.
///
/// Every text is one line of bounded length and safe for a terminal, whatever the facts contain.
struct MessageItem: Sendable {
  let notification: AlertNotification
  let now: Instant

  init(_ notification: AlertNotification, sentAt now: Instant) {
    self.notification = notification
    self.now = now
  }

  var facts: AlertFacts { notification.facts }

  /// The rule, with the instance if there is one: `source_age[SCC_DECISIONS]`.
  var name: String { notification.key.text(limit: 60) }

  /// `CRITICAL`, `CRITICAL, firing since 10:03 UTC` for a new receiver, `CRITICAL for 4 h` or
  /// `RESOLVED`.
  var word: String {
    let severity = notification.severity.rawValue.uppercased()
    switch notification.event {
    case .firing:
      return severity
        + (notification.isOngoing ? ", firing since \(time(notification.activeAt))" : "")
    case .reminder:
      return "\(severity) for \(Quantity.text(notification.at - notification.firedAt))"
    case .resolved, .firedAndResolved: return "RESOLVED"
    case .acknowledged: return "ACKNOWLEDGED"
    }
  }

  /// `[CRITICAL] error_rate 7.12 % (limit > 5 %) on production`, in at most 100 characters.
  ///
  /// Names and targets that are too long are shortened in the middle, the name first.
  var title: String { MessageTitle(self).text }

  /// The title with the time in the same line, for a digest.
  var line: String {
    var line = title
    let since = "since \(time(notification.activeAt))"
    switch notification.event {
    case .firing, .acknowledged: line += ", \(since)"
    case .reminder: line += facts.doubt == nil ? ", still firing \(since)" : ", firing \(since)"
    case .resolved, .firedAndResolved: line += ", fired for \(duration), \(span)"
    }
    if let doubt = doubt(limit: 120) { line += ", \(doubt)" }
    if let ending = ending(limit: 120) { line += ", \(ending)" }
    if let acknowledgement { line += ", \(acknowledgement)" }
    if let held { line += ", \(held)" }
    if let delay { line += ", \(Quantity.text(delay)) late" }
    return line
  }

  /// Since when and on what evidence, with the sparkline.
  var timeline: String {
    let line = text(facts.sparkline, limit: 40).map { " \($0)" } ?? ""
    let evidence = text(facts.evidence, limit: 100).map { " (\($0))" } ?? ""
    let since = "since \(time(notification.activeAt))\(evidence)"
    switch notification.event {
    case .firing: return "Firing \(since)\(line)"
    case .acknowledged: return "Firing \(since)\(peak(now))\(line)"
    case .reminder:
      // Without evidence, do not claim that it still fires.
      return (facts.doubt == nil ? "Still firing" : "Firing") + " \(since)\(peak(now))\(line)"
    case .resolved: return "Fired for \(duration), \(span)\(peak(notification.firedAt))\(line)"
    case .firedAndResolved:
      return "Fired and resolved before this could be sent: \(duration), \(span)"
        + "\(peak(notification.firedAt))\(line)"
    }
  }

  /// Further lines, one for each of: test, acknowledgement, doubt, recovery, ending, hold, delay,
  /// cause, detail, summary, description, owner.
  var remarks: [String] {
    var remarks: [String] = []
    if notification.isTest { remarks.append("This is a test; nothing is wrong.") }
    if let acknowledgement { remarks.append(capitalized(acknowledgement)) }
    if let doubt = doubt(limit: 300) { remarks.append(capitalized(doubt)) }
    if let recovery = text(facts.recovery, limit: 200) { remarks.append(capitalized(recovery)) }
    if let ending = ending(limit: 300) { remarks.append(capitalized(ending)) }
    if let held { remarks.append(capitalized(held)) }
    if let delay { remarks.append("Delivered \(Quantity.text(delay)) late") }
    // A cause that does not fit into the title.
    if let value = text(facts.value, limit: 300), !title.contains(value) {
      remarks.append(capitalized(value))
    }
    if let detail = text(facts.detail, limit: 300) { remarks.append(detail) }
    // They explain what is wrong: no longer needed once it is over.
    if notification.event != .resolved {
      if let summary = text(facts.summary, limit: 300) { remarks.append(summary) }
      if let description = text(facts.description, limit: 1_000) { remarks.append(description) }
    }
    if let owner = text(facts.owner, limit: 100) { remarks.append("Owner \(owner)") }
    return remarks
  }

  var links: [Link] {
    let links = [("Runbook", facts.runbook), ("Dashboard", facts.dashboard), ("Run", facts.run)]
    return links.compactMap { label, place in
      text(place, limit: 500).map { Link(label, $0) }
    }
  }

  /// How late the message is sent, in whole minutes, if that is notable.
  var delay: Duration? {
    guard !notification.isOngoing, held == nil else { return nil }
    let notable =
      notification.event == .reminder ? Message.notableReminderDelay : Message.notableDelay
    let delay = now - notification.at
    return delay >= notable ? .seconds(delay.wholeMilliseconds / 60_000 * 60) : nil
  }

  var plainText: String {
    ([title, timeline] + remarks + links.map(\.text) + ["Event \(notification.id)"])
      .joined(separator: "\n")
  }
}

extension MessageItem {
  /// How long it fired: `37 m`.
  private var duration: String { Quantity.text(notification.at - notification.firedAt) }

  /// From when to when it fired, with dates unless they are obvious: `14:02 to 14:39 UTC`.
  private var span: String {
    let end = Quantity.time(notification.at, seenAt: notification.firedAt)
    return "\(Quantity.text(notification.firedAt, seenAt: now)) to \(end)"
  }

  private func peak(_ seen: Instant) -> String {
    guard let peak = text(facts.peak, limit: 60) else { return "" }
    return ", peak \(peak)" + (facts.peakAt.map { " at \(Quantity.text($0, seenAt: seen))" } ?? "")
  }

  /// Why it was not sent before.
  private var held: String? { text(facts.held, limit: 200) }

  /// Who has acknowledged it; of no interest once it has ended.
  private var acknowledgement: String? {
    notification.isResolved ? nil : facts.acknowledgement?.words(seenAt: now)
  }

  private func doubt(limit: Int) -> String? { text(facts.doubt, limit: limit) }

  private func ending(limit: Int) -> String? {
    text(facts.ending, limit: limit).map { "closed without a good sample: \($0)" }
  }

  private func time(_ instant: Instant) -> String { Quantity.time(instant, seenAt: now) }

  /// A fact that is safe to show; `nil` if it is blank.
  private func text(_ fact: String?, limit: Int) -> String? {
    guard let fact, fact.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
      return nil
    }
    return printable(fact, limit: limit)
  }

  private func capitalized(_ sentence: String) -> String {
    sentence.prefix(1).uppercased() + sentence.dropFirst()
  }
}

extension MessageItem {
  /// Something to open: an address if `isAddress`, else a file of the repository.
  struct Link: Hashable, Sendable {
    var label: String
    var place: String

    init(_ label: String, _ place: String) {
      self.label = label
      self.place = place
    }

    /// Whether services may link it: nothing in it can end a link or begin another.
    var isAddress: Bool { (try? HTTPAddress(place)) != nil }

    /// For services without links: `Runbook: docs/runbook.md`.
    var text: String { "\(label): \(place)" }
  }
}
