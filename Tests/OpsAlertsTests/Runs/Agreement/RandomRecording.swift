internal import TestSupport

@testable import AlertEngine
internal import Foundation
@testable import JSON
@testable import OpsAlerts
@testable import Text

/// The responses of some services over an hour or two, and the rules for them.
struct RandomRecording {
  struct Sample {
    var at: Instant
    var target: String
    var answer: Answer
  }

  enum Answer {
    /// A snapshot, and what it says.
    case document(PublishedDocument, text: String)
    /// A body that is not a snapshot.
    case rubbish(String)
    case unreachable(String)
    case notAttempted
  }

  /// How many of them a test plays; `OPS_RECORDINGS` asks for more.
  static let count =
    ProcessInfo.processInfo.environment["OPS_RECORDINGS"].flatMap { Int($0) } ?? 8

  let configuration: Configuration
  let onMissing: OnMissing
  private(set) var samples: [Sample] = []
  /// Whether rule tests can say the same: time only goes on, and every answer has a notation.
  let isPlain: Bool

  /// Makes a recording, by rules that are random as well unless they are given.
  init(seed: Int, rules given: Configuration? = nil) throws {
    var random = SplitMix64(seed: UInt64(seed) &* 0x9E37 &+ 1)
    isPlain = seed % 3 != 0
    configuration = try given ?? RandomRules.configuration(&random)
    onMissing = isPlain ? .alert : OnMissing.allCases.randomElement(using: &random) ?? .alert
    let targets = ["api", "b.example:8080", "z/ö #1"].prefix(Int.random(in: 1...3, using: &random))
    var services = targets.map { _ in RandomService() }
    var spelling = Self.spelling(&random, isPlain: isPlain)
    var now = Instant(milliseconds: 1_795_000_000_000)
    let step = Self.one([0.25, 1, 1, 5, 95], &random)
    for _ in 0..<Int.random(in: 10...50, using: &random) {
      now = now + .minutes(Self.minutes(step, &random, isPlain: isPlain))
      if Int.random(in: 0..<25, using: &random) == 0 {
        spelling = Self.spelling(&random, isPlain: isPlain)
      }
      for (index, target) in targets.enumerated() where !Self.chance(10, &random) {
        let document = services[index].next(at: now, &random)
        let answer = Self.answer(document, spelling, &random, isPlain: isPlain)
        samples.append(Sample(at: now, target: target, answer: answer))
      }
    }
  }

  private static func chance(_ one: Int, _ random: inout SplitMix64) -> Bool {
    Int.random(in: 0..<one, using: &random) == 0
  }

  private static func one<Value>(_ values: [Value], _ random: inout SplitMix64) -> Value {
    values[Int.random(in: values.indices, using: &random)]
  }

  /// How far it is to the next sample.
  private static func minutes(
    _ step: Double, _ random: inout SplitMix64, isPlain: Bool
  ) -> Double {
    switch Int.random(in: 0..<60, using: &random) {
    case 0: 130
    case 1: 7
    case 2, 3: 0
    case 4 where !isPlain: -0.5
    case 5 where !isPlain: -20
    case 6..<12: step / 3
    default: step
    }
  }

  private static func spelling(
    _ random: inout SplitMix64, isPlain: Bool
  ) -> PublishedDocument.Spelling {
    let numbers: [@Sendable (Double) -> String] = [
      { "\($0)" }, { String(format: "%.17e", $0) }, { "\($0)" + "000" },
    ]
    return PublishedDocument.Spelling(
      extras: one(
        [[], [#""build": {"id": "7\u00e9", "tags": [1, null, {}]}"#], [#""x\"": -0.0"#]], &random),
      blank: one(["", " ", "\r\n\t"], &random), isReversed: Bool.random(using: &random),
      keepsEmpty: !isPlain && Bool.random(using: &random), number: one(numbers, &random))
  }

  private static func answer(
    _ document: PublishedDocument, _ spelling: PublishedDocument.Spelling,
    _ random: inout SplitMix64, isPlain: Bool
  ) -> Answer {
    switch Int.random(in: 0..<40, using: &random) {
    case 0, 1: .unreachable("the endpoint answered with status 503")
    case 2:
      .rubbish(one(["<html>\n", "", "5", "null", "{\"v\":0.1", "{\"v\":1,}"], &random))
    case 3 where !isPlain: .notAttempted
    default: .document(document, text: document.text(spelling))
    }
  }
}

// MARK: - The same in other forms

extension RandomRecording {
  /// What an evaluation by these rules makes of an answer.
  static func reading(_ answer: Answer, by evaluator: Evaluator) -> Reading {
    switch answer {
    case .notAttempted: return .notAttempted
    case .unreachable(let cause): return .unreachable(cause: cause)
    case .document(_, let text), .rubbish(let text):
      do throws(JSONFailure) {
        return .snapshot(try evaluator.read(Array(text.utf8)))
      } catch {
        return .unreachable(cause: "the answer is not JSON (\(error))")
      }
    }
  }

  /// Writes lines in the order given: a recording may hold late samples, which no single run writes.
  static func write(_ lines: some Sequence<RecordingLine>, to path: String) throws {
    try Data(lines.flatMap { $0.encoded() }).write(to: URL(filePath: path))
  }

  /// What `--record` keeps of it.
  var lines: [RecordingLine] {
    samples.map { sample in
      let content: RecordingLine.Content =
        switch sample.answer {
        case .document(_, let text), .rubbish(let text): .snapshot(Array(text.utf8))
        case .unreachable(let cause): .error(cause)
        case .notAttempted: .error(RecordedSample.notAttempted)
        }
      return RecordingLine(observedAt: sample.at, target: sample.target, content: content)
    }
  }

  /// The samples of one target as a rule test that expects these transitions.
  func ruleTest(of target: String, expecting transitions: [Transition]) throws -> RuleTest? {
    var samples: [Sample] = []
    // One that is not newer is ignored, and has no notation.
    for sample in self.samples where sample.target == target {
      if samples.last.map({ $0.at < sample.at }) ?? true { samples.append(sample) }
    }
    guard let start = samples.first?.at, samples.count > 1 else { return nil }
    let writer = RuleTestWriter(samples: samples, start: start)
    let text = writer.text(rules: configuration.rules, expecting: transitions)
    return try RuleTestFile.decode(Array(text.utf8)) { _ in configuration }.tests.first
  }
}

private struct RuleTestWriter {
  let samples: [RandomRecording.Sample]
  let start: Instant

  func text(rules: [Rule], expecting transitions: [Transition]) -> String {
    let names = rules.map(\.name) + [EndpointSettings.ruleName]
    let times = samples.map { ($0.at - start).notation }
    return """
      {"start": "\(start.rfc3339)", "tests": [{"name": "t", "times": "\(times.joined(separator: " "))",
        "series": {\(series.joined(separator: ", "))},
        "rules": [\(names.map { "\"\($0)\"" }.joined(separator: ", "))],
        "transitions": [\(transitions.map { words($0, rules) }.joined(separator: ", "))]}]}
      """
  }

  private var series: [String] {
    var paths: [[String]] = []
    for case .document(let document, _) in samples.map(\.answer) where paths.isEmpty {
      paths = document.cells.map(\.keys)
    }
    if paths.isEmpty { paths = [["v"]] }
    return paths.map { keys in
      let tokens = samples.map { sample -> String in
        guard case .document(let document, _) = sample.answer else { return "!" }
        return document.cells.first { $0.keys == keys }?.cell.token ?? "_"
      }
      let path = keys.map { $0.replacingOccurrences(of: ".", with: #"\\."#) }
      return #""\#(path.joined(separator: "."))": "\#(tokens.joined(separator: " "))""#
    }
  }

  private func words(_ transition: Transition, _ rules: [Rule]) -> String {
    var words =
      #"{"at": "\#((transition.at - start).notation)", "rule": "\#(transition.key.rule)", "#
      + #""to": "\#(transition.event.rawValue)""#
    if let cause = transition.cause { words += #", "reason": "\#(cause.rawValue)""# }
    let rule = rules.first { $0.name == transition.key.rule }
    if rule?.measurement.hasInstances ?? false {
      let instance = transition.key.instance?.replacingOccurrences(of: #"\"#, with: #"\\"#)
      words += #", "instance": \#(instance.map { "\"\($0)\"" } ?? "null")"#
    }
    return words + "}"
  }
}
