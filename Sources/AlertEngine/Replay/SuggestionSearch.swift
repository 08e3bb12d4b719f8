internal import JSON
package import Text

/// The thresholds and durations among which one is suggested for a rule, from a first pass over the
/// recording.
package struct SuggestionSearch: Sendable {
  package static let leastSpan = Duration.seconds(7 * 86_400)
  package static let leastValues = 100
  /// The durations that are tried, in minutes, beside the configured one.
  private static let durations = [0.0, 5, 10, 15, 30]
  /// Thresholds are tried beyond which these shares of the values are, and at the ends of the widest
  /// gaps between the worst values: what is beyond a gap is likely to be an incident.
  private static let shares = [0.3, 0.2, 0.14, 0.1, 0.07, 0.04, 0.02, 0.01]
  private static let gaps = 7
  private static let mostExtremes = 200

  /// Why nothing can be suggested.
  package enum Lack: Error, Hashable, Sendable {
    case span(Duration)
    case values(Int)
  }

  package let rule: Rule
  /// What is suggested: `threshold`, or for a rule with a burn rate, `burn_rate`.
  package let key: String
  package let alertsPerWeek: Double
  /// The first and the last sample.
  package let span: ClosedRange<Instant>
  /// Two thirds of the recording are before it: the part on which the choice is made.
  package let split: Instant
  /// The values of the key that are tried, loosest first, each with the looser one that is suggested
  /// in its place, so that the choice has a margin.
  let thresholds: [(tried: Double, suggested: Double)]
  /// As `--what-if` takes it.
  package let request: String

  /// - Parameters:
  ///   - rule: compares by size, with a number.
  ///   - alertsPerWeek: the most that are wanted.
  ///   - result: the rule as configured, drawn.
  /// - Throws: what the recording lacks.
  package init(
    for rule: Rule, alertsPerWeek: Double, in result: ReplayResult
  ) throws(Lack) {
    guard let span = result.span, result.length >= Self.leastSpan else {
      throw .span(result.length)
    }
    let split = span.lowerBound + result.length * 2 / 3
    let tallies = result.targets.flatMap(\.tallies).filter { $0.key.rule == rule.name }
    let values = tallies.reduce(0) { $0 + $1.bad + $1.good }
    guard values >= Self.leastValues else { throw .values(values) }
    let isWorse: (Double, Double) -> Bool = { [condition = rule.condition] one, other in
      one != other && condition.worse(one, other) == one
    }
    let seen = tallies.compactMap(\.picture).map { $0.evidence(before: split) }
    let unit = rule.burnRate.map { 1 - $0.objective } ?? 1
    let usual = seen.flatMap(\.usual).map { $0 / unit }.sorted(by: isWorse)
    let extremes = seen.flatMap(\.extremes).compactMap { rule.condition.worse($0.0, $0.1) }
      .map { $0 / unit }.sorted(by: isWorse)
    guard !usual.isEmpty else { throw .values(0) }
    let median = usual[usual.count / 2]
    let worst = extremes.prefix(Self.mostExtremes)
    let gaps = worst.indices.dropFirst().sorted { one, other in
      (worst[other] - worst[other - 1]).magnitude < (worst[one] - worst[one - 1]).magnitude
    }
    let edges =
      Self.shares.map { usual[Int(Double(usual.count) * $0)] }
      + ([0] + gaps.prefix(Self.gaps)).filter(worst.indices.contains).map { worst[$0] }
    let key = rule.burnRate == nil ? RuleKey.threshold : .burnRate
    let thresholds = Set(edges).sorted(by: isWorse).map { edge in
      (
        tried: key.clamped(rule.condition.beyond(edge, from: median)),
        suggested: key.clamped(
          rule.condition.beyond(median + (edge - median) * 1.25, from: median))
      )
    }
    let step = (result.targets.map { $0.elapsed / max(1, $0.samples - 1) }.min() ?? .zero).inMinutes
    let durations = Self.durations.filter { $0 == 0 || $0 >= step } + [rule.duration.inMinutes]
    let numbers = Set(thresholds.flatMap { [$0.tried, $0.suggested] }).sorted(by: isWorse)
    self.rule = rule
    self.key = key.key.name
    self.alertsPerWeek = alertsPerWeek
    self.span = span
    self.split = split
    self.thresholds = thresholds
    request =
      "\(rule.name): \(self.key)=\(numbers.map(\.plain).joined(separator: ",")), "
      + "duration_minutes=\(Set(durations).sorted().map(\.plain).joined(separator: ","))"
  }

  /// What a rule has at the key; `nil` if that is not a number.
  package func value(of rule: Rule) -> Double? {
    rule.burnRate?.rate ?? rule.condition.threshold.number
  }

  /// How many alerts the first two thirds may have, rounded down, and the last third, rounded up.
  package var most: (chosenOn: Int, checkedOn: Int) {
    let week = Duration.seconds(604_800)
    // The last sample is a little before the end of the time that a recording is for.
    let slack = 0.05
    let first = alertsPerWeek * ((split - span.lowerBound) / week) + slack
    let last = alertsPerWeek * ((span.upperBound - split) / week) - slack
    // More than are kept cannot be told apart.
    let kept = Double(ReplayComparison.mostEpisodes - 1)
    return (Int(min(first, kept)), Int(max(0, last.rounded(.up))))
  }
}

extension RuleKey {
  /// The nearest number that the configuration may have at this key.
  fileprivate func clamped(_ number: Double) -> Double {
    guard case .number(let range?) = key.kind else { return number }
    return min(max(number, range.lowerBound), range.upperBound)
  }
}

extension AlertPicture {
  /// Of each bucket of values that are evidence: the first and the last, and the range.
  fileprivate func evidence(
    before end: Instant
  ) -> (usual: [Double], extremes: [(Double, Double)]) {
    let unknown = sight.bands.filter { $0.kind == .unknown }
    let seen: (SeriesSketch.Point) -> Bool = { point in
      point.at < end && !unknown.contains { $0.from <= point.at && point.at < $0.to }
    }
    var usual: [Double] = []
    var extremes: [(Double, Double)] = []
    for bucket in values.buckets {
      usual += [bucket.first, bucket.last].filter(seen).map(\.value)
      let points = bucket.points.filter(seen).map(\.value)
      if let lowest = points.min(), let highest = points.max() {
        extremes.append((lowest, highest))
      }
    }
    return (usual, extremes)
  }
}

extension Condition {
  /// The least number at which a value is good, with two digits of its distance from the median.
  fileprivate func beyond(_ value: Double, from median: Double) -> Double {
    let distance =
      value != median ? (value - median).magnitude : median != 0 ? median.magnitude : 1
    var (scale, places) = (1.0, 0)
    while distance * scale < 10, places < 12 { (scale, places) = (scale * 10, places + 1) }
    while distance * scale >= 100, places > -12 { (scale, places) = (scale / 10, places - 1) }
    let isAbove = worse(0, 1) == 1
    var units = (value * scale).rounded(isAbove ? .up : .down)
    // The nearest double of a decimal number, as in a configuration.
    if holds(units, scale, value) { units += isAbove ? 1 : -1 }
    return units / scale
  }

  private func holds(_ units: Double, _ scale: Double, _ value: Double) -> Bool {
    comparison.holds(value, units / scale)
  }
}
