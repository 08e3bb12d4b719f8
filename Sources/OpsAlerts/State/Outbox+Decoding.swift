internal import AlertEngine
internal import JSON

extension Outbox {
  /// Reads the members `notifications` and `outbox` of the state.
  init(_ file: Fields) throws(DocumentFailure) {
    let notifications = try file.node("notifications").elements().map {
      node throws(DocumentFailure) in
      try AlertNotification(Fields(node))
    }
    self.init()
    for member in try Fields(file.node("outbox")).members {
      let queue = try ReceiverQueue(Fields(member.value), notifications)
      guard queues.updateValue(queue, forKey: member.key) == nil else {
        throw member.value.failure("the receiver is there twice")
      }
    }
  }
}

extension ReceiverQueue {
  fileprivate init(_ fields: Fields, _ notifications: [AlertNotification]) throws(DocumentFailure) {
    func rows(_ key: String) throws(DocumentFailure) -> [OutboxRow] {
      try fields.node(key).elements().map { node throws(DocumentFailure) in
        try OutboxRow(Fields(node), notifications)
      }
    }
    self.init(rows: try rows("rows"), deadLetters: try rows("dead_letters"))
    for member in try Fields(fields.node("threads")).members {
      threads[member.key] = try AlertThread(Fields(member.value))
    }
  }
}

extension OutboxRow {
  fileprivate init(_ fields: Fields, _ notifications: [AlertNotification]) throws(DocumentFailure) {
    let place = try fields.count("notification")
    guard notifications.indices.contains(place) else {
      throw try fields.node("notification").failure("there is no such notification")
    }
    self.init(
      notifications[place], notBefore: try fields.instant("not_before"),
      deferrals: try fields.count("deferrals"),
      mayHaveArrived: try fields.node("may_have_arrived").bool(),
      isPlain: try fields.node("is_plain").bool(),
      reason: try fields.optional("reason") { node throws(DocumentFailure) in
        .text(try node.string())
      })
  }
}

extension AlertThread {
  fileprivate init(_ fields: Fields) throws(DocumentFailure) {
    self.init(
      activeAt: try fields.node("active_at").instant(),
      firedAt: try fields.node("fired_at").instant(), toldAt: try fields.instant("told_at"),
      resolvedAt: try fields.instant("resolved_at"), reminders: try fields.count("reminders"),
      reference: try fields.optional("reference") { node throws(DocumentFailure) in
        try node.string()
      })
  }
}

extension AlertNotification {
  fileprivate init(_ fields: Fields) throws(DocumentFailure) {
    var labels: [String: String] = [:]
    for member in try Fields(fields.node("labels")).members {
      labels[member.key] = try member.value.string()
    }
    self.init(
      try fields.node("event").word("an event"), target: try fields.node("target").string(),
      key: AlertKey(
        rule: try fields.node("rule").string(),
        instance: try fields.optional("instance") { node throws(DocumentFailure) in
          try node.string()
        }),
      severity: try fields.node("severity").word("a severity"), labels: labels,
      at: try fields.node("at").instant(), activeAt: try fields.node("active_at").instant(),
      firedAt: try fields.node("fired_at").instant(), sequence: try fields.count("sequence"),
      facts: try AlertFacts(Fields(fields.node("facts"))))
  }
}

extension AlertFacts {
  fileprivate init(_ fields: Fields) throws(DocumentFailure) {
    self.init(
      value: try fields.node("value").string(), limit: try fields.node("limit").string(),
      evidence: try fields.node("evidence").string(),
      sparkline: try fields.node("sparkline").string(), peakAt: try fields.instant("peak_at"))
    for (name, path) in Self.texts {
      self[keyPath: path] = try fields.optional("\(name)") { node throws(DocumentFailure) in
        try node.string()
      }
    }
  }
}
