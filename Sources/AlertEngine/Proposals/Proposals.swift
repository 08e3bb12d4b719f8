package import JSON
internal import Prometheus
package import Text

/// The rules that a snapshot suggests.
package struct Proposals {
  /// A snapshot, and when it was received.
  package typealias Received = (bytes: [UInt8], at: Instant)

  /// A rule, and what it makes of the snapshot.
  package struct Proposal {
    package var rule: Rule
    /// As a configuration has it.
    package var members: [JSONText.Member]
    package let checks: [Check]
    package let why: String

    /// The instance that is beyond its limit, or closest to it.
    package var worst: Check? {
      checks.max { one, other in
        guard let one = one.observation.number, let other = other.observation.number else {
          return !one.observation.isBad && other.observation.isBad
        }
        return one != other && rule.condition.worse(one, other) == other
      }
    }

    /// Has another limit from now on; what it says no longer names the usual one.
    package mutating func take(_ threshold: Double, _ duration: Duration) {
      let side = rule.condition.worse(0, 1) == 1 ? "high" : "low"
      let summary = "\(rule.name.replacing("_", with: " ")) is unusually \(side)"
      rule.condition = Condition(rule.condition.comparison, .number(threshold))
      for (key, text) in [
        (RuleKey.threshold, .number(threshold)), (.durationMinutes, .minutes(duration)),
        (.summary, .string(summary.prefix(1).uppercased() + summary.dropFirst())),
      ] as [(RuleKey, JSONText)] {
        for index in members.indices where members[index].0 == key.key.name {
          members[index].1 = text
        }
      }
    }
  }

  private static let most = 12
  /// How many are tried of each shape.
  private static let mostTried = 30

  /// Best first.
  package var chosen: [Proposal] = []
  /// Those that would be bad now, although it is not certain that there is a problem.
  package private(set) var bad: [Proposal] = []
  /// How many more there are.
  package private(set) var surplus = 0

  /// Finds what is known in the last of one or two snapshots; the first shows what grows.
  ///
  /// - Throws: a `JSONFailure` if they are not of that format.
  package init(_ snapshots: [Received], as format: SnapshotFormat) throws(JSONFailure) {
    var before: [[SnapshotField.Step]: Double] = [:]
    var fields: [SnapshotField] = []
    for snapshot in snapshots {
      for field in fields { before[field.steps] = field.numbers?.reduce(0, +) }
      fields = try snapshot.bytes.withUnsafeBufferPointer { bytes throws(JSONFailure) in
        guard format == .json else { return try SnapshotField.metrics(of: bytes) }
        return try JSONDocument.read(bytes).map { JSONFieldReader($0, bytes).fields } ?? []
      }
    }
    for (index, field) in fields.enumerated() {
      guard let old = before[field.steps], let new = field.numbers?.reduce(0, +) else { continue }
      // What was 0 may have become a problem that is no counter.
      fields[index].hasGrown = new == old || old == 0 ? nil : new > old
    }
    var candidates: [(draft: ProposalDraft, rule: Rule)] = []
    for draft in Self.drafts(of: fields) {
      let members: [JSONText.Member] = [("name", .string("_\(candidates.count)"))] + draft.rule
      guard let rule = try? Configuration.decode(Self.file([members])).rules.first,
        rule.lints.allSatisfy(\.name.isNote)
      else { continue }
      candidates.append((draft, rule))
    }
    guard let last = snapshots.last, !candidates.isEmpty else { return }
    func evaluated() throws(JSONFailure) -> [String: [Check]] {
      var configuration = Configuration.withoutRules
      configuration.rules = candidates.map(\.rule)
      let evaluator = Evaluator(configuration)
      let reading = Reading.snapshot(try evaluator.read(last.bytes, as: format))
      let evaluation = evaluator.evaluate(reading, as: format, from: TargetState(), at: last.at)
      return Dictionary(grouping: evaluation.checks, by: \.key.rule)
    }
    var checks = try evaluated()
    for index in candidates.indices where candidates[index].draft.isCountOfNow {
      let count = checks[candidates[index].rule.name]?.first?.observation.number
      if let count, count > 0 {
        candidates[index].draft.take(count)
        candidates[index].rule.condition = Condition(.lt, .number(count))
      }
    }
    checks = try evaluated()
    var claims: Set<String> = []
    var (names, counts): ([String: Int], [String: Int]) = ([:], [:])
    for (draft, rule) in candidates {
      let (own, shape) = (checks[rule.name] ?? [], draft.shape)
      let isSure = shape.options["sure"] != nil
      let isBad = own.contains(where: \.observation.isBad)
      guard own.contains(where: \.isTelling),
        own.allSatisfy({ $0.reason?.isRoutine != false || isSure && $0.reason?.code == "missing" }),
        claims.isDisjoint(with: draft.claims), !isBad || isSure || shape.kind != .list,
        isBad && isSure || draft.groupClaim.map(claims.contains) != true
      else { continue }
      claims.formUnion(draft.claims)
      if draft.speaksForGroup, let group = draft.groupClaim { claims.insert(group) }
      let base = (draft.name.first?.isLetter == true ? "" : "_") + draft.name
      names[base, default: 0] += 1
      let name = base + (names[base] == 1 ? "" : "_\(names[base, default: 0])")
      var proposal = Proposal(
        rule: rule, members: [("name", .string(name))] + draft.rule, checks: own, why: shape.why)
      proposal.rule.name = name
      counts[shape.summary, default: 0] += 1
      let isUsual = counts[shape.summary, default: 0] <= Int(shape.options["most"] ?? "") ?? 3
      switch (isBad && !isSure, isUsual && chosen.count < Self.most) {
      case (true, _): bad.append(proposal)
      case (false, true): chosen.append(proposal)
      case (false, false): surplus += 1
      }
    }
  }

  /// A configuration of some rules.
  package static func file(_ rules: [[JSONText.Member]]) -> [UInt8] {
    let file: JSONText = [
      "defaults": ["allow": .array([.string(Lint.Name.noRunbook.rawValue)])],
      "rules": .array(rules) { .object($0) },
    ]
    return file.encoded(.pretty) + [UInt8(ascii: "\n")]
  }

  /// What the shapes make of the fields, those that are less deep first.
  private static func drafts(of fields: [SnapshotField]) -> [ProposalDraft] {
    var places: ProposalDraft.Places = [:]
    for field in fields { places[field.object, default: [:]][field.ownName] = field }
    let depths = Set(fields.map(\.steps.count)).sorted()
    let sorted = depths.flatMap { depth in fields.filter { $0.steps.count == depth } }
    return Shape.table.flatMap { shape in
      sorted.lazy.compactMap { ProposalDraft(shape, of: $0, among: places) }.prefix(mostTried)
    }
  }
}

extension Configuration {
  /// What there is before the first rule.
  package static var withoutRules: Configuration {
    Configuration(rules: [], evaluation: EvaluationSettings(requestCount: .response(.status)))
  }
}

extension Check {
  /// Whether there is a value, or will be one when there is a history.
  fileprivate var isTelling: Bool {
    reason == nil || ["warming_up", "low_volume"].contains(reason?.code)
  }
}

extension Observation {
  fileprivate var isBad: Bool { if case .bad = self { true } else { false } }
}
