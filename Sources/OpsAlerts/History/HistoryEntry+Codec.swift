internal import AlertEngine
internal import JSON
internal import Text

extension StateCodec<HistoryEntry> {
  static var historyEntry: Self {
    Self(
      StateMember("at", \.at, .instant),
      StateMember("by", \.by, omittable: .string),
      StateMember("event", \.event, .word("an event")),
      StateMember("id", \.id, omittable: .string),
      StateMember("instance", \.key?.instance, omittable: .string),
      StateMember("kind", \.kind, .word("a kind of entry")),
      StateMember("known_as", \.formerKey, omittable: .formerKey),
      StateMember("note", \.note, omittable: .string),
      StateMember("outcome", \.outcome, omittable: .word("an outcome")),
      StateMember("reason", \.reason, omittable: .string),
      StateMember("receiver", \.receiver, omittable: .string),
      StateMember("rule", \.key?.rule, omittable: .string),
      StateMember("silence", \.silence, omittable: .string),
      StateMember("target", \.target, omittable: .string),
      StateMember("value", \.value, omittable: .string)
    ) {
      _, at, by, event, id, instance, kind, formerKey, note, outcome, reason, receiver, rule,
      silence, target,
      value in
      HistoryEntry(
        at: at, kind: kind, event: event, target: target,
        key: rule.map { AlertKey(rule: $0, instance: instance) }, formerKey: formerKey, id: id,
        receiver: receiver,
        outcome: outcome, reason: reason, value: value, by: by, note: note, silence: silence)
    }
  }
}
