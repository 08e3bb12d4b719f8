/// The report on rule tests for CI systems: JUnit XML with a suite for each file.
package enum JUnitReport {
  /// The whole document, with a newline at its end.
  package static func render(_ report: RuleTestReport) -> String {
    JUnitDocument(
      suites: report.files.map { file in
        .init(
          name: file.name,
          cases: file.results.map { result in
            let failure = result.sentences.first.map {
              JUnitDocument.Result.failure(
                type: "difference", message: $0, lines: RuleTestText.plain(result))
            }
            return .init(name: result.name, result: failure ?? .passed)
          })
      }
    ).render()
  }
}
