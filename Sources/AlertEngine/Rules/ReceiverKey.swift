internal import JSON

/// The keys that every type of receiver has; `Grammar.receiver(of:)` adds those of each type.
enum ReceiverKey: Int, KeyName {
  case name, type, severities, match, afterMinutes, hours, required

  static let grammar = Grammar("a receiver", keys: ReceiverKey.self)

  var key: Key {
    switch self {
    case .name:
      Key(
        "name", .text(.name, max: 60), .required, "unique; its name in reports",
        example: #""oncall-chat""#)
    case .type: Key("type", .word([]), .required, "the service", example: #""slack""#)
    case .severities:
      Key(
        "severities", .someWords(Severity.self), .derived("all of them"),
        "the severities that it receives", example: #"["critical", "error"]"#)
    case .match:
      Key(
        "match", .object(MatchKey.grammar), .derived("all alerts"),
        "the alerts that it receives", example: #"{"labels": {"team": "search"}}"#)
    case .afterMinutes:
      Key(
        "after_minutes", .minutes(0...10_080), .defaults(to: .number(0)),
        "it receives only alerts still firing, unacknowledged, this long after they could be sent; "
          + "0 for everything", example: "15")
    case .hours:
      Key(
        "hours", .object(HoursKey.grammar), .derived("at any time"),
        "when it receives messages (chats and email only); what happens outside is sent as one "
          + "message when they begin",
        example: #"{"from": "08:00", "to": "18:00", "time_zone": "Europe/Berlin"}"#)
    case .required:
      Key(
        "required", .bool, .defaults(to: .bool(false)),
        "whether an unset variable is an error; otherwise the receiver is skipped with a notice",
        example: "true")
    }
  }
}

/// The keys of `notifications`.
package enum NotificationKey: Int, KeyName {
  case reminderHours, digestOver, timeZone

  package static let grammar = Grammar("`notifications`", keys: NotificationKey.self)

  var key: Key {
    switch self {
    case .reminderHours:
      Key(
        "reminder_hours", .number(0...8_760), .defaults(to: .number(4)),
        "the time between two reminders while an alert is firing; 0 for none",
        example: "12")
    case .digestOver:
      Key(
        "digest_over", .integer(0...1_000), .defaults(to: .number(5)),
        "more events than this for one chat are combined into a digest", example: "10")
    case .timeZone:
      Key(
        "time_zone", .text(.timeZone, max: 100),
        .derived("that of `TZ`, else UTC"),
        "the time zone of messages and reports; `--time-zone` takes precedence",
        example: #""Europe/Berlin""#)
    }
  }
}
