internal import JSON
internal import Text

/// The keys of a maintenance window.
package enum MaintenanceKey: Int, KeyName {
  case name, match, reason, days, from, to, timeZone, starts, ends

  package static let grammar = Grammar(
    "a maintenance window", keys: MaintenanceKey.self,
    relations: [
      .exactlyOne(["from", "starts"]),
      .exactlyOne(["to", "ends"]),
    ])

  var key: Key {
    switch self {
    case .name:
      Key(
        "name", .text(.line, max: 100), .required, "unique; its name in reports",
        example: #""nightly batch""#)
    case .match:
      Key(
        "match", .object(MatchKey.grammar), .required, "the alerts that are not sent",
        example: #"{"rules": ["latency_*"]}"#)
    case .reason:
      Key(
        "reason", .text(.line, max: 200), .optional, "why, for reports",
        example: #""batches are slow""#)
    case .days: HoursKey.days.key
    case .from: .optionally(HoursKey.from.key)
    case .to: .optionally(HoursKey.to.key)
    case .timeZone:
      .optionally(HoursKey.timeZone.key, "required with `from`")
    case .starts:
      Key(
        "starts", .text(.timestamp, max: 100), .derived("exactly one of `from` and `starts`"),
        "the start of a window that does not recur", example: #""2026-12-01T20:00:00Z""#)
    case .ends:
      Key(
        "ends", .text(.timestamp, max: 100), .derived("exactly one of `to` and `ends`"),
        "its end", example: #""2026-12-01T23:00:00Z""#)
    }
  }
}

/// The keys of `hours`.
package enum HoursKey: Int, KeyName {
  case days, from, to, timeZone

  package static let grammar = Grammar("`hours`", keys: HoursKey.self)

  var key: Key {
    switch self {
    case .days:
      Key(
        "days", .someWords(Weekday.self), .derived("every day"),
        "the days on which it begins", example: #"["mon", "tue", "wed", "thu", "fri"]"#)
    case .from:
      Key(
        "from", .text(.timeOfDay, max: 5), .required,
        "when it begins, in local time", example: #""08:00""#)
    case .to:
      Key(
        "to", .text(.timeOfDay, max: 5), .required,
        "when it ends, in local time; on the next day if it is earlier than `from`",
        example: #""18:00""#)
    case .timeZone:
      Key(
        "time_zone", .text(.timeZone, max: 100), .required, "the time zone of `from` and `to`",
        example: #""Europe/Berlin""#)
    }
  }
}

/// The keys of `match`.
package enum MatchKey: Int, KeyName {
  case rules, instances, targets, severities, labels

  package static let grammar = Grammar(
    "`match`", keys: MatchKey.self,
    relations: [.atLeastOne(["rules", "instances", "targets", "severities", "labels"])])

  var key: Key {
    switch self {
    case .rules:
      Key(
        "rules", .names, .derived("all rules"), "one of these rules; `*` matches any text",
        example: #"["latency_*"]"#)
    case .instances:
      Key(
        "instances", .names, .derived("all instances, and alerts without one"),
        "one of these instances, with `*` as in `rules`", example: #"["eu-*"]"#)
    case .targets:
      Key(
        "targets", .names, .derived("all targets"),
        "one of these targets, with `*` as in `rules`", example: #"["api"]"#)
    case .severities:
      Key(
        "severities", .someWords(Severity.self), .derived("all of them"),
        "one of these severities", example: #"["warning"]"#)
    case .labels:
      Key(
        "labels", .texts(by: .labelName, .line), .optional,
        "all of these labels, with `*` in their values as in `rules`",
        example: #"{"team": "search"}"#)
    }
  }
}

extension Key {
  /// The same key, optional because another one may take its place.
  fileprivate static func optionally(_ key: Key, _ presence: String? = nil) -> Key {
    var optional = key
    let other = key.name == "from" ? "starts" : "ends"
    optional.presence = .derived(presence ?? "exactly one of `\(key.name)` and `\(other)`")
    return optional
  }
}

extension Key.Kind {
  fileprivate static var names: Self { .values(.text(.line, max: 200), atMost: 1_000) }
}
