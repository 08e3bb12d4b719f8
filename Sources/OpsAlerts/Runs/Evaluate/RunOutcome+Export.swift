internal import Reports

extension RunOutcome {
  /// This outcome for other systems.
  func export(with options: EvaluateOptions) -> AlertExport {
    let level: AlertExport.Level =
      switch problemCode {
      case .success, .alerts: .ok
      case .delivery: .warning
      case .usage, .noEvidence, .state: .unknown
      }
    return AlertExport(
      report, of: options.config, errorLevel: level,
      exitCode: exitCode(failOn: options.failOn).rawValue)
  }

  /// The exit code of the run, with `--format nagios` that of a monitoring plugin.
  func exitCode(with options: EvaluateOptions) -> ExitCode {
    options.format == .nagios
      ? ExitCode(plugin: export(with: options).level)
      : exitCode(failOn: options.failOn)
  }
}

extension ExitCode {
  /// The code with the number that the convention for monitoring plugins gives to a level; with
  /// `--format nagios`, only the number has a meaning.
  init(plugin level: AlertExport.Level) {
    switch level {
    case .ok: self = .success
    case .warning: self = .alerts
    case .critical: self = .usage
    case .unknown: self = .noEvidence
    }
  }
}

extension RunEnvironment {
  /// Ends a command with `--format nagios` that can only report why it failed.
  func endPlugin(on failure: RunFailure) -> ExitCode {
    _ = print(NagiosReport.render(AlertExport(error: Diagnostic.error(failure).sentence)))
    return ExitCode(plugin: .unknown)
  }
}
