/// The problems of a run's targets, in few lines, however many targets there are.
struct TargetFailures: Sendable {
  /// Up to this many problems have a line each.
  private static let mostLines = 10
  private static let mostCauses = 20

  private var problems: [(target: String, problem: TargetProblem)] = []
  private var notAttempted: [String] = []

  mutating func add(_ problem: TargetProblem, about target: String) {
    problems.append((target, problem))
  }

  mutating func addNotAttempted(_ target: String) { notAttempted.append(target) }

  /// One for each problem, or for each cause if there are many problems.
  var diagnostics: [TargetDiagnostic] {
    let lines =
      problems.count <= Self.mostLines
      ? problems.map { TargetDiagnostic.one($0.target, $0.problem) } : byCause
    return lines + (notAttempted.isEmpty ? [] : [.notAttempted(notAttempted)])
  }

  private var byCause: [TargetDiagnostic] {
    var causes: [TargetProblem] = []
    var members: [TargetProblem: [(target: String, problem: TargetProblem)]] = [:]
    for (target, problem) in problems {
      let cause = problem.shared
      if members[cause] == nil { causes.append(cause) }
      members[cause, default: []].append((target, problem))
    }
    let groups = causes.compactMap { members[$0] }
    let lines = groups.prefix(Self.mostCauses).map { group -> TargetDiagnostic in
      group.count == 1
        ? .one(group[0].target, group[0].problem)
        : .many(group.map(\.target), group[0].problem.shared)
    }
    let rest = groups.dropFirst(Self.mostCauses).reduce(0) { $0 + $1.count }
    return lines + (rest > 0 ? [.more(rest)] : [])
  }
}
