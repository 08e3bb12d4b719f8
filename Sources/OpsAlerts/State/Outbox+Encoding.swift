internal import AlertEngine
internal import JSON
internal import Text

/// The events of an outbox, each once, however many receivers are owed it.
struct NotificationTable {
  private(set) var notifications: [AlertNotification] = []
  private var places: [AlertNotification: Int] = [:]

  init(_ outbox: Outbox) {
    for (_, queue) in outbox.sortedQueues {
      for row in queue.rows + queue.deadLetters where places[row.notification] == nil {
        places[row.notification] = notifications.count
        notifications.append(row.notification)
      }
    }
  }

  func place(of notification: AlertNotification) -> Int { places[notification] ?? 0 }
}

extension Outbox {
  fileprivate var sortedQueues: [(String, ReceiverQueue)] {
    queues.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Writes the members `notifications` and `outbox` of the state.
  func encode(to writer: inout JSONWriter) {
    let table = NotificationTable(self)
    writer.key("notifications")
    writer.array(table.notifications) { writer, notification in
      writer.onOneLine { notification.encode(to: &$0) }
    }
    writer.key("outbox")
    writer.object { writer in
      for (name, queue) in sortedQueues {
        writer.key(name)
        queue.encode(table, to: &writer)
      }
    }
  }
}

extension ReceiverQueue {
  fileprivate func encode(_ table: NotificationTable, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("dead_letters")
      writer.array(deadLetters) { writer, row in
        writer.onOneLine { row.encode(table, to: &$0) }
      }
      writer.key("rows")
      writer.array(rows) { writer, row in
        writer.onOneLine { row.encode(table, to: &$0) }
      }
      writer.key("threads")
      writer.object { writer in
        for (alert, thread) in threads.sorted(by: { $0.key < $1.key }) {
          writer.key(alert)
          writer.onOneLine { thread.encode(to: &$0) }
        }
      }
    }
  }
}

extension OutboxRow {
  fileprivate func encode(_ table: NotificationTable, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("deferrals")
      writer.integer(deferrals)
      writer.key("is_plain")
      writer.bool(isPlain)
      writer.key("may_have_arrived")
      writer.bool(mayHaveArrived || isUnderWay)
      writer.key("not_before")
      writer.optional(notBefore) { $0.instant($1) }
      writer.key("notification")
      writer.integer(table.place(of: notification))
      writer.key("reason")
      writer.optional(reason) { $0.string("\($1)") }
    }
  }
}

extension AlertThread {
  fileprivate func encode(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("active_at")
      writer.instant(activeAt)
      writer.key("fired_at")
      writer.instant(firedAt)
      writer.key("reference")
      writer.optional(reference) { $0.string($1) }
      writer.key("reminders")
      writer.integer(reminders)
      writer.key("resolved_at")
      writer.optional(resolvedAt) { $0.instant($1) }
      writer.key("told_at")
      writer.optional(toldAt) { $0.instant($1) }
    }
  }
}

extension AlertNotification {
  fileprivate func encode(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("active_at")
      writer.instant(activeAt)
      writer.key("at")
      writer.instant(at)
      writer.key("event")
      writer.string(event.rawValue)
      writer.key("facts")
      facts.encode(to: &writer)
      writer.key("fired_at")
      writer.instant(firedAt)
      writer.key("instance")
      writer.optional(key.instance) { $0.string($1) }
      writer.key("labels")
      writer.strings(labels)
      writer.key("rule")
      writer.string(key.rule)
      writer.key("sequence")
      writer.integer(sequence)
      writer.key("severity")
      writer.string(severity.rawValue)
      writer.key("target")
      writer.string(target)
    }
  }
}

extension AlertFacts {
  /// The texts by their names in the state; those that are not there are not written.
  static var texts: [(name: StaticString, path: WritableKeyPath<AlertFacts, String?>)] {
    [
      ("dashboard", \.dashboard), ("description", \.description), ("doubt", \.doubt),
      ("ending", \.ending), ("owner", \.owner), ("peak", \.peak), ("recovery", \.recovery),
      ("run", \.run),
      ("runbook", \.runbook), ("summary", \.summary),
    ]
  }

  fileprivate func encode(to writer: inout JSONWriter) {
    var members = [
      ("evidence", evidence), ("limit", limit), ("sparkline", sparkline), ("value", value),
    ]
    if let peakAt { members.append(("peak_at", peakAt.rfc3339)) }
    for (name, path) in Self.texts {
      if let text = self[keyPath: path] { members.append(("\(name)", text)) }
    }
    writer.object { writer in
      for (name, text) in members.sorted(by: { $0.0 < $1.0 }) {
        writer.key(name)
        writer.string(text)
      }
    }
  }
}
