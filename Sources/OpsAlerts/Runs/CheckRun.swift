internal import AlertEngine
internal import Delivery
internal import JSON
internal import Reports
internal import Text

/// Validates the configuration, and says what a schedule or a snapshot makes of its rules.
struct CheckRun {
  let options: CheckOptions
  let environment: RunEnvironment

  init(_ options: CheckOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() async -> ExitCode {
    switch options.printing {
    case .schema: return environment.say(ConfigurationSchema.json())
    case .includedSchema: return environment.say(ConfigurationSchema.includedJSON())
    case .reference: return environment.say(ConfigurationReference.markdown())
    case .ruleTestSchema: return environment.say(ConfigurationSchema.ruleTestsJSON())
    case .ruleTestReference: return environment.say(ConfigurationReference.ruleTestsMarkdown())
    case nil: break
    }
    do throws(ConfigurationFileFailure) {
      let configuration = try ConfigurationFile.load(path: options.config)
      let schedule: ScheduleCheck?
      do throws(RunMistake) {
        schedule = try options.schedule.map { (source) throws(RunMistake) in
          try ScheduleCheck(configuration, source)
        }
      } catch {
        return refuse(error)
      }
      let judged = await judged()
      if let judged, judged.outcome.targets.isEmpty {
        return judged.outcome.exitCode(with: EvaluateOptions())
      }
      let snapshot = judged?.check
      let lints = lints(of: configuration, schedule, snapshot)
      let warnings = lints.warnings.map(RunWarning.lint) + (schedule?.warnings ?? [])
      // The annotations have the findings.
      let isAnnotated = options.format == .github
      for warning in isAnnotated ? schedule?.warnings ?? [] : warnings {
        environment.warn(warning)
      }
      for note in isAnnotated ? [] : lints.notes { environment.note(.lint(note)) }
      let code =
        isAnnotated
        ? annotate(lints.annotations)
        : environment.say(report(configuration, schedule, snapshot, lints, warnings))
      if code == .success, options.isStrict, !warnings.isEmpty { return .usage }
      return code == .success && snapshot?.lacksEvidence == true ? .noEvidence : code
    } catch {
      return refuse(.configuration(error))
    }
  }

  /// Evaluates one snapshot without a state, and sends and saves nothing.
  private func judged() async -> (outcome: RunOutcome, check: SnapshotCheck)? {
    guard options.isLive || options.evaluation.snapshot != nil else { return nil }
    var evaluation = options.evaluation
    evaluation.config = options.config
    (evaluation.dryRun, evaluation.deliver, evaluation.state) = (true, false, .without)
    let client = options.isLive ? environment.startClient(within: evaluation.deadline) : nil
    defer { client?.shutDown() }
    var own = environment
    // The linter finds what a run would warn of.
    own.onDiagnostic = { [environment] diagnostic in
      if case .error = diagnostic { environment.report(diagnostic) }
    }
    let outcome = await EvaluationRun(evaluation, in: own).outcome(through: client)
    return (
      outcome, SnapshotCheck(outcome, from: options.isLive ? nil : options.evaluation.snapshot)
    )
  }

  private func lints(
    of configuration: Configuration, _ schedule: ScheduleCheck?, _ snapshot: SnapshotCheck?
  ) -> LintReport {
    let all =
      configuration.lints(at: environment.now())
      + RunbookCheck.lints(of: configuration, file: options.config) + (schedule?.lints ?? [])
      + (snapshot?.lints(of: configuration) ?? [])
    return LintReport(configuration.unallowed(all), in: options.config)
  }

  /// Writes workflow commands as they are.
  private func annotate(_ commands: String) -> ExitCode {
    environment.finish(environment.write(Array(commands.utf8)))
  }

  private func refuse(_ mistake: RunMistake) -> ExitCode {
    environment.fail(.mistake(mistake))
    if options.format == .github, case .configuration(let failure) = mistake {
      _ = annotate(failure.annotations)
    }
    guard options.format == .json else { return .usage }
    let report: JSONText = [
      "valid": .bool(false),
      "errors": .array([.string(mistake.words.lines.joined(separator: "\n"))]),
    ]
    _ = environment.say(report.printed() + "\n")
    return .usage
  }

  private func report(
    _ configuration: Configuration, _ schedule: ScheduleCheck?, _ snapshot: SnapshotCheck?,
    _ lints: LintReport,
    _ warnings: [RunWarning]
  ) -> String {
    switch options.format {
    case .json:
      let report: JSONText = [
        "valid": .bool(true), "rules": .array(configuration.rules) { .string($0.name) },
        "targets": .array(configuration.targets) { .string($0.name) },
        "receivers": .array(configuration.receivers) { .string($0.name) }, "errors": .array([]),
        "findings": lints.json, "schedule": schedule?.json ?? .omitted,
        "snapshot": snapshot?.json ?? .omitted,
        "warnings": .array(warnings) { .string(Diagnostic.warning($0).sentence) },
      ]
      return report.printed() + "\n"
    case .text, .github:
      let rules = Quantity.count(configuration.rules.count, "rule")
      let wait = configuration.endpoint.duration
      let endpoint =
        "endpoint_down fires " + (wait == .zero ? "immediately" : "after \(Quantity.text(wait))")
      let lines =
        ["\(printable(options.config)) is valid: \(rules)"]
        + columns(configuration.rules.map { ($0.name, RuleWording($0).sentence) })
        + ["  " + endpoint] + (schedule?.lines ?? []) + (snapshot?.lines ?? [])
        + maintenance(configuration)
        + receivers(configuration)
        + heartbeat(configuration) + [""]
      return lines.joined(separator: "\n")
    }
  }

  /// When alerts are not sent; empty without maintenance windows.
  private func maintenance(_ configuration: Configuration) -> [String] {
    let windows = configuration.maintenance.map { (printable($0.name), $0.words) }
    guard !windows.isEmpty else { return [] }
    return [Quantity.count(windows.count, "maintenance window")] + columns(windows)
  }

  /// Who is notified, and how often; empty without receivers.
  private func receivers(_ configuration: Configuration) -> [String] {
    guard !configuration.receivers.isEmpty else { return [] }
    let receivers = configuration.receivers.map {
      ($0.name, ReceiverCatalogue.standard.sentence(for: $0))
    }
    let heading = Quantity.count(receivers.count, "receiver")
    return [heading] + columns(receivers) + [
      "  " + configuration.notifications.sentence,
      "  addresses and tokens were not checked; '\(Program.name) notify-test' tests them",
    ]
  }

  private func heartbeat(_ configuration: Configuration) -> [String] {
    switch configuration.heartbeat {
    case .variable(let name)?: ["heartbeat", "  evaluate --heartbeat requests the URL in \(name)"]
    case .file(let path)?:
      ["heartbeat", "  evaluate --heartbeat requests the URL in the file \(printable(path))"]
    case nil: []
    }
  }

  /// Lines of a name and a sentence, in two aligned columns.
  private func columns(_ rows: [(name: String, sentence: String)]) -> [String] {
    let width = min(34, rows.map(\.name.count).max() ?? 0)
    return rows.map { name, sentence in
      "  \(name)\(String(repeating: " ", count: max(0, width - name.count)))  \(sentence)"
    }
  }
}
