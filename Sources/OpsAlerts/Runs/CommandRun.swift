package import Files
internal import Reports
internal import Text

/// Runs a command line.
///
/// - Parameters:
///   - arguments: without the program's name.
///   - environment: the world to run it in.
/// - Returns: the exit code.
package func runCommand(
  _ arguments: [String], in environment: RunEnvironment
) async -> ExitCode {
  let environment = environment.redacting()
  let invocation: Invocation
  do throws(UsageMistake) {
    invocation = try parseCommandLine(arguments)
  } catch {
    environment.fail(.mistake(.commandLine(error)))
    return wantsPlugin(arguments)
      ? environment.endPlugin(on: .mistake(.commandLine(error))) : .usage
  }
  // Reads the configuration.
  let zone = invocation.zone(in: environment)
  // That this is running shows that there are threads.
  environment.endBy(nil)
  return await ClockZone.$current.withValue(zone) {
    await run(invocation, in: environment)
  }
}

/// How the process ends if it cannot run a command.
///
/// - Parameters:
///   - arguments: the command line, which may ask for the format of monitoring plugins.
///   - reason: why, in one sentence.
///   - code: the exit code otherwise.
/// - Returns: the exit code, and the line that says why.
package func ending(
  of arguments: [String], _ reason: String, _ code: ExitCode = .state
) -> LastWords.Ending {
  guard wantsPlugin(arguments) else {
    return LastWords.Ending(status: code.rawValue, "\(Program.name): error: \(reason)")
  }
  let line = NagiosReport.render(AlertExport(error: reason)).dropLast()
  return LastWords.Ending(
    status: ExitCode(plugin: .unknown).rawValue, String(line), isOutput: true)
}

/// Whether a command line that cannot be run asks for the format of monitoring plugins.
private func wantsPlugin(_ arguments: [String]) -> Bool {
  let word = ReportFormat.nagios.rawValue
  return arguments.contains("--format=\(word)")
    || zip(arguments, arguments.dropFirst()).contains { $0 == ("--format", word) }
}

private func run(_ invocation: Invocation, in environment: RunEnvironment) async -> ExitCode {
  switch invocation {
  case .evaluate(let options): return await EvaluationRun(options, in: environment).run()
  case .initialize(let options):
    return await InitRun(options: options, environment: environment).run()
  case .watch(let options): return await WatchRun(options, in: environment).run()
  case .replay(let options): return await ReplayRun(options, in: environment).run()
  case .ruleTest(let options): return RuleTestRun(options, in: environment).run()
  case .check(let options): return await CheckRun(options, in: environment).run()
  case .status(let options): return StatusRun(options, in: environment).run()
  case .silence(let options): return SilenceRun(options, in: environment).run()
  case .acknowledge(let options): return AcknowledgeRun(options, in: environment).run()
  case .explain(let options): return ExplainRun(options, in: environment).run()
  case .history(let options): return HistoryRun(options, in: environment).run()
  case .notifyTest(let options): return await NotifyTestRun(options, in: environment).run()
  case .export(let options): return ExportRun(options: options, environment: environment).run()
  case .demo(let options): return await DemoRun(options, in: environment).run()
  case .print(let text): return environment.say(text)
  }
}
