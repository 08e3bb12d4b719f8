internal import Text

/// The report on rule tests for CI systems: JUnit XML with a suite for each file.
package enum JUnitReport {
  /// The whole document, with a newline at its end.
  package static func render(_ report: RuleTestReport) -> String {
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      #"<testsuites tests="\#(report.count)" failures="\#(report.failed)" errors="0">"#,
    ]
    for file in report.files { lines += suite(file) }
    return (lines + ["</testsuites>", ""]).joined(separator: "\n")
  }

  private static func suite(_ file: RuleTestReport.File) -> [String] {
    let name = attribute(file.name)
    var lines = [
      #"  <testsuite name="\#(name)" tests="\#(file.results.count)" failures="\#(file.failed)" errors="0">"#
    ]
    for result in file.results {
      let opening = #"    <testcase name="\#(attribute(result.name))" classname="\#(name)""#
      guard let first = result.sentences.first else {
        lines.append(opening + "/>")
        continue
      }
      let body = text(RuleTestText.plain(result))
      lines += [
        opening + ">",
        #"      <failure type="difference" message="\#(attribute(first))">\#(body)</failure>"#,
        "    </testcase>",
      ]
    }
    return lines + ["  </testsuite>"]
  }

  /// Safe between double quotes, on one line.
  private static func attribute(_ text: String) -> String {
    MarkupText.escaped(printable(text, limit: 2_000))
  }

  /// Safe between tags; the lines must be printable.
  private static func text(_ lines: [String]) -> String {
    MarkupText.escaped(lines.joined(separator: "\n"))
  }
}
