internal import Text

/// A document of JUnit XML, as CI systems read it; there is no standard beyond what they agree on.
struct JUnitDocument {
  struct Suite {
    var name: String
    var cases: [Case]
  }

  struct Case {
    var name: String
    var result: Result
  }

  enum Result {
    case passed
    case skipped(message: String)
    /// Something was found to be wrong; the lines must be printable.
    case failure(type: String, message: String, lines: [String])
    /// The result could not be determined.
    case error(type: String, message: String, lines: [String])
  }

  var suites: [Suite]

  /// The whole document, with a newline at its end.
  func render() -> String {
    let lines =
      [
        #"<?xml version="1.0" encoding="UTF-8"?>"#,
        "<testsuites \(Self.counts(of: suites.flatMap(\.cases)))>",
      ] + suites.flatMap(Self.lines) + ["</testsuites>", ""]
    return lines.joined(separator: "\n")
  }

  private static func counts(of cases: [Case]) -> String {
    let (failures, errors, _) = tally(cases)
    return #"tests="\#(cases.count)" failures="\#(failures)" errors="\#(errors)""#
  }

  private static func tally(_ cases: [Case]) -> (failures: Int, errors: Int, skipped: Int) {
    var tally = (failures: 0, errors: 0, skipped: 0)
    for each in cases {
      switch each.result {
      case .passed: break
      case .skipped: tally.skipped += 1
      case .failure: tally.failures += 1
      case .error: tally.errors += 1
      }
    }
    return tally
  }

  private static func lines(of suite: Suite) -> [String] {
    let name = attribute(suite.name)
    let skipped = tally(suite.cases).skipped
    let more = skipped > 0 ? #" skipped="\#(skipped)""# : ""
    return [#"  <testsuite name="\#(name)" \#(counts(of: suite.cases))\#(more)>"#]
      + suite.cases.flatMap { lines(of: $0, in: name) } + ["  </testsuite>"]
  }

  private static func lines(of each: Case, in suite: String) -> [String] {
    let opening = #"    <testcase name="\#(attribute(each.name))" classname="\#(suite)""#
    func closed(_ element: String) -> [String] {
      [opening + ">", "      " + element, "    </testcase>"]
    }
    func closed(_ tag: String, _ type: String, _ message: String, _ lines: [String]) -> [String] {
      let body = MarkupText.escaped(lines.joined(separator: "\n"))
      return closed(
        #"<\#(tag) type="\#(type)" message="\#(attribute(message))">\#(body)</\#(tag)>"#)
    }
    switch each.result {
    case .passed: return [opening + "/>"]
    case .skipped(let message): return closed(#"<skipped message="\#(attribute(message))"/>"#)
    case .failure(let type, let message, let lines):
      return closed("failure", type, message, lines)
    case .error(let type, let message, let lines): return closed("error", type, message, lines)
    }
  }

  /// Safe between double quotes, on one line.
  private static func attribute(_ text: String) -> String {
    MarkupText.escaped(printable(text, limit: 2_000))
  }
}
