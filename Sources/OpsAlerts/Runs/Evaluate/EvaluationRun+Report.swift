internal import Delivery
internal import Files
internal import Reports

extension EvaluationRun {
  /// Writes the report to standard output, files and the CI system.
  func report(_ outcome: inout RunOutcome) {
    let isWritten = writeReport(&outcome)
    let report = outcome.report
    if isGitHubStep { writeStepFiles(of: report, isWritten: isWritten, into: &outcome) }
    guard !write(report) else { return }
    fail(.outputGone, &outcome)
  }

  /// The JSON report of `--output`, and the page of `--html`.
  ///
  /// - Returns: whether the JSON report was written.
  @discardableResult
  func writeReport(_ outcome: inout RunOutcome) -> Bool {
    if let path = options.html {
      write(RunPage.render(outcome.report), to: path, into: &outcome)
    }
    guard let path = options.output else { return false }
    return write(JSONReport.render(outcome.report), to: path, into: &outcome)
  }

  /// Writes a file whole or not at all; `false` on failure.
  @discardableResult
  private func write(_ bytes: [UInt8], to path: String, into outcome: inout RunOutcome) -> Bool {
    do throws(FileFailure) {
      try AtomicFile.makeFolder(AtomicFile.split(path).folder)
      try AtomicFile.replace(path, with: environment.secrets.known.redact(bytes))
      return true
    } catch {
      fail(.file(error), &outcome)
      return false
    }
  }

  /// The chosen format on standard output; `false` on failure.
  private func write(_ report: RunReport) -> Bool {
    switch options.format {
    case .json: return environment.write(JSONReport.render(report))
    case .markdown: return environment.print(markdown(of: report).render())
    case .github: return environment.write(Array(AnnotationReport.render(report).utf8))
    case .text where quiet?.hasNews == false:
      return !isGitHubAction || environment.write(Array(AnnotationReport.render(report).utf8))
    case .text:
      let text = TextReport(
        detail: TextReport.Detail(options.verbosity),
        isColored: environment.isColored(options.color))
      guard environment.print(text.render(report)) else { return false }
      return !isGitHubAction || environment.write(Array(AnnotationReport.render(report).utf8))
    }
  }

  /// Annotates a workflow run with a mistake: there is no report then.
  func annotate(_ outcome: RunOutcome) {
    let isWanted = options.format == .github || options.format == .text && isGitHubAction
    guard isWanted else { return }
    _ = environment.write(Array(AnnotationReport.render(outcome.report).utf8))
  }

  private func markdown(of report: RunReport) -> MarkdownReport {
    MarkdownReport(report, place: RunLinks(environment).place)
  }

  private var isGitHubAction: Bool { environment.variable("GITHUB_ACTIONS") == "true" }

  /// The variables that name the files of a workflow step.
  static let stepFiles = ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"]

  /// Whether a step summary and outputs may be written.
  var isGitHubStep: Bool { isGitHubAction || options.format == .github }

  /// Writes the summary and the outputs of a workflow step.
  private func writeStepFiles(
    of report: RunReport, isWritten: Bool, into outcome: inout RunOutcome
  ) {
    func append(_ variable: String, _ text: (AppendedFile.End) -> String) {
      guard let path = environment.variable(variable) else { return }
      do throws(FileFailure) {
        try AppendedFile.append(to: path) { environment.secrets.known.redact(Array(text($0).utf8)) }
      } catch {
        environment.warn(.stepFile(variable: variable, error))
        outcome.lacksStepFile = true
      }
    }
    append("GITHUB_OUTPUT") { end in
      (end.isAtLineBegin ? "" : "\n")
        + StepOutputs.render(report, at: isWritten ? options.output : nil)
    }
    append("GITHUB_STEP_SUMMARY") { end in
      // The limit includes what the file already has.
      let before = end.size > 0 ? "\n\n" : ""
      let room = MarkdownReport.limit - end.size - before.utf8.count
      let text = markdown(of: report).render(limit: room)
      guard !text.isEmpty else {
        environment.warn(.noRoomForSummary)
        return ""
      }
      return before + text
    }
  }
}

extension TextReport.Detail {
  init(_ verbosity: Verbosity) {
    switch verbosity {
    case .quiet: self = .quiet
    case .normal: self = .normal
    case .verbose: self = .verbose
    }
  }
}
