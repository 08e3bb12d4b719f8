@testable import AlertEngine
@testable import Reports
@testable import Text

/// A file of rule tests: it is refused with sentences and places, or its tests have a verdict,
/// always the same, and are drawn.
enum RuleTestTarget {
  /// More would be slow, and nothing new.
  private static let mostSamples = 2_000

  static func run(_ bytes: [UInt8]) {
    let file: RuleTestFile
    do throws(ConfigurationMistakes) {
      file = try RuleTestFile.decode(bytes) { _ in FuzzRules.configuration }
    } catch {
      hold(error.count >= error.listed.count && !error.listed.isEmpty, "there is a mistake")
      let lines = bytes.count { $0 == 0x0A } + 1
      for mistake in error.listed {
        hold((1...lines).contains(mistake.line), "a mistake is in the document")
        holdSentence(mistake.description)
      }
      return
    }
    guard file.tests.reduce(0, { $0 + $1.times.count }) <= mostSamples else { return }
    let evaluator = FuzzRules.evaluator
    let results = file.tests.map { test in
      let verdict = test.verdict(by: evaluator)
      let result = RuleTestReport.Result(
        test, verdict,
        drawing: test.timelines(of: RuleTestReport.drawn(test, verdict), by: evaluator))
      hold(result.isPassed == verdict.isPassed, "a test fails with a sentence")
      for sentence in result.sentences { holdSentence(sentence) }
      return result
    }
    let report = RuleTestReport(files: [RuleTestReport.File(name: "f", results: results)])
    for text in [
      RuleTestText(isColored: false, isVerbose: true).render(report), JUnitReport.render(report),
    ] {
      holdInert(text)
    }
  }
}
