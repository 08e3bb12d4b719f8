@testable import AlertEngine
@testable import JSON
internal import Testing
@testable import Text

@Suite("The series of a Prometheus document")
struct MetricSeriesTests {
  /// What one rule, given without its other keys, sees in a document.
  private func checks(_ rule: String, _ document: String) throws -> [Check] {
    var probe = try Probe(
      rule + #", "name": "rule", "threshold": 100, "on_missing": "hold""#, format: .prometheus)
    try probe.see(document + "\n")
    return probe.last?.checks.filter { $0.subject.rule != nil } ?? []
  }

  private func values(_ checks: [Check]) -> [String: Double] {
    var values: [String: Double] = [:]
    for check in checks {
      if case .number(let number)? = check.observation.value {
        values[check.instance ?? ""] = number
      }
    }
    return values
  }

  @Test("Series whose long labels begin alike have different names of at most 200 bytes")
  func longLabels() throws {
    let path = String(repeating: "a/", count: 150)
    let checks = try checks(
      #""metric": "m""#, "m{path=\"\(path)1\"} 1\nm{path=\"\(path)2\"} 2")
    #expect(Set(values(checks).values) == [1, 2])
    #expect(checks.allSatisfy { ($0.instance ?? "").utf8.count <= 200 })
  }

  @Test("A series is named as it is written in the text format")
  func names() throws {
    let checks = try checks(#""metric": "m{c='1'}""#, #"m{b="x\\\"\ny",a="é",c="1"} 1"#)
    #expect(checks.map(\.instance) == [#"a="é",b="x\\\"\ny""#])
  }

  @Test("A denominator without labels applies to every instance")
  func sharedDenominator() throws {
    let rule = #""metric": "used", "measure": "quotient", "denominator_metric": "size""#
    let document = "used{disk=\"a\"} 1\nused{disk=\"b\"} 2\n"
    #expect(
      values(try checks(rule, document + "size 4")) == [#"disk="a""#: 0.25, #"disk="b""#: 0.5])
    #expect(
      values(try checks(rule, document + "size 4\nsize{disk=\"a\"} 2")) == [#"disk="a""#: 0.5])
  }

  @Test("Labels that differ only in the form of Unicode are different groups")
  func formsOfUnicode() throws {
    let rule = #""metric": "m", "aggregate": "sum", "instance_by": ["g"]"#
    let checks = try checks(
      rule, "m{g=\"\u{E9}\"} 1\nm{g=\"e\u{301}\"} 2\nm{g=\"\u{E9}\",h=\"1\"} 4")
    #expect(Set(values(checks).values) == [5, 2])
  }

  @Test("More elements without a name are one unknown instance, as one is")
  func unnamed() throws {
    let checks = try checks(#""metric": "m", "instance_by": ["z"]"#, "m{a=\"1\"} 1\nm{a=\"2\"} 2")
    #expect(checks.map(\.observation) == [.unknown(.unnamed)])
  }

  @Test("Of more than a thousand groups, the first are evaluated, whatever order they come in")
  func manyGroups() throws {
    let names = (0..<5_000).map { String($0 * 7_919 % 5_000) }
    let document = names.map { "m{g=\"\($0)\",h=\"1\"} 1\nm{g=\"\($0)\",h=\"2\"} 2" }
      .joined(separator: "\n")
    let checks = try checks(
      #""metric": "m", "aggregate": "sum", "instance_by": ["g"]"#, document)
    #expect(checks.compactMap(\.instance) == Array(names.sorted().prefix(1_000)))
    #expect(Set(values(checks).values) == [3])
    #expect(checks.first?.observation == .bad(.wrongType(found: Instances.tooMany)))
  }

  @Test("With more than 10,000 series to combine, the rule itself is bad")
  func manyMembers() throws {
    let document = (0...10_000).map { "m{a=\"\($0)\"} 1" }.joined(separator: "\n")
    let checks = try checks(
      #""metric": "m", "measure": "increase", "window_minutes": 5, "aggregate": "sum""#, document)
    let observation = try #require(checks.first?.observation)
    #expect(observation == .unknown(.wrongType(found: "more than 10,000 series to combine")))
  }

  @Test("A counter is not infinite")
  func infiniteCounter() throws {
    let checks = try checks(
      #""metric": "m", "measure": "increase", "window_minutes": 5"#, "m +Inf")
    #expect(checks.first?.observation == .unknown(.wrongType(found: "an infinite number")))
  }

  @Test("An alert gets at most 100 labels of its series")
  func manyLabels() throws {
    let labels = (0..<300).map { "l\($0)=\"x\"" }.joined(separator: ",")
    let checks = try checks(#""metric": "m""#, "m{\(labels)} 1")
    #expect(checks.first?.details?.labels.count == 100)
  }
}
