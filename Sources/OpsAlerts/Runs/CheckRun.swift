internal import AlertEngine

/// Validates the configuration, without the network.
struct CheckRun {
  let options: CheckOptions
  let environment: RunEnvironment

  init(_ options: CheckOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() -> ExitCode {
    switch options.printing {
    case .schema: return say(ConfigurationSchema.json())
    case .reference: return say(ConfigurationReference.markdown())
    case nil: break
    }
    do throws(ConfigurationFileError) {
      let configuration = try ConfigurationFile.load(path: options.config)
      let lost = RunbookCheck.missing(in: configuration, file: options.config)
      guard lost.isEmpty else { return refuse(lost.map(\.description)) }
      return say(report(configuration))
    } catch {
      return refuse(["\(error)"])
    }
  }

  private func refuse(_ mistakes: [String]) -> ExitCode {
    for mistake in mistakes { environment.fail(mistake) }
    guard options.format == .json else { return .usage }
    var writer = JSONWriter(.pretty)
    writer.object { writer in
      writer.key("valid")
      writer.bool(false)
      writer.key("errors")
      writer.array(mistakes) { $0.string($1) }
    }
    writer.newline()
    _ = environment.write(writer.bytes)
    return .usage
  }

  private func say(_ text: String) -> ExitCode {
    environment.write(Array(text.utf8)) ? .success : .state
  }

  private func report(_ configuration: Configuration) -> String {
    switch options.format {
    case .json:
      var writer = JSONWriter(.pretty)
      writer.object { writer in
        writer.key("valid")
        writer.bool(true)
        writer.key("rules")
        writer.array(configuration.rules) { $0.string($1.name) }
        writer.key("targets")
        writer.array(configuration.targets) { $0.string($1.name) }
        writer.key("errors")
        writer.array([String]()) { $0.string($1) }
      }
      writer.newline()
      return String(decoding: writer.bytes, as: UTF8.self)
    case .text:
      let rules = configuration.rules.count == 1 ? "1 rule" : "\(configuration.rules.count) rules"
      let width = min(34, configuration.rules.map(\.name.count).max() ?? 0)
      let lines = configuration.rules.map { rule in
        let name = rule.name + String(repeating: " ", count: max(0, width - rule.name.count))
        return "  \(name)  \(RuleWording(rule).sentence)"
      }
      let endpoint = "endpoint_down fires after \(Quantity.text(configuration.endpoint.duration))"
      return (["\(printable(options.config)) is valid: \(rules)"] + lines + ["  " + endpoint, ""])
        .joined(separator: "\n")
    }
  }
}
