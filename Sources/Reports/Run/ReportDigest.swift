internal import AlertEngine

/// What a report for people shows, and in which order: the same for every format.
struct ReportDigest {
  /// Targets that are shown together.
  enum Part {
    case target(TargetDigest)
    /// Targets that have no snapshot for the same reason, and nothing else to report.
    case unreachable([TargetDigest])

    var rank: ReportRank {
      switch self {
      case .target(let digest): digest.rank
      case .unreachable(let digests): digests.first?.rank ?? ReportRank(state: .ok, urgency: 0)
      }
    }
  }

  /// Up to this many targets are listed one by one, healthy or not.
  static let listedTargets = 5
  /// More unreachable targets than this with the same reason are one part.
  static let unreachableTargets = 3

  /// In the order of the configuration.
  let targets: [TargetDigest]
  let report: RunReport

  init(_ report: RunReport) {
    self.report = report
    targets = report.targets.map(TargetDigest.init)
  }

  /// Too many to be listed one by one.
  var isLong: Bool { targets.count > Self.listedTargets }

  var healthy: [TargetDigest] { targets.filter(\.isHealthy) }

  /// The targets one by one, worst first.
  var ordered: [TargetDigest] {
    targets.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
      .map(\.element)
  }

  /// Those that need attention, worst first; in a long report, unreachable ones together.
  var attention: [Part] {
    let unhealthy = ordered.filter { !$0.isHealthy }
    guard isLong else { return unhealthy.map(Part.target) }
    var groups: [String: [TargetDigest]] = [:]
    for digest in unhealthy {
      if let unreachability = digest.unreachability {
        groups[unreachability, default: []].append(digest)
      }
    }
    return unhealthy.compactMap { digest in
      guard let unreachability = digest.unreachability, let group = groups[unreachability],
        group.count > Self.unreachableTargets
      else { return .target(digest) }
      return group.first?.target.name == digest.target.name ? .unreachable(group) : nil
    }
  }
}

/// One target's part of a report.
struct TargetDigest {
  let target: TargetReport
  /// Those that need attention first.
  let entries: [ReportEntry]

  init(_ target: TargetReport) {
    self.target = target
    entries = ReportEntry.entries(of: target)
  }

  var isHealthy: Bool { entries.allSatisfy(\.isHealthy) }

  /// The rank of the worst entry.
  var rank: ReportRank {
    entries.first { !$0.isHealthy }?.rank ?? ReportRank(state: .ok, urgency: 0)
  }

  /// What this target has in common with others without a snapshot; `nil` if there is more to
  /// report.
  var unreachability: String? {
    let worst = entries.filter { !$0.isHealthy && !$0.isUnreachable }
    guard worst.count == 1, entries.contains(where: \.isUnreachable), let entry = worst.first,
      let check = entry.check, check.subject.rule == nil, let reason = check.reason
    else { return nil }
    switch reason {
    case .unreachable(let cause): return "\(entry.state): \(withoutPlace(cause))"
    case .notAttempted, .stale: return "\(entry.state): \(reason.code)"
    case .missing, .wrongType, .lowVolume, .warmingUp, .tooFewSamples, .unstableCounter, .gone,
      .ambiguous,
      .unnamed, .zeroDenominator, .notANumber, .notRecorded, .sampledTooRarely:
      return nil
    }
  }

  /// A sentence without this target's own host and port.
  func withoutPlace(_ sentence: String) -> String {
    guard let url = target.metricsURL, let scheme = url.firstRange(of: "://") else {
      return sentence
    }
    let authority = url[scheme.upperBound...].prefix { $0 != "/" }
    let host = authority.prefix { $0 != ":" }
    guard !host.isEmpty else { return sentence }
    return sentence.replacing(authority, with: "…").replacing(host, with: "…")
  }
}

extension ReportDigest {
  /// The number of checks of some targets, and of those that lack evidence for a harmless reason.
  static func count(_ digests: [TargetDigest]) -> (checks: Int, harmless: Int) {
    let entries = digests.lazy.flatMap(\.entries)
    return (digests.reduce(0) { $0 + $1.entries.count }, entries.count { $0.state == .unknown })
  }
}
