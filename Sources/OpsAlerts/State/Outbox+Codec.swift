internal import AlertEngine
internal import JSON
internal import Text

/// The notifications of an outbox, each once, however many receivers it is queued for.
struct NotificationTable {
  private(set) var notifications: [AlertNotification] = []
  private var places: [AlertNotification: Int] = [:]

  init(_ outbox: Outbox) {
    for (_, queue) in outbox.queues.sorted(by: { $0.key < $1.key }) {
      for row in queue.rows + queue.deadLetters where places[row.notification] == nil {
        places[row.notification] = notifications.count
        notifications.append(row.notification)
      }
    }
  }

  /// The table of a state file, for reading its rows.
  init(_ notifications: [AlertNotification]) { self.notifications = notifications }

  func place(of notification: AlertNotification) -> Int { places[notification] ?? 0 }
}

extension StateCodec<[String: ReceiverQueue]> {
  static func queues(_ table: NotificationTable) -> Self {
    .map(of: "receiver", .queue(table))
  }
}

extension StateCodec<ReceiverQueue> {
  fileprivate static func queue(_ table: NotificationTable) -> Self {
    let rows = StateCodec<[OutboxRow]>.list(of: .row(table).onOneLine)
    return Self(
      StateMember("dead_letters", \.deadLetters, rows),
      StateMember("rows", \.rows, rows),
      StateMember("threads", \.threads, .map(of: "thread", .thread.onOneLine)),
      StateMember("type", \.type, omittable: .string)
    ) { _, deadLetters, rows, threads, type in
      ReceiverQueue(type: type, rows: rows, deadLetters: deadLetters, threads: threads)
    }
  }
}

extension StateCodec<OutboxRow> {
  fileprivate static func row(_ table: NotificationTable) -> Self {
    Self(
      StateMember("deferrals", \.deferrals, .count),
      StateMember("digest", \.digest, omittable: .string),
      StateMember("hold", \.hold, omittable: .hold),
      StateMember("is_plain", \.isPlain, .bool),
      StateMember("may_have_arrived", { $0.mayHaveArrived || $0.isUnderWay }, .bool),
      StateMember("not_before", \.notBefore, nullable: .instant),
      StateMember("notification", \.notification, .place(in: table)),
      StateMember("opened_at", \.openedAt, omittable: .instant),
      StateMember("permitted_at", \.permittedAt, omittable: .instant),
      StateMember("reason", \.reason, nullable: .reason),
      StateMember("unconfirmed", { $0.unconfirmed == 0 ? nil : $0.unconfirmed }, omittable: .count)
    ) {
      _, deferrals, digest, hold, isPlain, mayHaveArrived, notBefore, notification, openedAt,
      permittedAt,
      reason, unconfirmed in
      var row = OutboxRow(
        notification, notBefore: notBefore, deferrals: deferrals, mayHaveArrived: mayHaveArrived,
        unconfirmed: unconfirmed ?? 0, digest: digest, isPlain: isPlain, reason: reason,
        hold: hold, permittedAt: permittedAt, openedAt: openedAt)
      if row.isUnconfirmed, let reason { row.reason = .unconfirmed("\(reason)") }
      return row
    }
  }
}

extension StateCodec<RowHold> {
  fileprivate static var hold: Self {
    Self(
      StateMember("cause", \.cause, .string), StateMember("kind", \.kind, .word("a kind of hold")),
      StateMember("until", \.until, omittable: .instant)
    ) { _, cause, kind, until in RowHold(kind, cause: cause, until: until) }
  }
}

extension StateCodec<DeferralReason> {
  /// A reason is stored in words, and read back as such.
  fileprivate static var reason: Self {
    Self(
      text: { .string("\($0)") },
      read: { node throws(ScanFailure) in .text(try node.string()) })
  }
}

extension StateCodec<AlertThread> {
  fileprivate static var thread: Self {
    Self(
      StateMember("acknowledged_at", \.acknowledgedAt, omittable: .instant),
      StateMember("active_at", \.activeAt, .instant),
      StateMember("fired_at", \.firedAt, .instant),
      StateMember("last_told_at", \.lastToldAt, omittable: .instant),
      StateMember("reference", \.reference, nullable: .string),
      StateMember("reminders", \.reminders, .count),
      StateMember("resolved_at", \.resolvedAt, nullable: .instant),
      StateMember("saved_before", \.savedBefore, omittable: .instant),
      StateMember("told_at", \.notifiedAt, nullable: .instant)
    ) {
      _, acknowledgedAt, activeAt, firedAt, lastToldAt, reference, reminders, resolvedAt,
      savedBefore, notifiedAt in
      AlertThread(
        activeAt: activeAt, firedAt: firedAt, savedBefore: savedBefore, notifiedAt: notifiedAt,
        lastToldAt: lastToldAt, acknowledgedAt: acknowledgedAt, resolvedAt: resolvedAt,
        reminders: reminders, reference: reference)
    }
  }
}

extension StateCodec<[AlertNotification]> {
  static var notifications: Self { .list(of: .notification.onOneLine) }
}

extension StateCodec<AlertNotification> {
  /// A notification by its place in the table.
  fileprivate static func place(in table: NotificationTable) -> Self {
    Self(
      text: { .integer(table.place(of: $0)) },
      read: { node throws(ScanFailure) in
        let place = try node.count()
        guard table.notifications.indices.contains(place) else {
          throw node.failure("there is no such notification")
        }
        return table.notifications[place]
      })
  }

  fileprivate static var notification: Self {
    Self(
      StateMember("active_at", \.activeAt, .instant),
      StateMember("at", \.at, .instant),
      StateMember("event", \.event, .word("an event")),
      StateMember("facts", \.facts, .facts),
      StateMember("fired_at", \.firedAt, .instant),
      StateMember("instance", \.key.instance, nullable: .string),
      StateMember("known_as", \.formerKey, omittable: .formerKey),
      StateMember("labels", \.labels, .labels),
      StateMember("ongoing", { $0.isOngoing ? true : nil }, omittable: .bool),
      StateMember("rule", \.key.rule, .string),
      StateMember("saved_before", \.savedBefore, omittable: .instant),
      StateMember("sequence", \.sequence, .count),
      StateMember("severity", \.severity, .word("a severity")),
      StateMember("target", \.target, .string)
    ) {
      _, activeAt, at, event, facts, firedAt, instance, formerKey, labels, isOngoing, rule,
      savedBefore,
      sequence, severity, target in
      AlertNotification(
        event, target: target, key: AlertKey(rule: rule, instance: instance),
        formerKey: formerKey, severity: severity,
        labels: labels, at: at, activeAt: activeAt, firedAt: firedAt, savedBefore: savedBefore,
        sequence: sequence, facts: facts, isOngoing: isOngoing ?? false)
    }
  }
}

extension StateCodec<AlertFacts> {
  fileprivate static var facts: Self {
    Self(
      StateMember("acknowledged", \.acknowledgement, omittable: .acknowledgement),
      StateMember("dashboard", \.dashboard, omittable: .string),
      StateMember("description", \.description, omittable: .string),
      StateMember("detail", \.detail, omittable: .string),
      StateMember("doubt", \.doubt, omittable: .string),
      StateMember("ending", \.ending, omittable: .string),
      StateMember("evidence", \.evidence, .string),
      StateMember("held", \.held, omittable: .string),
      StateMember("limit", \.limit, .limit),
      StateMember("number", \.number, omittable: .number),
      StateMember("owner", \.owner, omittable: .string),
      StateMember("peak", \.peak, omittable: .string),
      StateMember("peak_at", \.peakAt, omittable: .instant),
      StateMember("recovery", \.recovery, omittable: .string),
      StateMember("run", \.run, omittable: .string),
      StateMember("runbook", \.runbook, omittable: .string),
      StateMember("sparkline", \.sparkline, .string),
      StateMember("summary", \.summary, omittable: .string),
      StateMember("threshold", \.threshold, omittable: .number),
      StateMember("value", \.value, .string)
    ) {
      _, acknowledgement, dashboard, description, detail, doubt, ending, evidence, held, limit,
      number, owner, peak,
      peakAt,
      recovery, run, runbook, sparkline, summary, threshold, value in
      AlertFacts(
        value: value, limit: limit, number: number, threshold: threshold, evidence: evidence,
        sparkline: sparkline, peak: peak, peakAt: peakAt, doubt: doubt, recovery: recovery,
        ending: ending, held: held, acknowledgement: acknowledgement, detail: detail,
        summary: summary,
        description: description, owner: owner, runbook: runbook, dashboard: dashboard, run: run)
    }
  }
}

extension StateCodec<String> {
  /// A limit, which follows a word in the file: `limit > 5 %`.
  fileprivate static var limit: Self {
    Self(
      text: { .string($0.isEmpty ? "" : "limit \($0)") },
      read: { node throws(ScanFailure) in String(try node.string().trimmingPrefix("limit ")) })
  }
}
