internal import AlertEngine
internal import Files
internal import Foundation
internal import Reports
internal import Text

/// Writes a configuration for another system: configuration and tests → files → what differs.
struct ExportRun {
  let options: ExportOptions
  let environment: RunEnvironment

  func run() -> ExitCode {
    do throws(RunFailure) {
      guard options.systems == ["prometheus"] else {
        throw mistake("export knows one system: prometheus")
      }
      guard let folder = options.output else { throw mistake("export needs --output DIR") }
      let configuration: Configuration
      do throws(ConfigurationFileFailure) {
        configuration = try ConfigurationFile.load(path: options.config)
      } catch {
        throw .mistake(.configuration(error))
      }
      let export = PrometheusExport(configuration, tests: try tests(of: configuration))
      try write(export, to: folder)
      return environment.say(inert(list(export, in: folder)))
    } catch {
      environment.fail(error)
      return error.code ?? .usage
    }
  }

  private func tests(of configuration: Configuration) throws(RunFailure) -> [PlayedRuleTest] {
    let evaluator = Evaluator(configuration)
    var played: [PlayedRuleTest] = []
    for path in options.tests {
      let source: RuleTestSource
      do throws(RuleTestSourceFailure) {
        source = try RuleTestSource(path, readInput: environment.readInput)
      } catch {
        throw .mistake(.ruleTestSource(error))
      }
      do throws(ConfigurationMistakes) {
        // The configuration is that of --config, whatever the file names.
        let file = try RuleTestFile.decode(source.bytes) { _ in configuration }
        played += file.tests.map { PlayedRuleTest($0, by: evaluator) }
      } catch {
        throw .mistake(.ruleTests(file: source.name, error))
      }
    }
    return played
  }

  /// Writes the files, unless one of them is in the place of something else.
  private func write(_ export: PrometheusExport, to folder: String) throws(RunFailure) {
    let mark = Array((PrometheusExport.mark + "\n").utf8)
    for name in PrometheusExport.fileNames {
      let path = folder + "/" + name
      // A symbolic link that leads nowhere is something else, too.
      guard (try? FileManager.default.attributesOfItem(atPath: path)) != nil else { continue }
      guard let bytes = try? InputFile.read(path, limit: 64 << 20), bytes.starts(with: mark) else {
        throw .mistake(.foreignFile(path: path))
      }
    }
    do throws(FileFailure) {
      try AtomicFile.makeFolder(folder)
      for (name, text) in export.files {
        try AtomicFile.replace(folder + "/" + name, with: Array(text.utf8))
      }
    } catch {
      throw .file(error)
    }
  }

  private func list(_ export: PrometheusExport, in folder: String) -> String {
    let counts = export.counts
    let early = [
      counts.firing > 0 ? "\(counts.firing) \(counts.firing == 1 ? "fires" : "fire")" : nil,
      counts.silent > 0 ? "\(counts.silent) never \(counts.silent == 1 ? "fires" : "fire")" : nil,
    ].compactMap(\.self).joined(separator: " and ")
    let names = export.files.map(\.name)
    var lines = [
      "wrote \(listed(names)) to \(printable(folder)): \(Quantity.count(counts.rules, "rule"))"
        + (early.isEmpty ? "" : "; \(early) until something else publishes their series")
    ]
    for isTask in [true, false] {
      let groups = export.grouped(tasks: isTask)
      let count = groups.reduce(0) { $0 + $1.texts.count }
      guard count > 0 else { continue }
      lines.append(
        isTask ? "to do:" : "\(Quantity.count(count, "difference")) (docs/growing-out.md):")
      for group in groups {
        let places = group.places.map { $0.isEmpty ? "everywhere" : $0 }.joined(separator: ", ")
        lines.append("  " + printable(places, limit: 2_000))
        lines += group.texts.map { "    - " + printable($0, limit: 2_000) }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func mistake(_ reason: String) -> RunFailure {
    .mistake(.commandLine(UsageMistake(reason, command: exportCommand.text.name)))
  }
}
