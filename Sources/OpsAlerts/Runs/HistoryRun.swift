internal import AlertEngine
internal import Files
internal import Foundation
internal import JSON
internal import Reports
internal import Text

/// Shows the history beside a state file, without the network and without a lock.
struct HistoryRun {
  let options: HistoryOptions
  let environment: RunEnvironment

  init(_ options: HistoryOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() -> ExitCode {
    let path = HistoryFile.path(of: options.place.statePath)
    do throws(FileFailure) {
      guard let history = try HistoryFile.read(path) else {
        guard options.place.state == nil || access(options.place.statePath, F_OK) == 0 else {
          environment.fail(options.place.noState)
          return .state
        }
        environment.note(.noHistory(path: path, isFiltered: false))
        return write([])
      }
      if history.unreadable > 0 {
        environment.warn(.skippedHistory(path: path, lines: history.unreadable))
      }
      let chosen = history.entries.filter(isChosen)
      if chosen.isEmpty, !history.entries.isEmpty {
        environment.note(.noHistory(path: path, isFiltered: true))
      }
      return write(chosen)
    } catch {
      environment.fail(.file(error))
      return .state
    }
  }

  /// Whether an entry is about the chosen rules, targets and time; a silence, which may be about any
  /// rule and target, always is.
  private func isChosen(_ entry: HistoryEntry) -> Bool {
    let start: Instant? =
      switch options.since {
      case .ago(let duration): environment.now() - duration
      case .time(let time): time.instant
      case nil: nil
      }
    if let start, entry.at < start { return false }
    guard let key = entry.key else { return true }
    return (options.rules.isEmpty || options.rules.contains(key.rule))
      && (options.targets.isEmpty || entry.target.map(options.targets.contains) != false)
  }

  private func write(_ entries: [HistoryEntry]) -> ExitCode {
    switch options.format {
    case .json:
      let document: JSONText = ["entries": .array(entries, StateCodec.historyEntry.onOneLine.text)]
      return environment.finish(environment.write(document.encoded(.pretty) + [0x0A]))
    case .markdown: return environment.say(HistoryReport(entries).markdown())
    case .text:
      let isColored = environment.isColored(options.color)
      return environment.say(HistoryReport(entries).text(isColored: isColored))
    }
  }
}
