internal import JSON
@testable import Prometheus
internal import Testing

@Suite("Selectors of series")
struct MetricSelectorTests {
  private static let document = """
    x{code="200",method="GET"} 1
    x{code="404",method="GET"} 2
    x{code="500",method="POST",path="/a\\\\b"} 3
    x{code="é\\n"} 4
    x 5

    """

  @Test(
    "A selector selects the series that PromQL selects",
    arguments: [
      ("x", [1, 2, 3, 4, 5]), ("x{}", [1, 2, 3, 4, 5]), (" x { } ", [1, 2, 3, 4, 5]),
      ("x{code=\"200\"}", [1]), ("x{code='200',}", [1]), ("x{code=`200`}", [1]),
      ("x{\n\tcode = \"200\" , method = \"GET\"\n}", [1]), ("{__name__=\"x\",code=\"404\"}", [2]),
      ("{code=\"404\",__name__='x'}", [2]), ("{\"x\",\"code\"=\"404\"}", [2]),
      ("x{code!=\"200\"}", [2, 3, 4, 5]), ("x{method=\"\"}", [4, 5]),
      ("x{method!=\"\"}", [1, 2, 3]), ("x{other!=\"a\"}", [1, 2, 3, 4, 5]),
      ("x{other=~\"\"}", [1, 2, 3, 4, 5]), ("x{code=~\"[45]..\"}", [2, 3]), ("x{code=~\"0\"}", []),
      ("x{code=~\"200|404\"}", [1, 2]), ("x{code!~\"2.*\"}", [2, 3, 4, 5]),
      ("x{method!~\"G.*|\"}", [3]), ("x{method=~\".+\"}", [1, 2, 3]), ("x{path=`/a\\b`}", [3]),
      ("x{path=\"/a\\\\b\"}", [3]), ("x{path=~`/a\\\\b`}", [3]), ("x{code=\"\\u00e9\\n\"}", [4]),
      ("x{code=\"\\xc3\\xa9\\012\"}", [4]), ("x{code=\"\\U000000e9\\n\"}", [4]),
      ("x{code=~\"é.\"}", [4]), ("x{code=~\"..\",method=\"\"}", [4]),
    ] as [(String, [Double])])
  func selects(text: String, expected: [Double]) throws {
    let selector = try MetricSelector(text)
    #expect(selector.name == "x")
    #expect(selector.text == text)
    var steps = 10_000
    let samples = try read(Self.document).samples(named: selector.name)
    let selected = samples.filter { selector.matches($0.labels, steps: &steps) == true }
    #expect(selected.map(\.value) == expected)
  }

  @Test("A pattern that takes more steps than are left gives no answer")
  func stopsWithoutSteps() throws {
    let selector = try MetricSelector("x{a=~\"(a|aa)*b?c\"}")
    let document = "x{a=\"\(String(repeating: "a", count: 1_000))\"} 1\n"
    let labels = try #require(read(document).samples(named: "x").first).labels
    var few = 100
    #expect(selector.matches(labels, steps: &few) == nil)
    var enough = 1_000_000
    #expect(selector.matches(labels, steps: &enough) == false)
  }

  @Test(
    "A selector needs one exact name",
    arguments: [
      "", "{}", "{code=\"200\"}", "{__name__=~\"x.*\"}", "{__name__!=\"x\"}", "{__name__=\"\"}",
      "x{__name__=\"x\"}",
    ])
  func needsName(text: String) {
    refuse(text, "a selector needs one exact name: write name{label=\"value\"}")
  }

  @Test(
    "A text that is not a selector is refused with what is wrong",
    arguments: [
      ("x{code}", "expected '=', '!=', '=~' or '!~' at character 7, found \"}\""),
      ("x{code>\"1\"}", "expected '=', '!=', '=~' or '!~' at character 7, found \">\""),
      ("x{code!\"1\"}", "expected '=', '!=', '=~' or '!~' at character 7, found \"!\""),
      ("x{code==\"1\"}", "expected a string in quotes at character 8, found \"=\""),
      ("x{code=200}", "expected a string in quotes at character 8, found \"2\""),
      ("x{code=\"200\"", "expected ',' or '}' at character 13, found the end"),
      ("x{code=\"200}", "expected the closing quote of a string at character 13, found the end"),
      ("x{code=\"200\" method=\"a\"}", "expected ',' or '}' at character 14, found \"m\""),
      ("x{,}", "expected a label name at character 3, found \",\""),
      ("x{a:b=\"1\"}", "expected '=', '!=', '=~' or '!~' at character 4, found \":\""),
      ("x{a=\"\\d\"}", "\"\\\\d\" is not an escape: write \\\\ for a '\\'"),
      ("x{a=\"\\'\"}", "\"\\\\'\" is not an escape: write \\\\ for a '\\'"),
      ("x{a=\"\\x-1\"}", "\"\\\\x\" is not an escape: write \\\\ for a '\\'"),
      ("x{a=\"\\x4\"}", "\"\\\\x\" is not an escape: write \\\\ for a '\\'"),
      ("x{a=\"\\ud800\"}", "\"\\\\u\" is not an escape: write \\\\ for a '\\'"),
      ("x{a=\"\\400\"}", "\"\\\\4\" is not an escape: write \\\\ for a '\\'"),
      ("x{a=\"\\xff\"}", "the escapes of a string are not UTF-8"),
      ("x{a=\"\n\"}", "a string has a line break: write \\n"),
      ("1x", "expected a metric name or '{' at character 1, found \"1\""),
      ("x{a\"b\"=\"c\"}", "expected '=', '!=', '=~' or '!~' at character 4, found \"\\\"\""),
      ("x bytes", "expected '{' or the end at character 3, found \"b\""),
      ("x y", "expected '{' or the end at character 3, found \"y\""),
      ("x.y", "expected '{' or the end at character 2, found \".\""),
      (
        "x{a=\"\(String(repeating: "b", count: 4_096))\"}",
        "a selector has at most 4,096 bytes"
      ),
    ])
  func refuses(text: String, expected: String) { refuse(text, expected) }

  @Test("A pattern that is none is quoted with what is wrong")
  func refusesPattern() {
    let mistake = #expect(throws: MetricSelector.Mistake.self) { try MetricSelector("x{a=~\"(\"}") }
    #expect(mistake?.reason.hasPrefix("the pattern \"(\": ") == true)
  }

  @Test(
    "Another expression of PromQL is refused with what to use instead",
    arguments: [
      ("rate(x[5m])", "functions: use the measure rate_per_minute with \"window_minutes\""),
      ("increase(x[5m])", "functions: use the measure increase with \"window_minutes\""),
      ("histogram_quantile(0.9, x)", "functions: use the measure quantile"),
      ("sum(x)", "functions: use \"aggregate\" with \"instance_by\""),
      ("sum by (job) (x)", "functions: use \"aggregate\" with \"instance_by\""),
      ("avg without(job) (x)", "functions: use \"aggregate\" with \"instance_by\""),
      ("absent(x)", "functions: use \"on_missing\""),
      ("foo(x)", "functions: use \"measure\", \"aggregate\" and \"instance_by\""),
      ("x[5m]", "range: use \"measure\" with \"window_minutes\""),
      ("x{a=\"b\"}[5m]", "range: use \"measure\" with \"window_minutes\""),
      ("x / y", "operators: use the measure quotient or ratio"),
      ("x > 5", "operators: use \"comparison\" and \"threshold\""),
      ("x == 5", "operators: use \"comparison\" and \"threshold\""),
      ("x * 100", "operators: use \"scale\""),
      ("x offset 5m", "time: it selects what the service publishes now"),
      ("x @ 1609746000", "time: it selects what the service publishes now"),
    ])
  func advises(text: String, expected: String) { refuse(text, "a selector has no \(expected)") }

  private func refuse(_ text: String, _ expected: String) {
    let mistake = #expect(throws: MetricSelector.Mistake.self) { try MetricSelector(text) }
    #expect(mistake?.reason == expected)
  }
}
