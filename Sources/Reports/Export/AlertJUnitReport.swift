internal import AlertEngine
internal import Text

/// Alerts for CI systems: JUnit XML with a suite for each target and a case for each check.
package enum AlertJUnitReport {
  /// The whole document, with a newline at its end.
  package static func render(_ export: AlertExport) -> String {
    var suites = export.targets.map { target in
      JUnitDocument.Suite(
        name: target.name,
        cases: target.rows.map { .init(name: $0.key.text(limit: 2_000), result: result(of: $0)) })
    }
    if !export.errors.isEmpty {
      let errors = export.errors.enumerated().map { index, error in
        JUnitDocument.Case(
          name: "error \(index + 1)", result: .error(type: "run", message: error, lines: []))
      }
      suites.append(.init(name: Program.name, cases: errors))
    }
    return JUnitDocument(suites: suites).render()
  }

  /// A failure if it is firing and not suppressed, an error if it lacks evidence.
  ///
  /// What is not decided yet, or lacks evidence for a routine reason, is skipped.
  private static func result(of row: AlertExport.Row) -> JUnitDocument.Result {
    let word = row.state.rawValue
    let message = "\(word): \(row.sentence)"
    switch row.level {
    case .critical, .warning: return .failure(type: word, message: message, lines: row.details)
    case .unknown: return .error(type: word, message: message, lines: row.details)
    case .ok:
      switch row.state {
      case .ok, .resolved, .cancelled: return .passed
      case .firing, .recovering, .pending, .unknown: return .skipped(message: message)
      }
    }
  }
}
