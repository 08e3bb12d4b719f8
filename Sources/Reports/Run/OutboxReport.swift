package import AlertEngine
package import Text

/// Notifications that are queued or refused, for `status`.
package struct OutboxReport {
  let isVerbose: Bool
  let style: TerminalStyle

  package init(isVerbose: Bool, style: TerminalStyle) {
    self.isVerbose = isVerbose
    self.style = style
  }

  /// The largest number of rows listed for one receiver without `--verbose`.
  static let listedRows = 10

  package func render(_ outbox: Outbox, seenAt now: Instant) -> String {
    let lines = outbox.queues.sorted { $0.key < $1.key }.flatMap { name, queue in
      self.lines(of: name, queue, now)
    }
    return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
  }

  private func lines(of name: String, _ queue: ReceiverQueue, _ now: Instant) -> [String] {
    guard !queue.rows.isEmpty || !queue.deadLetters.isEmpty else { return [] }
    var counts: [String] = []
    let held = queue.rows.count { $0.hold != nil }
    for (count, word) in [(queue.rows.count - held, "queued"), (held, "held")] where count > 0 {
      counts.append("\(count) \(word)")
    }
    let unconfirmed = queue.deadLetters.count { $0.isUnconfirmed }
    for (count, word) in [
      (queue.deadLetters.count - unconfirmed, "refused"), (unconfirmed, "unconfirmed"),
    ] where count > 0 {
      counts.append(style.paint("\(count) \(word)", .red))
    }
    let head =
      "receiver \(style.bold(printable(name, limit: 60))): " + counts.joined(separator: ", ")
    var lines = [head] + listed(queue.rows.map { row($0, now) })
    lines += listed(queue.deadLetters.map { deadLetter($0, now) })
    if !queue.deadLetters.isEmpty {
      lines.append("  --retry-dead requeues dead letters, --dismiss-dead discards them")
    }
    return lines
  }

  private func listed(_ lines: [String]) -> [String] {
    guard lines.count > Self.listedRows, !isVerbose else { return lines }
    let more = lines.count - Self.listedRows
    return lines.prefix(Self.listedRows) + ["  and \(more) more (--verbose lists them)"]
  }

  private func row(_ row: OutboxRow, _ now: Instant) -> String {
    var parts: [String] = []
    if let notBefore = row.notBefore, notBefore > now {
      parts.append("not before \(Quantity.time(notBefore, seenAt: now))")
    }
    if row.deferrals > 0 {
      parts.append("deferred \(Quantity.times(row.deferrals))")
    }
    if row.mayHaveArrived { parts.append("may have arrived") }
    if let hold = row.hold {
      let words = hold.words { Quantity.time($0, seenAt: now) }
      return "  HELD     " + event(row, now) + describe([printable(words)], nil)
    }
    return "  QUEUED   " + event(row, now) + describe(parts, row.reason)
  }

  private func deadLetter(_ row: OutboxRow, _ now: Instant) -> String {
    let verdict = row.isUnconfirmed ? "UNCONFIRMED" : "REFUSED"
    return "  \(style.paint(verdict, .red))  " + event(row, now) + describe([], row.reason)
  }

  private func event(_ row: OutboxRow, _ now: Instant) -> String {
    let notification = row.notification
    let place = printable(notification.target, limit: 60)
    return "\(notification.event.words(1)) \(style.bold(notification.key.text)) on \(place), "
      + Quantity.time(notification.at, seenAt: now)
  }

  private func describe(_ parts: [String], _ reason: DeferralReason?) -> String {
    let all = parts + [reason.map { printable("\($0)") }].compactMap(\.self)
    return all.isEmpty ? "" : ": " + all.joined(separator: "; ")
  }
}
