internal import AlertEngine
internal import Files
internal import Reports
internal import Text

/// Runs rule tests: files of tests → verdicts → report.
struct RuleTestRun {
  let options: RuleTestOptions
  let environment: RunEnvironment

  init(_ options: RuleTestOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() -> ExitCode {
    do throws(RunFailure) {
      guard let suites = loadSuites() else { return .usage }
      try keepFilesApart(suites)
      let report = RuleTestReport(files: suites.map(run))
      try write(report)
      return report.failed == 0 ? .success : .alerts
    } catch {
      environment.fail(error)
      return error.code ?? .usage
    }
  }

  private struct Suite {
    let name: String
    /// The configuration's path, if the file names one.
    let namedConfiguration: String?
    let tests: [RuleTest]
    let evaluator: Evaluator
  }

  private func run(_ suite: Suite) -> RuleTestReport.File {
    let results = suite.tests.map { test in
      let verdict = test.verdict(by: suite.evaluator)
      let isDrawn = !verdict.isPassed || options.isVerbose && options.format == .text
      return RuleTestReport.Result(
        test, verdict,
        drawing: isDrawn
          ? test.timelines(of: RuleTestReport.drawn(test, verdict), by: suite.evaluator) : [])
    }
    return RuleTestReport.File(name: suite.name, results: results)
  }
}

// Loading.
extension RuleTestRun {
  /// All files and their rules; `nil` if they have mistakes, all of which are reported.
  private func loadSuites() -> [Suite]? {
    var rules = RuleFiles(fallback: options.config)
    var suites: [Suite] = []
    var isWrong = false
    for path in options.files {
      do throws(RuleTestSourceFailure) {
        let source = try RuleTestSource(path, readInput: environment.readInput)
        guard let suite = suite(of: source, &rules) else {
          isWrong = true
          continue
        }
        suites.append(suite)
      } catch {
        environment.fail(.mistake(.ruleTestSource(error)))
        isWrong = true
      }
    }
    for mistake in rules.mistakes { environment.fail(.mistake(mistake)) }
    return isWrong || !rules.mistakes.isEmpty ? nil : suites
  }

  /// `nil` if the file has mistakes, which are reported, or no rules.
  private func suite(of source: RuleTestSource, _ rules: inout RuleFiles) -> Suite? {
    do throws(ConfigurationMistakes) {
      var configuration: Configuration?
      var named: String?
      let file = try RuleTestFile.decode(source.bytes) { written in
        named = written.map(source.path(of:))
        configuration = rules.configuration(at: named, of: source)
        return configuration
      }
      return configuration.map {
        Suite(
          name: source.name, namedConfiguration: named, tests: file.tests,
          evaluator: Evaluator($0))
      }
    } catch {
      environment.fail(.mistake(.ruleTests(file: source.name, error)))
      return nil
    }
  }
}

/// The configurations of test files, each read once.
private struct RuleFiles {
  /// For files that name none.
  let fallback: String
  /// Why some of them cannot be used.
  private(set) var mistakes: [RunMistake] = []
  private var known: [String: Configuration?] = [:]

  init(fallback: String) {
    self.fallback = fallback
  }

  /// The configuration that a file names, or else the fallback.
  mutating func configuration(at named: String?, of source: RuleTestSource) -> Configuration? {
    let path = named ?? fallback
    if let configuration = known[path] { return configuration }
    do throws(ConfigurationFileFailure) {
      let configuration = try ConfigurationFile.load(path: path)
      known[path] = .some(configuration)
      return configuration
    } catch {
      if case .notFound = error, named != nil {
        mistakes.append(.ruleTestConfiguration(file: source.name, path: path))
      } else {
        mistakes.append(.configuration(error))
      }
      known[path] = .some(nil)
      return nil
    }
  }
}

// Writing the report.
extension RuleTestRun {
  private func keepFilesApart(_ suites: [Suite]) throws(RunFailure) {
    let named = suites.compactMap { suite in
      suite.namedConfiguration.map { ("the configuration of \(suite.name)", $0) }
    }
    try ReportSink.keep(
      options.output,
      apartFrom: options.files.map { ("a test file", $0) }
        + [("--config", options.config)] + named)
  }

  /// Writes the report to `--output` or standard output.
  private func write(_ report: RuleTestReport) throws(RunFailure) {
    let isColored = options.output == nil && environment.isColored(options.color)
    var sink = try ReportSink(to: options.output, in: environment)
    try sink.write(Array(text(report, isColored: isColored).utf8))
    try sink.finish()
    if let path = options.output {
      environment.note(.ruleTestReport(summary: report.summary, path: path))
    }
  }

  private func text(_ report: RuleTestReport, isColored: Bool) -> String {
    let text =
      switch options.format {
      case .text: RuleTestText(isColored: isColored, isVerbose: options.isVerbose).render(report)
      case .junit: JUnitReport.render(report)
      }
    return inert(text)
  }
}
