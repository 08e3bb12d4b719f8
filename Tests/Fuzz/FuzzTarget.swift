internal import AlertEngine
internal import Foundation
internal import Reports
internal import Text

/// What is fuzzed: each target reads an input in every way that the program would, and ends the
/// process if something does not hold that must hold for all inputs.
enum FuzzTarget: String, CaseIterable {
  case json
  case prometheus
  case jsonpath
  case pattern
  case configuration
  case state
  case recording
  case ruletests
  case text
  case secrets

  /// The one that `OPS_FUZZ_TARGET` names.
  static let chosen: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["OPS_FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
      let names = allCases.map(\.rawValue).joined(separator: ", ")
      FileHandle.standardError.write(Data("fuzz: OPS_FUZZ_TARGET is one of \(names)\n".utf8))
      exit(2)
    }
    return target
  }()

  func run(_ bytes: [UInt8]) {
    switch self {
    case .json: JSONTarget.run(bytes)
    case .prometheus: PrometheusTarget.run(bytes)
    case .jsonpath: JSONPathTarget.run(bytes)
    case .pattern: PatternTarget.run(bytes)
    case .configuration: ConfigurationTarget.run(bytes)
    case .state: StateTarget.run(bytes)
    case .recording: RecordingTarget.run(bytes)
    case .ruletests: RuleTestTarget.run(bytes)
    case .text: TextTarget.run(bytes)
    case .secrets: SecretsTarget.run(bytes)
    }
  }
}

/// libFuzzer calls this for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  FuzzTarget.chosen.run(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

/// Ends the process, so that the fuzzer keeps the input, unless a property holds.
func hold(_ holds: Bool, _ property: @autoclosure () -> String) {
  if !holds { fatalError("does not hold: \(property())") }
}

extension Result {
  var error: Failure? { if case .failure(let error) = self { error } else { nil } }

  var value: Success? { if case .success(let value) = self { value } else { nil } }
}

/// A sentence for people: there is one, and it is safe to print.
func holdSentence(_ text: String) {
  hold(!text.isEmpty, "a mistake has a reason")
  hold(
    text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control },
    "a message has no control characters: \(text.debugDescription)")
}

/// A text with words from outside is safe to print once it is inert.
func holdInert(_ text: String) {
  let shown = inert(text)
  hold(inert(shown) == shown, "a text has nothing more to be made inert")
}

/// There are words for a check.
func holdWords(of check: Check, seenAt now: Instant) {
  let wording = CheckWording(check, seenAt: now)
  for text in [wording.message, wording.cause].compactMap(\.self) {
    hold(!text.isEmpty, "a check has words")
    holdInert(text)
  }
}
