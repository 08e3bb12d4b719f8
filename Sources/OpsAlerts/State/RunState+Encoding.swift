internal import AlertEngine
internal import JSON
internal import Text

extension RunState {
  /// The bytes of the state file: keys sorted, one alert a line.
  package func encoded() -> [UInt8] {
    var writer = JSONWriter(.pretty)
    writer.object { writer in
      writer.key("format")
      writer.integer(RunState.format)
      outbox.encode(to: &writer)
      writer.key("saved_at")
      writer.optional(savedAt) { $0.instant($1) }
      writer.key("targets")
      writer.object { writer in
        for (name, target) in targets.sorted(by: { $0.key < $1.key }) {
          writer.key(name)
          target.encode(to: &writer)
        }
      }
    }
    writer.newline()
    return writer.bytes
  }
}

extension TargetState {
  fileprivate func encode(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("alerts")
      writer.array(alerts.keys.sorted()) { writer, key in
        writer.onOneLine { alerts[key]?.encode(key, to: &$0) }
      }
      writer.key("last_observation")
      writer.optional(lastObservation) { $0.instant($1) }
      writer.key("last_readable")
      writer.optional(lastReadable) { $0.instant($1) }
      writer.key("last_snapshot_time")
      writer.optional(lastSnapshotTime) { $0.instant($1) }
    }
  }
}

extension Alert {
  fileprivate func encode(_ key: AlertKey, to writer: inout JSONWriter) {
    writer.object { writer in
      if let absence {
        writer.key("absence")
        writer.object { writer in
          writer.key("count")
          writer.integer(absence.count)
          writer.key("first")
          writer.instant(absence.first)
        }
      }
      writer.key("condition")
      writer.string(hexadecimal(conditionHash))
      if let breach = phase.breach {
        writer.key("evidence")
        breach.evidence.encode(to: &writer)
      }
      if let episode = phase.episode {
        writer.key("fired_at")
        writer.instant(episode.firedAt)
      }
      writer.key("instance")
      writer.optional(key.instance) { $0.string($1) }
      if let labels = phase.episode?.labels, !labels.isEmpty {
        writer.key("labels")
        writer.strings(labels)
      }
      if let peak = phase.breach?.peak {
        writer.key("peak")
        writer.object { writer in
          writer.key("at")
          writer.instant(peak.at)
          writer.key("value")
          writer.number(peak.value)
        }
      }
      writer.key("phase")
      writer.string(phase.kind.rawValue)
      if !recent.isEmpty {
        writer.key("recent")
        writer.array(recent.entries) { writer, entry in
          writer.array([0, 1]) { writer, part in
            if part == 0 { return writer.integer(entry.at.milliseconds) }
            writer.optional(entry.value) { $0.number($1) }
          }
        }
      }
      if case .recovering(_, let evidence) = phase {
        writer.key("recovery")
        evidence.encode(to: &writer)
      }
      writer.key("rule")
      writer.string(key.rule)
      if let series {
        writer.key("series")
        series.encode(to: &writer)
      }
      if let episode = phase.episode {
        writer.key("severity")
        writer.string(episode.severity.rawValue)
      }
    }
  }
}

extension Evidence {
  fileprivate func encode(to writer: inout JSONWriter) {
    writer.object { writer in
      if let breaks {
        writer.key("break_gap_ms")
        writer.integer(breaks.gap.wholeMilliseconds)
        writer.key("breaks")
        writer.integer(breaks.inARow)
      }
      writer.key("count")
      writer.integer(count)
      writer.key("first")
      writer.instant(first)
      writer.key("last")
      writer.instant(last)
      writer.key("longest_gap_ms")
      writer.integer(longestGap.wholeMilliseconds)
    }
  }
}

extension CounterSeries {
  fileprivate func encode(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("counter")
      writer.number(last.counter)
      writer.key("denominator")
      writer.number(last.denominator)
      writer.key("entries")
      writer.array(entries) { writer, entry in
        let parts = [
          Double(entry.at.milliseconds), entry.total, entry.denominatorTotal, Double(entry.resets),
        ]
        writer.array(parts) { $0.number($1) }
      }
      writer.key("source")
      writer.string(hexadecimal(sourceHash))
    }
  }
}

private func hexadecimal(_ mark: UInt64) -> String { String(mark, radix: 16) }
