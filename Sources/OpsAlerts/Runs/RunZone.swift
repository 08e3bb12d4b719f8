internal import Foundation
internal import Text

extension ClockZone {
  /// A zone of the database in the executable; `nil` if it has no such zone.
  init?(named name: String) {
    if ["UTC", "Etc/UTC", "GMT", "Z"].contains(name) {
      self = .utc
      return
    }
    guard let zone = TimeZone(identifier: name) else { return nil }
    self.init(name: name) { instant in
      zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000))
    }
  }
}

extension Invocation {
  /// The time zone of a command's output: that of `--time-zone`, else of its configuration, else of
  /// `TZ`, else UTC.
  func zone(in environment: RunEnvironment) -> ClockZone {
    let (option, config) = zoneSources
    let names = [
      option, config.flatMap(ConfigurationFile.timeZone),
      environment.variable("TZ").map { $0.hasPrefix(":") ? String($0.dropFirst()) : $0 },
    ]
    for case let name? in names {
      if let zone = ClockZone(named: name) { return zone }
    }
    return .utc
  }

  /// The value of `--time-zone`, and the configuration.
  private var zoneSources: (option: String?, config: String?) {
    switch self {
    case .evaluate(let options): (options.timeZone, options.config)
    case .watch(let options): (options.evaluation.timeZone, options.evaluation.config)
    case .replay(let options): (options.timeZone, options.config)
    case .status(let options): (options.timeZone, options.place.config)
    case .silence(let options): (options.timeZone, options.place.config)
    case .acknowledge(let options): (options.timeZone, options.place.config)
    case .explain(let options): (options.timeZone, options.place.config)
    case .history(let options): (options.timeZone, options.place.config)
    case .notifyTest(let options): (nil, options.config)
    case .initialize, .ruleTest, .check, .demo, .export, .print: (nil, nil)
    }
  }
}
