internal import Testing

@testable import AlertEngine

@Suite("Rule tests of lists and of Prometheus text")
struct RuleTestFormatTests {
  @Test(
    "A test may publish lists, and Prometheus text",
    arguments: [
      (
        #"{"name": "r", "metric_path": "$.l[?@.on==true].v", "instance_by": ["n"], \#(rest)}"#,
        #""l.0.n": "'x'", "l.0.v": "1 9", "l.0.on": "true", "l.1.n": "'y'", "l.1.v": "9", "l.1.on": "false""#,
        "x"
      ),
      (
        #"{"name": "r", "metric_path": "$.l[0].v", \#(rest)}"#, #""l.0.v": "1 9", "l.1.v": "1""#,
        nil
      ),
      (
        #"{"name": "r", "metric": "v{a!=\"z\"}", "instance_by": ["a"], \#(rest)}"#,
        #""v{a=\"x\"}": "1 9", "v{a=\"z\"}": "9", "up": "1""#, "x"
      ),
    ] as [(String, String, String?)])
  func formats(rule: String, series: String, instance: String?) throws {
    let text = Array(#"{"rules": [\#(rule)]}"#.utf8)
    let configuration = try Configuration.decode(text)
    let named = instance.map { #", "instance": "\#($0)""# } ?? ""
    let test = """
      {"tests": [{"name": "t", "series": {\(series)},
        "transitions": [{"at": "1m", "rule": "r", "to": "firing"\(named)}]}]}
      """
    let file = try RuleTestFile.decode(Array(test.utf8)) { _ in configuration }
    let verdict = try #require(file.tests.first).verdict(by: Evaluator(configuration))
    #expect(verdict.differences.isEmpty)
  }

  private static let rest = #""comparison": "gt", "threshold": 5, "duration_minutes": 0"#

  @Test(
    "The series of a metric has exact labels and numbers",
    arguments: [
      (#""v{a=~\"x\"}": "1""#, "expected the labels of one series, each with ="),
      (#""v": "'x'""#, "the samples of a metric are numbers, found a string"),
      (#""v": "1", "v{}": "1""#, #""v" is the same series"#), (#""a b": "1""#, "expected"),
    ])
  func metrics(series: String, mistake: String) throws {
    let rule = #"{"name": "r", "metric": "v", \#(Self.rest)}"#
    let configuration = try Configuration.decode(Array(#"{"rules": [\#(rule)]}"#.utf8))
    let test = #"{"tests": [{"name": "t", "series": {\#(series)}, "transitions": []}]}"#
    var mistakes: ConfigurationMistakes?
    do throws(ConfigurationMistakes) {
      _ = try RuleTestFile.decode(Array(test.utf8)) { _ in configuration }
    } catch { mistakes = error }
    #expect(mistakes?.description.contains(mistake) == true, "\(mistakes?.description ?? "none")")
  }
}
