internal import AlertEngine
internal import JSON
internal import Text

/// The report for programs: the format of `docs/cli.md`, schema version 1.
package enum JSONReport {
  package static func render(_ report: RunReport) -> [UInt8] {
    var writer = JSONWriter(.pretty)
    writer.object { writer in
      writer.key("schema_version")
      writer.integer(1)
      if report.targets.count == 1, let target = report.targets.first {
        write(target, of: report, errors: report.errors + target.errors, to: &writer)
      } else {
        writeSum(of: report, to: &writer)
        writer.key("targets")
        writer.array(report.targets) { writer, target in
          writer.object { writer in
            write(target, of: report, errors: target.errors, to: &writer)
          }
        }
      }
    }
    writer.newline()
    return writer.bytes
  }

  private static func write(
    _ target: TargetReport, of report: RunReport, errors: [String], to writer: inout JSONWriter
  ) {
    writeHead(of: report, status: target.status, to: &writer)
    writer.key("target")
    writer.string(target.name)
    writer.key("metrics_url")
    writer.optional(target.metricsURL) { $0.string($1) }
    writeCounts(of: target.evaluation.checks, to: &writer)
    write([target], errors: errors, of: report, to: &writer)
  }

  private static func writeSum(of report: RunReport, to writer: inout JSONWriter) {
    writeHead(of: report, status: report.status, to: &writer)
    writer.key("target")
    writer.null()
    writer.key("metrics_url")
    writer.null()
    writeCounts(of: report.checks, to: &writer)
    let errors = report.targets.flatMap { target in target.errors.map { "\(target.name): \($0)" } }
    write(
      report.targets, errors: report.errors + errors, of: report, listsChecks: false, to: &writer)
  }

  private static func writeHead(
    of report: RunReport, status: ReportStatus, to writer: inout JSONWriter
  ) {
    writer.key("status")
    writer.string(status.rawValue)
    writer.key("generated_at")
    writer.instant(report.generatedAt)
    writer.key("config_version")
    writer.optional(report.configurationVersion) { $0.string($1) }
  }

  private static func writeCounts(of checks: some Sequence<Check>, to writer: inout JSONWriter) {
    var total = 0
    var counts: [Check.Status: Int] = [:]
    for check in checks {
      total += 1
      counts[check.status, default: 0] += 1
    }
    writer.key("total_checks")
    writer.integer(total)
    let named: [(StaticString, Check.Status)] = [
      ("failing_checks", .fail), ("warning_checks", .warn), ("pending_checks", .pending),
      ("unknown_checks", .unknown),
    ]
    for (key, status) in named {
      writer.key(key)
      writer.integer(counts[status] ?? 0)
    }
  }

  private static func write(
    _ targets: [TargetReport], errors: [String], of report: RunReport, listsChecks: Bool = true,
    to writer: inout JSONWriter
  ) {
    writer.key("checks")
    let listed = listsChecks ? targets : []
    writer.array(listed.flatMap { target in target.evaluation.checks.map { (target.name, $0) } }) {
      write($1.1, of: $1.0, seenAt: report.generatedAt, to: &$0)
    }
    writer.key("transitions")
    writer.array(
      targets.flatMap { target in target.evaluation.transitions.map { (target.name, $0) } }
    ) { write($1.1, of: $1.0, to: &$0) }
    writer.key("notifications")
    let names = Set(targets.map(\.name))
    let isWhole = targets.count == report.targets.count
    let told = report.notifications.filter { isWhole || names.contains($0.notification.target) }
    writer.array(told) { write($1, to: &$0) }
    writer.key("errors")
    writer.array(errors) { $0.string($1) }
  }
}

extension JSONReport {
  private static func write(
    _ check: Check, of target: String, seenAt now: Instant, to writer: inout JSONWriter
  ) {
    let rule = check.subject.rule
    writer.object { writer in
      writer.key("name")
      writer.string(check.subject.name)
      writer.key("instance")
      writer.optional(check.instance) { $0.string($1) }
      writer.key("fingerprint")
      writer.string(Fingerprint(target: target, key: check.key).text)
      writer.key("metric_path")
      writer.optional(rule?.measurement.path.text) { $0.string($1) }
      writer.key("measure")
      writer.optional(rule?.measurement.kind.rawValue) { $0.string($1) }
      writer.key("comparison")
      writer.optional(rule?.condition.comparison.rawValue) { $0.string($1) }
      writer.key("threshold")
      writer.optional(rule?.condition.threshold) { $0.scalar($1) }
      writer.key("duration_minutes")
      writer.number(check.subject.duration.inMinutes)
      writer.key("current_value")
      writer.optional(check.observation.value) { $0.scalar($1) }
      writer.key("unit")
      writer.optional(rule?.unit) { $0.string($1.name) }
      writer.key("status")
      writer.string(check.status.rawValue)
      writer.key("message")
      writer.string(CheckWording(check, seenAt: now).message)
      writer.key("phase")
      writer.string(check.phase.kind.rawValue)
      writer.key("reason")
      writer.optional(check.reason) { $0.string($1.code) }
      writer.key("severity")
      writer.string((check.phase.episode?.severity ?? check.subject.severity).rawValue)
      writer.key("runbook")
      writer.optional(check.subject.text.runbook) { $0.string($1) }
      writer.key("summary")
      writer.optional(check.subject.text.summary) { $0.string($1) }
      writer.key("active_at")
      writer.optional(check.phase.breach?.activeAt) { $0.instant($1) }
      writer.key("fired_at")
      writer.optional(check.phase.episode?.firedAt) { $0.instant($1) }
      writer.key("fires_at")
      writer.optional(check.firesAt.flatMap { $0 > now && $0.isWritable ? $0 : nil }) {
        $0.instant($1)
      }
      writer.key("peak_value")
      writer.optional(check.phase.breach?.peak?.value) { $0.number($1) }
      writer.key("evidence")
      writer.optional(check.phase.breach?.evidence) { write($1, to: &$0) }
    }
  }

  private static func write(_ result: DeliveryResult, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("id")
      writer.string(result.notification.id)
      writer.key("receiver")
      writer.string(result.receiver)
      writer.key("name")
      writer.string(result.notification.key.rule)
      writer.key("instance")
      writer.optional(result.notification.key.instance) { $0.string($1) }
      writer.key("target")
      writer.string(result.notification.target)
      writer.key("fingerprint")
      writer.string(result.notification.fingerprint.text)
      writer.key("event")
      writer.string(result.notification.event.rawValue)
      writer.key("outcome")
      writer.string(result.outcome.rawValue)
      writer.key("reason")
      writer.optional(result.reason) { $0.string("\($1)") }
    }
  }

  private static func write(_ evidence: Evidence, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("first")
      writer.instant(evidence.first)
      writer.key("last")
      writer.instant(evidence.last)
      writer.key("count")
      writer.integer(evidence.count)
      writer.key("span_minutes")
      writer.number(evidence.span.inMinutes)
      writer.key("longest_gap_minutes")
      writer.number(evidence.longestGap.inMinutes)
    }
  }

  private static func write(
    _ transition: Transition, of target: String, to writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.key("name")
      writer.string(transition.key.rule)
      writer.key("instance")
      writer.optional(transition.key.instance) { $0.string($1) }
      writer.key("target")
      writer.string(target)
      writer.key("fingerprint")
      writer.string(Fingerprint(target: target, key: transition.key).text)
      writer.key("from")
      writer.string(transition.from.rawValue)
      writer.key("to")
      writer.string(transition.event.rawValue)
      writer.key("at")
      writer.instant(transition.at)
      writer.key("reason")
      writer.optional(transition.cause) { $0.string($1.rawValue) }
    }
  }
}
