internal import Delivery
internal import Files
internal import Reports
internal import Text

extension EvaluationRun {
  /// Writes the report to files, the CI system and standard output.
  func report(_ outcome: inout RunOutcome) {
    writeReportInTime(&outcome, isLast: true)
    guard !write(outcome) else { return }
    fail(.outputGone, &outcome)
  }

  /// Writes the report after a sample, and ends the process if that hangs.
  ///
  /// - Parameters:
  ///   - outcome: that of the samples so far; failures are added to it.
  ///   - isLast: whether this is the last report; only then are a step's summary and outputs written.
  func writeReportInTime(_ outcome: inout RunOutcome, isLast: Bool = false) {
    environment.endBy(options.deadline)
    defer { environment.endBy(nil) }
    let isForStep = isLast && isGitHubStep
    let paths = options.outputs.map(\.path) + [options.html].compactMap(\.self)
    let ofStep = isForStep ? Self.stepFiles.compactMap(environment.variable) : []
    // The reader of a pipe may take its time.
    if (paths + ofStep).contains(where: AtomicFile.isStream) { environment.endBy(nil) }
    let isWritten = writeReport(&outcome)
    if isForStep { writeStepFiles(of: outcome.report, isWritten: isWritten, into: &outcome) }
  }

  /// The files of `--output`, and the page of `--html`.
  ///
  /// - Returns: whether the JSON report was written, if there is one.
  @discardableResult
  func writeReport(_ outcome: inout RunOutcome) -> Bool {
    if let path = options.html {
      write(RunPage.render(outcome.report), to: path, into: &outcome)
    }
    var isWritten = false
    for file in options.outputs {
      let isDone = write(bytes(of: outcome, as: file.format), to: file.path, into: &outcome)
      if file.path == options.jsonOutput { isWritten = isDone }
    }
    return isWritten
  }

  private func bytes(of outcome: RunOutcome, as format: ReportFile.Format) -> [UInt8] {
    let report = outcome.report
    let text: String
    switch format {
    case .json: return JSONReport.render(report)
    case .html: return RunPage.render(report)
    case .text:
      let detail = TextReport.Detail(options.verbosity)
      text = TextReport(detail: detail, isColored: false).render(report)
    case .markdown: text = markdown(of: report).render()
    case .nagios: text = NagiosReport.render(outcome.export(with: options))
    case .openmetrics: text = OpenMetricsReport.render(outcome.export(with: options))
    case .junit: text = AlertJUnitReport.render(outcome.export(with: options))
    }
    return Array(inert(text).utf8)
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
  private func write(_ outcome: RunOutcome) -> Bool {
    if let format = options.format.ofFiles {
      return environment.write(bytes(of: outcome, as: format))
    }
    if options.format == .text, quiet?.hasNews != false {
      let text = TextReport(
        detail: TextReport.Detail(options.verbosity),
        isColored: environment.isColored(options.color))
      guard environment.print(text.render(outcome.report)) else { return false }
    }
    guard options.format == .github || isGitHubAction else { return true }
    return environment.write(Array(AnnotationReport.render(outcome.report).utf8))
  }

  /// Tells a workflow run or a monitoring system of a mistake: there is no report then.
  func annotate(_ outcome: RunOutcome) {
    if options.format == .nagios { _ = write(outcome) }
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
        + StepOutputs.render(report, at: isWritten ? options.jsonOutput : nil)
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

extension ReportFormat {
  /// The same format in a file; `nil` for what also depends on where the run takes place.
  fileprivate var ofFiles: ReportFile.Format? {
    switch self {
    case .text, .github: nil
    case .json: .json
    case .markdown: .markdown
    case .nagios: .nagios
    case .openmetrics: .openmetrics
    case .junit: .junit
    }
  }
}
