internal import AlertEngine
internal import JSON
internal import Text

/// What was counted of one alert.
extension ReplayJSONReport {
  static func write(
    _ tally: AlertTally, of target: TargetRecord, to writer: inout JSONWriter
  ) {
    let rule = tally.subject.rule
    writer.object { writer in
      identify(tally.key, of: target.name, to: &writer)
      writer.key("comparison")
      writer.optional(rule?.condition.comparison.rawValue) { $0.string($1) }
      writer.key("threshold")
      writer.optional(rule?.condition.threshold) { $0.scalar($1) }
      writer.key("duration_minutes")
      writer.number(tally.subject.duration.inMinutes)
      writer.key("unit")
      writer.optional(rule?.unit) { $0.string($1.name) }
      writer.key("samples")
      writer.onOneLine { writeSamples(of: tally, to: &$0) }
      writeFirings(of: tally, to: &writer)
      writer.key("near_miss")
      writer.optional(tally.nearMiss) { writer, miss in
        writer.onOneLine { write(miss, to: &$0) }
      }
      writer.key("worst_good")
      writer.optional(tally.worstGood) { writer, worst in
        writer.onOneLine { write(worst, to: &$0) }
      }
      writer.key("unknown_share")
      writer.number(tally.unknownShare)
      writer.key("gaps")
      writer.onOneLine { write(tally.gaps, to: &$0) }
      writer.key("episodes")
      writer.array(tally.episodes) { writer, episode in
        writer.onOneLine { write(episode, to: &$0) }
      }
    }
  }

  private static func writeSamples(of tally: AlertTally, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("bad")
      writer.integer(tally.bad)
      writer.key("good")
      writer.integer(tally.good)
      writer.key("unknown")
      writer.object { writer in
        for (reason, count) in tally.unknown.sorted(by: { $0.key < $1.key }) {
          writer.key(reason)
          writer.integer(count)
        }
      }
    }
  }

  private static func writeFirings(of tally: AlertTally, to writer: inout JSONWriter) {
    let firings = tally.firings
    writer.key("fired")
    writer.integer(firings.count)
    writer.key("firing_minutes")
    writer.number(firings.total.inMinutes)
    writer.key("longest_firing_minutes")
    writer.number(firings.longest.inMinutes)
    writer.key("firing_since")
    writer.optional(firings.since) { $0.instant($1) }
    writer.key("detection")
    writer.optional(firings.meanDetection) { writer, mean in
      writer.onOneLine { writer in
        writer.object { writer in
          writer.key("mean_minutes")
          writer.number(mean.inMinutes)
          writer.key("longest_minutes")
          writer.number(firings.longestDetection.inMinutes)
        }
      }
    }
  }

  private static func write(_ miss: AlertTally.NearMiss, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("first")
      writer.instant(miss.first)
      writer.key("last")
      writer.instant(miss.last)
      writer.key("samples")
      writer.integer(miss.count)
      writer.key("minutes")
      writer.number(miss.span.inMinutes)
      writePeak(miss.peak, to: &writer)
    }
  }

  private static func write(_ worst: Peak, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("value")
      writer.number(worst.value)
      writer.key("at")
      writer.instant(worst.at)
    }
  }

  private static func writePeak(_ peak: Peak?, to writer: inout JSONWriter) {
    writer.key("peak_value")
    writer.optional(peak?.value) { $0.number($1) }
    writer.key("peak_at")
    writer.optional(peak?.at) { $0.instant($1) }
  }

  private static func write(_ gaps: AlertTally.Gaps, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("count")
      writer.integer(gaps.count)
      writer.key("minutes")
      writer.number(gaps.total.inMinutes)
      writer.key("longest_minutes")
      writer.number(gaps.longest.inMinutes)
      writer.key("longest_at")
      writer.optional(gaps.longestAt) { $0.instant($1) }
    }
  }

  private static func write(_ episode: AlertTally.FiredEpisode, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("active_at")
      writer.instant(episode.activeAt)
      writer.key("fired_at")
      writer.instant(episode.firedAt)
      writer.key("resolved_at")
      writer.optional(episode.resolvedAt) { $0.instant($1) }
      writePeak(episode.peak, to: &writer)
      writer.key("reason")
      writer.optional(episode.cause) { $0.string($1.rawValue) }
    }
  }
}
