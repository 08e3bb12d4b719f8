internal import AlertEngine
internal import JSON
internal import Text

/// The figures of one alert.
extension ReplayJSONReport {
  static func tally(_ tally: AlertTally, of target: String) -> JSONText {
    let rule = tally.subject.rule
    let firings = tally.firings
    return [
      "target": .string(target),
      "name": .string(tally.key.rule),
      "instance": .string(tally.key.instance),
      "fingerprint": .string(Fingerprint(target: target, key: tally.key).text),
      "comparison": .string(rule?.condition.comparison.rawValue),
      "threshold": JSONReport.threshold(of: rule),
      "duration_minutes": .minutes(tally.subject.duration),
      "unit": .string(rule?.unit?.name),
      "samples": .line([
        "bad": .integer(tally.bad), "good": .integer(tally.good),
        "unknown": .object(tally.unknown) { .integer($0) },
      ]),
      "fired": .integer(firings.count),
      "in_maintenance": firings.untold > 0 ? .integer(firings.untold) : .omitted,
      "firing_minutes": .minutes(firings.total),
      "longest_firing_minutes": .minutes(firings.longest),
      "firing_since": .instant(firings.since),
      "detection": .optional(firings.meanDetection) { mean in
        .line([
          "mean_minutes": .minutes(mean), "longest_minutes": .minutes(firings.longestDetection),
        ])
      },
      "near_miss": .optional(tally.nearMiss) { .line(nearMiss($0)) },
      "worst_good": .optional(tally.worstGood) { worst in
        .line(["value": .number(worst.value), "at": .instant(worst.at)])
      },
      "unknown_share": .number(tally.unknownShare),
      "gaps": .line(gaps(tally.gaps)),
      "episodes": .array(tally.episodes.prefix(AlertTally.mostEpisodes)) { .line(episode($0)) },
    ]
  }

  private static func nearMiss(_ miss: AlertTally.NearMiss) -> JSONText {
    [
      "first": .instant(miss.first), "last": .instant(miss.last), "samples": .integer(miss.count),
      "minutes": .minutes(miss.span), "peak_value": .number(miss.peak?.value),
      "peak_at": .instant(miss.peak?.at),
    ]
  }

  private static func gaps(_ gaps: AlertTally.Gaps) -> JSONText {
    [
      "count": .integer(gaps.count), "minutes": .minutes(gaps.total),
      "longest_minutes": .minutes(gaps.longest), "longest_at": .instant(gaps.longestAt),
    ]
  }

  static func episode(_ episode: AlertTally.FiredEpisode) -> JSONText {
    [
      "active_at": .instant(episode.activeAt), "fired_at": .instant(episode.firedAt),
      "resolved_at": .instant(episode.resolvedAt), "peak_value": .number(episode.peak?.value),
      "peak_at": .instant(episode.peak?.at), "reason": .string(episode.cause?.rawValue),
      "maintenance": episode.maintenance.map { .string($0) } ?? .omitted,
      "notified_at": episode.maintenance == nil ? .omitted : .instant(episode.notifiedAt),
    ]
  }
}
