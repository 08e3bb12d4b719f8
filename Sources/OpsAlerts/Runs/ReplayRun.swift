internal import AlertEngine

/// Judges recordings: files → samples → replay → report.
struct ReplayRun {
  let options: ReplayOptions
  let environment: RunEnvironment

  init(_ options: ReplayOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() async -> ExitCode {
    environment.fail("not there yet")
    return .usage
  }
}
