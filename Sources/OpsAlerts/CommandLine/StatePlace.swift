internal import Foundation

/// The configuration and the state that a command is about.
struct StatePlace: CommandOptions, Hashable {
  /// Its name determines the default state file.
  var config = EvaluateOptions().config
  var state: String?

  var statePath: String { state ?? StateOwner(configuration: config).standardPath }

  /// Whether its first run may be yet to come: nobody named the state, and there is a configuration.
  var awaitsFirstRun: Bool { state == nil && FileManager.default.fileExists(atPath: config) }

  /// Whether there is a state file, here or where an older version kept it.
  var hasState: Bool {
    var paths = [statePath]
    if state == nil { paths.append(StateOwner(configuration: config).formerPath) }
    return paths.contains { FileManager.default.fileExists(atPath: $0) }
  }

  var noState: RunFailure { .noState(path: statePath, folder: folder) }

  var noStateNote: RunNote { .noState(path: statePath, folder: folder) }

  private var folder: String { FileManager.default.currentDirectoryPath }
}

extension OptionRow {
  /// The options that name the state.
  static func place(_ path: any WritableKeyPath<Options, StatePlace> & Sendable) -> [Self] {
    placeRows.map { $0.lifted(to: path) }
  }
}

private let placeRows: [OptionRow<StatePlace>] = [
  .setting("--config", .path, \.config, "the configuration, which names the state file")
    .or("--thresholds"),
  .optional("--state", .path, \.state, "the state file"),
]
