internal import TestSupport

@testable import AlertEngine
@testable import JSON
@testable import Text

/// Evaluates samples run by run, and writes down the transitions.
///
/// A sample is a word `WHAT@MINUTE`: `b` bad (0.1), `g` good (0.01), a number, `_` missing, `null`,
/// `"s"` a string, `low` too few requests, `!` endpoint down, `skip` not attempted, `{…}` a document.
struct Timeline {
  static let origin = Instant(milliseconds: 1_795_000_000_000)

  var rules: [Rule]
  var endpoint = EndpointSettings()
  /// Whether `play` includes `endpoint_down`.
  var showsEndpoint = false
  var evaluation = EvaluationSettings(requestCount: .path(path("n")))
  var state = TargetState()
  var onMissing = OnMissing.alert

  init(_ rule: Rule) { rules = [rule] }

  static func path(_ text: String) -> MetricPath {
    do { return try MetricPath(text) } catch { preconditionFailure(error.reason) }
  }

  static func instant(_ minute: Double) -> Instant { origin + .minutes(minute) }

  /// A rule over `v > 0.05` for some minutes.
  static func rule(
    _ name: String = "r", path: String = "v", minutes: Double = 10, samples: Int? = nil,
    maxGap: Double = 60, onGap: OnGap = .reset, sparse: Int = 3, onMissing: OnMissing? = nil,
    volume: Int = 20,
    recovery: Double = 0, recoveryThreshold: Double? = nil, comparison: Comparison = .gt,
    threshold: Scalar = .number(0.05)
  ) -> Rule {
    Rule(
      name: name, measurement: .value(Self.path(path)),
      condition: Condition(comparison, threshold, recoveryThreshold: recoveryThreshold),
      duration: .minutes(minutes), minSamples: samples, maxGap: .minutes(maxGap), onGap: onGap,
      sparseSamples: sparse,
      onMissing: onMissing, minRequestCount: volume, recoveryDuration: .minutes(recovery))
  }

  /// The alerts of rules, that is without `endpoint_down`.
  var alerts: [AlertKey] {
    state.alerts.keys.filter { $0.rule != EndpointSettings.ruleName }
  }

  var evaluator: Evaluator {
    let configuration = Configuration(rules: rules, evaluation: evaluation, endpoint: endpoint)
    return Evaluator(configuration, onMissing: onMissing)
  }

  mutating func run(_ sample: Substring) -> Evaluation {
    let at = sample.lastIndex(of: "@") ?? sample.endIndex
    let minute = Double(sample[at...].dropFirst()) ?? .nan
    return run(String(sample[..<at]), atMinute: minute)
  }

  mutating func run(_ what: String, atMinute minute: Double) -> Evaluation {
    let evaluator = evaluator
    let reading: Reading
    switch what {
    case "!": reading = .unreachable(cause: "connection refused")
    case "skip": reading = .notAttempted
    default:
      do {
        reading = .snapshot(try evaluator.read(Array(Self.document(what).utf8)))
      } catch { preconditionFailure("\(what): \(error)") }
    }
    let evaluation = evaluator.evaluate(reading, from: state, at: Self.instant(minute))
    state = evaluation.state
    return evaluation
  }

  /// Every transition as `MINUTE event[ cause]`, with the rule or instance if it is not `r`.
  mutating func play(_ samples: String) -> String {
    var lines: [String] = []
    for sample in samples.split(separator: " ") {
      let transitions = run(sample).transitions.filter {
        showsEndpoint || $0.key.rule != EndpointSettings.ruleName
      }
      lines += transitions.map(Self.words)
    }
    return lines.joined(separator: ", ")
  }

  static func words(_ transition: Transition) -> String {
    var words = "\(trimmed((transition.at - origin).inMinutes)) \(transition.event.rawValue)"
    if transition.key.rule != "r" { words += " \(transition.key.rule)" }
    if let instance = transition.key.instance { words += "[\(instance)]" }
    if let cause = transition.cause { words += " \(cause.rawValue)" }
    return words
  }

  private static func trimmed(_ number: Double) -> String {
    number == number.rounded() ? "\(Int(number))" : "\(number)"
  }

  private static func document(_ what: String) -> String {
    switch what {
    case "b": #"{"v": 0.1, "n": 100}"#
    case "g": #"{"v": 0.01, "n": 100}"#
    case "low": #"{"v": 0.1, "n": 19}"#
    case "_": #"{"n": 100}"#
    case _ where what.hasPrefix("{"): what
    default: #"{"v": \#(what), "n": 100}"#
    }
  }
}
