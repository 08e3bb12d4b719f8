package import AlertEngine
internal import JSON
internal import Text

/// A replay for programs: one JSON document, written piece by piece; the format of `docs/cli.md`.
package struct ReplayJSONReport: ReplayReport {
  private let configurationVersion: String?
  private var writer = JSONWriter(.pretty)

  package init(configurationVersion: String?) {
    self.configurationVersion = configurationVersion
  }

  package mutating func head() -> [UInt8] {
    writer.open(.object)
    writer.write(membersOf: [
      "schema_version": .integer(1), "config_version": .string(configurationVersion),
    ])
    writer.key("transitions")
    writer.open(.array)
    return writer.take()
  }

  package mutating func transitions(_ transitions: [ReplayTransition]) -> [UInt8] {
    for transition in transitions { writer.write(line: Self.transition(transition)) }
    return writer.take()
  }

  package mutating func tail(_ result: ReplayResult, skipped: SkippedLines) -> [UInt8] {
    let tallies = result.targets.flatMap { target in target.tallies.map { (target.name, $0) } }
    let span = result.span.map { $0.upperBound - $0.lowerBound } ?? .zero
    writer.close(.array)
    writer.write(membersOf: [
      "recording": Self.recording(result, skipped),
      "rules": .array(tallies) { Self.tally($0.1, of: $0.0) },
      "what_if": .array(result.variants) { .line(Self.variant($0, over: span)) },
      "left_out": .array(result.notes) { .string($0) },
      "skipped_lines": .array(skipped.first) { .line(Self.line($0)) },
      "against": result.comparison.map { Self.comparison($0, over: span) } ?? .omitted,
      "suggestion": result.suggestion.map(Self.suggestion) ?? .omitted,
    ])
    writer.close(.object)
    writer.newline()
    return writer.take()
  }
}

// MARK: - The parts

extension ReplayJSONReport {
  private static func transition(_ transition: ReplayTransition) -> JSONText {
    let change = transition.transition
    return [
      "target": .string(transition.target),
      "name": .string(change.key.rule),
      "instance": .string(change.key.instance),
      "fingerprint": .string(Fingerprint(target: transition.target, key: change.key).text),
      "from": .string(change.from.rawValue),
      "to": .string(change.event.rawValue),
      "at": .instant(change.at),
      "reason": .string(change.cause?.rawValue),
      "active_at": .instant(transition.breach?.activeAt),
      "value": .scalar(transition.value),
      "peak_value": .number(transition.breach?.peak?.value),
      "maintenance": transition.untoldIn.map { .string($0) } ?? .omitted,
    ]
  }

  private static func recording(_ result: ReplayResult, _ skipped: SkippedLines) -> JSONText {
    let targets = result.targets
    let longest = targets.max { $0.longestStep < $1.longestStep }
    return [
      "first": .instant(result.span?.lowerBound),
      "last": .instant(result.span?.upperBound),
      "snapshots": .integer(targets.reduce(0) { $0 + $1.snapshots }),
      "unreachable": .integer(targets.reduce(0) { $0 + $1.unreachable }),
      "not_attempted": .integer(targets.reduce(0) { $0 + $1.notAttempted }),
      "longest_step_minutes": .minutes(longest?.longestStep),
      "longest_step_at": .instant(longest?.longestStepAt),
      "skipped_lines": .integer(skipped.total),
      "overlapping_samples": .integer(skipped.overlapping),
      "targets": .array(targets, target),
    ]
  }

  private static func target(_ target: TargetRecord) -> JSONText {
    let steps = target.samples - 1
    return [
      "name": .string(target.name),
      "first": .instant(target.first),
      "last": .instant(target.last),
      "snapshots": .integer(target.snapshots),
      "unreachable": .integer(target.unreachable),
      "not_attempted": .integer(target.notAttempted),
      "mean_step_minutes": .minutes(steps > 0 ? target.elapsed / steps : nil),
      "longest_step_minutes": .minutes(target.longestStep),
      "longest_step_at": .instant(target.longestStepAt),
      "warnings": .array(ReplayWarning.all(of: target)) { warning in
        .line(["sentence": .string(warning.sentence), "samples": .integer(warning.samples)])
      },
      "alerts_not_tallied": .integer(target.untallied),
    ]
  }

  private static func variant(_ variant: VariantRecord, over span: Duration) -> JSONText {
    [
      "rule": .string(variant.rule.name),
      "request": .integer(variant.request),
      "changes": .object(variant.changes.map { ($0.key, .number($0.value)) }),
      "is_configured": .bool(variant.isConfigured),
      "is_tightest": .bool(variant.lag.isTightest),
      "alerts": .integer(variant.fired),
      "in_maintenance": variant.untold > 0 ? .integer(variant.untold) : .omitted,
      "pages_per_week": .number(VariantWording.perWeek(variant.pages, over: span)),
      "firing_minutes": .minutes(variant.firingTime),
      "mean_delay_minutes": .minutes(variant.lag.mean),
      "longest_delay_minutes": .minutes(variant.lag.longest),
      "missed": .integer(variant.lag.missed),
    ]
  }

  private static func line(_ line: SkippedLines.Line) -> JSONText {
    [
      "file": .string(line.file), "line": .integer(line.line), "column": .integer(line.column),
      "reason": .string(line.reason),
    ]
  }
}
