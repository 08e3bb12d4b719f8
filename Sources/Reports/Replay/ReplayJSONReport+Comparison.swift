internal import AlertEngine
internal import JSON
internal import Text

/// The comparison with another configuration.
extension ReplayJSONReport {
  static func comparison(_ comparison: ReplayComparison, over span: Duration) -> JSONText {
    let before = comparison.before
    let tallies = before.records.flatMap { target in target.tallies.map { (target.name, $0) } }
    return [
      "config_version": .string(before.configuration.version),
      "counts": .object(
        ReplayComparison.Kind.allCases.map { kind in
          (kind.rawValue, .integer(comparison.count(kind)))
        }),
      "unchanged": .integer(comparison.unchanged),
      "not_compared": .integer(comparison.uncompared),
      "differences": .array(comparison.differences, difference),
      "receivers": .array(comparison.receivers) { name in
        .line([
          "name": .string(name),
          "before": load(name, before, over: span),
          "after": load(name, comparison.after, over: span),
        ])
      },
      "rules": .array(tallies) { tally($0.1, of: $0.0) },
    ]
  }

  private static func load(
    _ name: String, _ side: ReplayComparison.Side, over span: Duration
  ) -> JSONText {
    .optional(side.loads.first { $0.name == name }) { load in
      [
        "notifications": .integer(load.notifications),
        "per_week": .number(VariantWording.perWeek(load.notifications, over: span)),
      ]
    }
  }

  private static func difference(_ difference: ReplayComparison.Difference) -> JSONText {
    [
      "target": .string(difference.target),
      "name": .string(difference.key.rule),
      "instance": .string(difference.key.instance),
      "fingerprint": .string(Fingerprint(target: difference.target, key: difference.key).text),
      "kinds": .array(difference.kinds) { .string($0.rawValue) },
      "before": .array(difference.before) { .line(episode($0)) },
      "after": .array(difference.after) { .line(episode($0)) },
      "maintenance": difference.maintenance.map { .string($0) } ?? .omitted,
    ]
  }
}
