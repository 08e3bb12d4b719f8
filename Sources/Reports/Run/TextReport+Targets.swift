internal import Text

/// Many targets: those that need attention in full, the rest in one line.
extension TextReport {
  func summed(_ digest: ReportDigest) -> [String] {
    let now = digest.report.generatedAt
    var lines: [String] = []
    var shown = 0
    var hidden = 0
    for part in digest.attention {
      // A firing alert is never left out.
      if part.isWithoutEvidence {
        shown += 1
        guard shown <= Self.quietRows else {
          hidden += 1
          continue
        }
      }
      switch part {
      case .target(let target):
        lines += [heading(target.target)] + laidOut(rows(of: target, seenAt: now)) + [""]
      case .unreachable(let targets):
        guard let row = row(ofUnreachable: targets, seenAt: now), let first = targets.first else {
          continue
        }
        let heading = "\(targets.count) targets: \(first.target.status.rawValue)"
        lines += [style.bold(heading)] + laidOut([row]) + [""]
      }
    }
    if hidden > 0 {
      lines += ["and \(hidden) more targets without evidence (--verbose lists them)", ""]
    }
    let healthy = digest.healthy
    guard detail != .quiet, !healthy.isEmpty else { return lines }
    return lines + laidOut([TextRow(.ok, note: Self.sentence(ofHealthy: healthy))]) + [""]
  }

  /// `996 targets, 3984 checks, 12 of them with low volume or warming up`.
  static func sentence(ofHealthy digests: [TargetDigest]) -> String {
    let (checks, harmless) = ReportDigest.count(digests)
    let unknown = harmless > 0 ? ", \(harmless) of them with low volume or warming up" : ""
    return
      "\(Quantity.count(digests.count, "target")), \(Quantity.count(checks, "check"))\(unknown)"
  }

  /// The checks of a target that need attention; the rest in one line each.
  private func rows(of target: TargetDigest, seenAt now: Instant) -> [TextRow] {
    let unreachable = target.entries.filter(\.isUnreachable)
    let isUnreachable = unreachable.count > ReportDigest.unreachableTargets
    let shown = target.entries.filter { !$0.isHealthy && !(isUnreachable && $0.isUnreachable) }
    let listed = shown.filter { $0.state != .unknown }
    let unknown = shown.filter { $0.state == .unknown }
    let before = listed.filter { $0.rank < ReportRank(state: .unknown, urgency: 0) }
    let after = listed.filter { $0.rank > ReportRank(state: .unknown, urgency: 0) }
    var rows = before.map { TextRow($0, seenAt: now) }
    rows += unknown.prefix(Self.quietRows).map { TextRow($0, seenAt: now) }
    if unknown.count > Self.quietRows {
      let more = unknown.count - Self.quietRows
      rows.append(TextRow(.unknown, note: "and \(more) more (--verbose lists them)"))
    }
    if isUnreachable, let check = unreachable.first?.check {
      let words = CheckWording(check, seenAt: now).valueAgainstLimit
      rows.append(
        TextRow(.unknown, note: "\(Quantity.count(unreachable.count, "check")), \(words)"))
    }
    rows += after.map { TextRow($0, seenAt: now) }
    let healthy = target.entries.count { $0.isHealthy }
    if healthy > 0, detail != .quiet {
      rows.append(TextRow(.ok, note: Quantity.count(healthy, "check")))
    }
    return rows
  }

  /// One row for all of them: the cause without their addresses, and some of their names.
  private func row(ofUnreachable targets: [TargetDigest], seenAt now: Instant) -> TextRow? {
    guard let group = UnreachableGroup(targets, seenAt: now) else { return nil }
    return TextRow(
      group.state, name: group.name, note: group.value,
      details: [group.severity, group.targets] + group.texts)
  }
}

extension ReportDigest.Part {
  /// Whether it is one target that only lacks evidence.
  fileprivate var isWithoutEvidence: Bool {
    switch self {
    case .target(let digest):
      switch rank.state {
      case .firing, .recovering, .resolved, .cancelled, .ok: false
      case .pending: digest.unreachability != nil
      case .unknown: true
      }
    case .unreachable: false
    }
  }
}
