/// Evaluates again and again, for somebody who looks on or for a journal.
struct WatchRun {
  let options: WatchOptions
  let environment: RunEnvironment

  init(_ options: WatchOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() async -> ExitCode {
    environment.fail("watch is not there yet")
    return .usage
  }
}
