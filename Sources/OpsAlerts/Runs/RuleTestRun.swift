internal import AlertEngine

/// Runs rule tests: files of tests → verdicts → report.
struct RuleTestRun {
  let options: RuleTestOptions
  let environment: RunEnvironment

  init(_ options: RuleTestOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() -> ExitCode {
    environment.fail("not there yet")
    return .usage
  }
}
