internal import TestSupport

@testable import AlertEngine
@testable import JSON
@testable import Text

/// A service with random behaviour: good and bad times, counters that are reset, that fail for a moment
/// or come from two replicas in turn, instances that come and go.
struct RandomService {
  static let instances = ["a", "b/c", "d.e", "ü", "0"]

  private var isBad = false
  private var hasReplicas = false
  /// Which of two replicas answers.
  private var isSecond = false
  private var errors = 0.0
  private var requests = 0.0
  private var present: Set<String> = ["a"]
  private var instanceCounters: [String: Double] = [:]
  private var lastTime: Instant?

  /// What it publishes next.
  mutating func next(
    at now: Instant, _ random: inout SplitMix64
  ) -> PublishedDocument {
    func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
    if chance(7) { isBad.toggle() }
    if chance(30) { (errors, requests) = (0, 0) }
    if chance(40) { hasReplicas.toggle() }
    isSecond = hasReplicas && !isSecond
    // What the counters show: nothing for a moment, or those of the other replica.
    let share = chance(40) ? 0 : isSecond ? 0.6 : 1
    let served = chance(6) ? 0 : Double(Int.random(in: 1...60, using: &random))
    requests += served
    errors += isBad ? (served / 3).rounded() : chance(4) ? 1 : 0
    for name in Self.instances where chance(12) {
      present = present.symmetricDifference([name])
    }
    var document = PublishedDocument()
    document["v"] = odd(.number(isBad ? 0.1 : chance(4) ? 0.04 : 0.01), &random)
    document["flag"] = odd(.bool(isBad), &random)
    document["mode"] = odd(.text(isBad ? "degraded" : "ok"), &random)
    document["n"] = chance(15) ? .missing : .number(chance(6) ? 5 : 350)
    document["c", "errors"] = odd(.number((errors * share).rounded()), &random)
    document["c", "all"] = odd(.number((requests * share).rounded()), &random)
    let age = isBad ? 600.0 : 20
    document["stamp"] = odd(
      .number(Double(now.milliseconds / 1_000) - age), &random)
    document["at"] = time(now, isOld: chance(8))
    for name in Self.instances {
      instanceCounters[name, default: 0] += isBad ? 9 : 1
      let isThere = present.contains(name)
      let level = isBad == chance(5) ? 0.01 : 0.2
      let value = odd(.number(level), &random)
      document.set(isThere ? value : .missing, at: ["of", name, "v"])
      document.set(
        isThere ? .number(instanceCounters[name] ?? 0) : .missing, at: ["of", name, "c"])
    }
    return document
  }

  private mutating func time(_ now: Instant, isOld: Bool) -> PublishedDocument.Cell {
    if !isOld { lastTime = now }
    return .text((lastTime ?? now).rfc3339)
  }

  /// Usually the intended value, sometimes another.
  private func odd(
    _ cell: PublishedDocument.Cell, _ random: inout SplitMix64
  ) -> PublishedDocument.Cell {
    switch Int.random(in: 0..<70, using: &random) {
    case 0: .missing
    case 1: .null
    case 2: .text("5")
    case 3: .bool(true)
    case 4: .number(-1)
    default: cell
    }
  }
}

/// Rules of every kind over what a `RandomService` publishes.
enum RandomRules {
  static func path(_ text: String) throws -> MetricPath { try MetricPath(text) }

  static func configuration(_ random: inout SplitMix64) throws -> Configuration {
    let count = Int.random(in: 1...5, using: &random)
    let rules = try (0..<count).map { try rule("r\($0)", &random) }
    return Configuration(
      rules: rules,
      evaluation: EvaluationSettings(
        maxGap: .minutes([5, 60].randomElement(using: &random) ?? 5),
        onGap: Bool.random(using: &random) ? .reset : .count,
        snapshotTimePath: Bool.random(using: &random) ? try path("at") : nil,
        requestCount: .path(try path("n"))),
      endpoint: EndpointSettings(
        duration: .minutes([0, 2, 10].randomElement(using: &random) ?? 0)))
  }

  private static func rule(_ name: String, _ random: inout SplitMix64) throws -> Rule {
    func one<Value>(_ values: Value...) -> Value {
      values.randomElement(using: &random) ?? values[0]
    }
    let (measurement, condition) = try measured(
      Int.random(in: 0..<12, using: &random), window: .minutes(one(4, 10)))
    let isRanged = measurement.kind == .value && condition.threshold.number == 0.05
    return Rule(
      name: name, measurement: measurement,
      condition: isRanged && one(true, false)
        ? Condition(.gt, .number(0.05), recoveryThreshold: 0.02) : condition,
      duration: .minutes(one(0, 1, 3, 10)), minSamples: one(nil, nil, 1, 3),
      maxGap: .minutes(one(3, 10, 60)), onGap: one(.reset, .reset, .count),
      sparseSamples: one(2, 3, 3, 5),
      onMissing: one(nil, .alert, .hold, .clear), minRequestCount: one(0, 20),
      breachStatus: one(.fail, .warn), severity: one(nil, .error, .info),
      recoveryDuration: .minutes(one(0, 2, 5)))
  }

  private static func measured(
    _ kind: Int, window: Duration
  ) throws -> (Measurement, Condition) {
    switch kind {
    case 0, 1: (.value(try path("v")), Condition(.gt, .number(0.05)))
    case 2: (.value(try path("v")), Condition(.lt, .number(0.05)))
    case 3: (.value(try path("flag")), Condition(.eq, .bool(true)))
    case 4: (.value(try path("mode")), Condition(.ne, .string("ok")))
    case 5:
      (
        .ratio(try path("c.errors"), denominator: try path("c.all"), window: window),
        Condition(.gte, .number(0.2))
      )
    case 6: (.increase(try path("c.errors"), window: window), Condition(.gt, .number(20)))
    case 7: (.ratePerMinute(try path("c.errors"), window: window), Condition(.gt, .number(3)))
    case 8: (.age(try path("stamp")), Condition(.gt, .number(300)))
    case 9: (.increase(try path("of.*.c"), window: window), Condition(.gt, .number(20)))
    default: (.value(try path("of.*.v")), Condition(.gt, .number(0.05)))
    }
  }
}
