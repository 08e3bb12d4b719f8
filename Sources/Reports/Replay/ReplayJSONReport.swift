package import AlertEngine
internal import JSON
internal import Text

/// A replay for programs: one JSON document, written piece by piece; the format of `docs/cli.md`.
package struct ReplayJSONReport: ReplayReport {
  private let configurationVersion: String?
  private var hasTransitions = false

  package init(configurationVersion: String?) {
    self.configurationVersion = configurationVersion
  }

  package mutating func head() -> [UInt8] {
    var writer = JSONWriter(.pretty)
    writer.object { writer in
      writer.key("schema_version")
      writer.integer(1)
      writer.key("config_version")
      writer.optional(configurationVersion) { $0.string($1) }
    }
    // The document goes on where its brace would close.
    return Array(writer.bytes.dropLast(2)) + Array(",\n  \"transitions\": [".utf8)
  }

  package mutating func transitions(_ transitions: [ReplayTransition]) -> [UInt8] {
    var bytes: [UInt8] = []
    for transition in transitions {
      bytes += Array((hasTransitions ? ",\n    " : "\n    ").utf8)
      hasTransitions = true
      var writer = JSONWriter(.compact)
      Self.write(transition, to: &writer)
      bytes += writer.bytes
    }
    return bytes
  }

  package mutating func tail(_ result: ReplayResult, skipped: SkippedLines) -> [UInt8] {
    var writer = JSONWriter(.pretty)
    writer.object { writer in
      writer.key("recording")
      Self.writeRecording(result, skipped, to: &writer)
      writer.key("rules")
      let tallies = result.targets.flatMap { target in target.tallies.map { (target, $0) } }
      writer.array(tallies) { Self.write($1.1, of: $1.0, to: &$0) }
      writer.key("what_if")
      let span = result.span.map { $0.upperBound - $0.lowerBound } ?? .zero
      writer.array(result.variants) { writer, variant in
        writer.onOneLine { Self.write(variant, over: span, to: &$0) }
      }
      writer.key("left_out")
      writer.array(result.notes) { $0.string($1) }
      writer.key("skipped_lines")
      writer.array(skipped.first) { writer, line in
        writer.onOneLine { Self.write(line, to: &$0) }
      }
    }
    writer.newline()
    // What is written here goes on in the object that the head began.
    return Array((hasTransitions ? "\n  ]," : "],").utf8) + writer.bytes.dropFirst()
  }
}

// MARK: - The parts

extension ReplayJSONReport {
  private static func write(_ transition: ReplayTransition, to writer: inout JSONWriter) {
    let change = transition.transition
    writer.object { writer in
      identify(change.key, of: transition.target, to: &writer)
      writer.key("from")
      writer.string(change.from.rawValue)
      writer.key("to")
      writer.string(change.event.rawValue)
      writer.key("at")
      writer.instant(change.at)
      writer.key("reason")
      writer.optional(change.cause) { $0.string($1.rawValue) }
      writer.key("active_at")
      writer.optional(transition.breach?.activeAt) { $0.instant($1) }
      writer.key("value")
      writer.optional(transition.value) { $0.scalar($1) }
      writer.key("peak_value")
      writer.optional(transition.breach?.peak?.value) { $0.number($1) }
    }
  }

  static func identify(
    _ key: AlertKey, of target: String, to writer: inout JSONWriter
  ) {
    writer.key("target")
    writer.string(target)
    writer.key("name")
    writer.string(key.rule)
    writer.key("instance")
    writer.optional(key.instance) { $0.string($1) }
    writer.key("fingerprint")
    writer.string(Fingerprint(target: target, key: key).text)
  }

  private static func writeRecording(
    _ result: ReplayResult, _ skipped: SkippedLines, to writer: inout JSONWriter
  ) {
    let targets = result.targets
    let longest = targets.max { $0.longestStep < $1.longestStep }
    writer.object { writer in
      writer.key("first")
      writer.optional(result.span?.lowerBound) { $0.instant($1) }
      writer.key("last")
      writer.optional(result.span?.upperBound) { $0.instant($1) }
      writer.key("snapshots")
      writer.integer(targets.reduce(0) { $0 + $1.snapshots })
      writer.key("unreachable")
      writer.integer(targets.reduce(0) { $0 + $1.unreachable })
      writer.key("not_attempted")
      writer.integer(targets.reduce(0) { $0 + $1.notAttempted })
      writeLongestStep(of: longest, to: &writer)
      writer.key("skipped_lines")
      writer.integer(skipped.total)
      writer.key("overlapping_samples")
      writer.integer(skipped.overlapping)
      writer.key("targets")
      writer.array(targets) { write($1, to: &$0) }
    }
  }

  private static func writeLongestStep(of target: TargetRecord?, to writer: inout JSONWriter) {
    writer.key("longest_step_minutes")
    writer.optional(target?.longestStep) { $0.number($1.inMinutes) }
    writer.key("longest_step_at")
    writer.optional(target?.longestStepAt) { $0.instant($1) }
  }

  private static func write(_ target: TargetRecord, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("name")
      writer.string(target.name)
      writer.key("first")
      writer.instant(target.first)
      writer.key("last")
      writer.instant(target.last)
      writer.key("snapshots")
      writer.integer(target.snapshots)
      writer.key("unreachable")
      writer.integer(target.unreachable)
      writer.key("not_attempted")
      writer.integer(target.notAttempted)
      writer.key("mean_step_minutes")
      let steps = target.samples - 1
      let mean = steps > 0 ? target.elapsed / steps : nil
      writer.optional(mean) { $0.number($1.inMinutes) }
      writeLongestStep(of: target, to: &writer)
      writer.key("warnings")
      writer.array(ReplayWarning.all(of: target)) { writer, warning in
        writer.onOneLine { writer in
          writer.object { writer in
            writer.key("sentence")
            writer.string(warning.sentence)
            writer.key("samples")
            writer.integer(warning.samples)
          }
        }
      }
      writer.key("alerts_not_tallied")
      writer.integer(target.untallied)
    }
  }

  private static func write(
    _ variant: VariantRecord, over span: Duration, to writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.key("rule")
      writer.string(variant.rule.name)
      writer.key("request")
      writer.integer(variant.request)
      writer.key("changes")
      writer.object { writer in
        for change in variant.changes {
          writer.key(change.key)
          writer.number(change.value)
        }
      }
      writer.key("is_configured")
      writer.bool(variant.isConfigured)
      writer.key("is_tightest")
      writer.bool(variant.lag.isTightest)
      writer.key("alerts")
      writer.integer(variant.fired)
      writer.key("pages_per_week")
      writer.optional(VariantWording.perWeek(variant.fired, over: span)) { $0.number($1) }
      writer.key("firing_minutes")
      writer.number(variant.firingTime.inMinutes)
      writer.key("mean_delay_minutes")
      writer.optional(variant.lag.mean) { $0.number($1.inMinutes) }
      writer.key("longest_delay_minutes")
      writer.optional(variant.lag.longest) { $0.number($1.inMinutes) }
      writer.key("missed")
      writer.integer(variant.lag.missed)
    }
  }

  private static func write(_ line: SkippedLines.Line, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("file")
      writer.string(line.file)
      writer.key("line")
      writer.integer(line.line)
      writer.key("column")
      writer.integer(line.column)
      writer.key("reason")
      writer.string(line.reason)
    }
  }
}
