internal import AlertEngine
internal import JSON
internal import Text

/// The report for programs: the format of `docs/cli.md`, schema version 1.
package enum JSONReport {
  package static func render(_ report: RunReport) -> [UInt8] {
    var writer = JSONWriter(.pretty)
    writer.open(.object)
    writer.write(membersOf: ["schema_version": .integer(1)])
    if report.targets.count == 1, let target = report.targets.first {
      writer.write(membersOf: head(of: report, target))
      writer.write(membersOf: body([target], errors: report.errors + target.errors, of: report))
    } else {
      let errors = report.targets.flatMap { target in
        target.errors.map { "\(target.name): \($0)" }
      }
      writer.write(membersOf: head(of: report, nil))
      writer.write(
        membersOf: body(
          report.targets, errors: report.errors + errors, of: report, listsChecks: false))
      let targets = JSONText.array(report.targets) { target in
        head(of: report, target)
          .followed(by: body([target], errors: target.errors, of: report))
      }
      writer.write(membersOf: ["targets": targets])
    }
    writer.close(.object)
    writer.newline()
    return writer.finish()
  }

  /// What comes before the lists: of one target, or of all.
  private static func head(of report: RunReport, _ target: TargetReport?) -> JSONText {
    let checks = target.map { [$0.evaluation.checks] } ?? report.targets.map(\.evaluation.checks)
    var total = 0
    var silenced = 0
    var counts: [Check.Status: Int] = [:]
    for check in checks.joined() {
      total += 1
      counts[check.status, default: 0] += 1
      if check.status != .pass, check.suppression?.isSilence == true { silenced += 1 }
    }
    return [
      "status": .string((target?.status ?? report.status).rawValue),
      "generated_at": .instant(report.generatedAt),
      "config_version": .string(report.configurationVersion),
      "target": .string(target?.name),
      "metrics_url": .string(target?.metricsURL),
      "total_checks": .integer(total),
      "failing_checks": .integer(counts[.fail] ?? 0),
      "warning_checks": .integer(counts[.warn] ?? 0),
      "pending_checks": .integer(counts[.pending] ?? 0),
      "unknown_checks": .integer(counts[.unknown] ?? 0),
      "silenced_checks": .integer(silenced),
    ]
  }

  private static func body(
    _ targets: [TargetReport], errors: [String], of report: RunReport, listsChecks: Bool = true
  ) -> JSONText {
    let checks = (listsChecks ? targets : []).flatMap { target in
      target.evaluation.checks.map { (target.name, $0) }
    }
    let transitions = targets.flatMap { target in
      target.evaluation.transitions.map { (target.name, $0) }
    }
    let names = Set(targets.map(\.name))
    let isWhole = targets.count == report.targets.count
    let results = report.notifications.filter {
      isWhole || names.contains($0.notification.target)
    }
    return [
      "checks": .array(checks) { check($0.1, of: $0.0, seenAt: report.generatedAt) },
      "transitions": .array(transitions) { transition($0.1, of: $0.0) },
      "notifications": .array(results, delivery),
      "errors": .array(errors) { .string($0) },
    ]
  }
}

extension JSONReport {
  /// A member that is only there if it has a value.
  private static func present<Value>(_ value: Value?, _ text: (Value) -> JSONText) -> JSONText {
    value.map(text) ?? .omitted
  }

  /// What the rule compares with: a scalar, a list, or what was found at its path.
  static func threshold(of rule: Rule?, limit: Double? = nil) -> JSONText {
    switch rule?.condition.threshold {
    case .scalar(let scalar)?: .scalar(scalar)
    case .list(let list)?: .line(.array(list) { .scalar($0) })
    case .selector?: .number(limit)
    case nil: .null
    }
  }

  private static func check(_ check: Check, of target: String, seenAt now: Instant) -> JSONText {
    let rule = check.subject.rule
    let breach = check.phase.breach
    let episode = check.phase.episode
    let firesAt = check.firesAt.flatMap { $0 > now && $0.isWritable ? $0 : nil }
    return [
      "name": .string(check.subject.name),
      "instance": .string(check.instance),
      "fingerprint": .string(Fingerprint(target: target, key: check.receiverKey).text),
      "labels": present(check.details.flatMap { $0.labels.isEmpty ? nil : $0.labels }) {
        .object($0) { .string($0) }
      },
      "detail": present(check.details?.text) { .string($0) },
      "metric_path": .string(rule.flatMap { $0.format == .prometheus ? nil : $0.selectorText }),
      "metric": present(rule.flatMap { $0.format == .prometheus ? $0.selectorText : nil }) {
        .string($0)
      },
      "measure": .string(rule?.measurement.kind.rawValue),
      "comparison": .string(rule?.condition.comparison.rawValue),
      "threshold": threshold(of: rule, limit: check.observation.sample?.limit),
      "duration_minutes": .minutes(check.subject.duration),
      "current_value": .scalar(check.observation.value),
      "unit": .string(rule?.unit?.name),
      "status": .string(check.status.rawValue),
      "message": .string(
        ClockZone.$current.withValue(.utc) { CheckWording(check, seenAt: now).message }),
      "phase": .string(check.phase.kind.rawValue),
      "reason": .string(check.reason?.code),
      "severity": .string((episode?.severity ?? check.subject.severity).rawValue),
      "runbook": .string(check.subject.text.runbook),
      "summary": .string(check.subject.text.summary),
      "active_at": .instant(breach?.activeAt),
      "fired_at": .instant(episode?.firedAt),
      "fires_at": .instant(firesAt),
      "peak_value": .number(breach?.peak?.value),
      "evidence": .optional(breach?.evidence, evidence),
      "silenced_by": present(check.suppression.flatMap(silence)) { $0 },
      "inhibited_by": present(check.suppression.flatMap(inhibitor)) { $0 },
      "acknowledged": present(episode?.acknowledged, acknowledgement),
    ]
  }

  /// The silence or the maintenance window.
  private static func silence(_ suppression: Suppression) -> JSONText? {
    switch suppression {
    case .silenced(let silence):
      [
        "id": .string(silence.id), "reason": .string(silence.reason),
        "author": .string(silence.author), "ends": .instant(silence.ends),
      ]
    case .maintenance(let window):
      [
        "maintenance": .string(window.name), "reason": .string(window.reason),
        "ends": .instant(window.ends),
      ]
    case .inhibited, .undecided: nil
    }
  }

  private static func inhibitor(_ suppression: Suppression) -> JSONText? {
    guard case .inhibited(let key, let target) = suppression else { return nil }
    return [
      "name": .string(key.rule), "instance": .string(key.instance), "target": .string(target),
    ]
  }

  private static func acknowledgement(_ acknowledgement: Acknowledgement) -> JSONText {
    [
      "author": .string(acknowledgement.author), "at": .instant(acknowledgement.at),
      "note": .string(acknowledgement.note),
    ]
  }

  private static func evidence(_ evidence: Evidence) -> JSONText {
    [
      "first": .instant(evidence.first),
      "last": .instant(evidence.last),
      "count": .integer(evidence.count),
      "span_minutes": .minutes(evidence.span),
      "longest_gap_minutes": .minutes(evidence.longestGap),
    ]
  }

  private static func transition(_ transition: Transition, of target: String) -> JSONText {
    [
      "name": .string(transition.key.rule),
      "instance": .string(transition.key.instance),
      "target": .string(target),
      "fingerprint": .string(Fingerprint(target: target, key: transition.receiverKey).text),
      "from": .string(transition.from.rawValue),
      "to": .string(transition.event.rawValue),
      "at": .instant(transition.at),
      "reason": .string(transition.cause?.rawValue),
    ]
  }

  private static func delivery(_ result: DeliveryResult) -> JSONText {
    [
      "id": .string(result.notification.id),
      "receiver": .string(result.receiver),
      "name": .string(result.notification.key.rule),
      "instance": .string(result.notification.key.instance),
      "target": .string(result.notification.target),
      "fingerprint": .string(result.notification.fingerprint.text),
      "event": .string(result.notification.event.rawValue),
      "outcome": .string(result.outcome.rawValue),
      "reason": .string(result.reason.map { "\($0)" }),
    ]
  }
}
