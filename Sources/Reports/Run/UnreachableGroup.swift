internal import AlertEngine
internal import Text

/// Targets that are unreachable for the same reason, as one line.
struct UnreachableGroup {
  let state: ReportState
  /// `endpoint_down`.
  let name: String
  /// The cause, without the targets' own addresses.
  let value: String
  let severity: String
  /// `t1, t2, t3, t4, t5 and 92 more`.
  let targets: String
  let names: [String]
  /// The texts of the rule.
  let texts: [String]
  /// The entry of the first of them.
  let entry: ReportEntry

  /// `nil` for none.
  init?(_ digests: [TargetDigest], seenAt now: Instant) {
    guard let first = digests.first,
      let entry = first.entries.first(where: { !$0.isHealthy && !$0.isUnreachable }),
      let check = entry.check
    else { return nil }
    let wording = CheckWording(check, seenAt: now)
    state = entry.state
    name = wording.name
    value = first.withoutPlace(wording.valueAgainstLimit)
    severity = wording.severity
    names = digests.map { printable($0.target.name, limit: 60) }
    targets = listed(names)
    texts = TextRow.texts(of: check.subject.text)
    self.entry = entry
  }
}
