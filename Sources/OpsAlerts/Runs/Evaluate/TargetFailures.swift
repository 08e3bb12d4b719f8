internal import Text

/// What is wrong with the targets of a run, for standard error: few lines, however many targets.
struct TargetFailures: Sendable {
  /// So many targets have a line each.
  private static let mostLines = 10
  private static let mostCauses = 20

  private struct TargetFailure: Sendable {
    let target: String
    let sentence: String
    let cause: String
  }

  private var failures: [TargetFailure] = []
  private var notAttempted: [String] = []

  /// Adds a sentence about a target.
  ///
  /// - Parameters:
  ///   - sentence: what is wrong.
  ///   - cause: the same without what differs between targets; the sentence where nothing does.
  ///   - target: its name.
  mutating func add(_ sentence: String, cause: String? = nil, about target: String) {
    failures.append(TargetFailure(target: target, sentence: sentence, cause: cause ?? sentence))
  }

  /// Adds a target whose turn did not come.
  mutating func addNotAttempted(_ target: String) { notAttempted.append(target) }

  /// A line for each target, or for each cause where there are many.
  var lines: [String] {
    var lines: [String]
    if failures.count <= Self.mostLines {
      lines = failures.map { "\(printable($0.target)): \($0.sentence)" }
    } else {
      lines = linesByCause
    }
    if !notAttempted.isEmpty {
      lines.append(
        "\(listed(notAttempted.map { printable($0) })): not attempted, since the deadline came first: raise "
          + "--deadline, lower --timeout, or split the targets over several runs with --target")
    }
    return lines
  }

  private var linesByCause: [String] {
    var causes: [String] = []
    var members: [String: [TargetFailure]] = [:]
    for failure in failures {
      if members[failure.cause] == nil { causes.append(failure.cause) }
      members[failure.cause, default: []].append(failure)
    }
    var lines = causes.prefix(Self.mostCauses).map { cause in
      let members = members[cause] ?? []
      let sentence = members.count == 1 ? members[0].sentence : cause
      return "\(listed(members.map { printable($0.target) })): \(sentence)"
    }
    let rest = causes.dropFirst(Self.mostCauses).reduce(0) { $0 + (members[$1]?.count ?? 0) }
    if rest > 0 { lines.append("and \(rest) more targets, which the report lists") }
    return lines
  }
}
