internal import AlertEngine
internal import Delivery
internal import Files
internal import Foundation
internal import JSON
internal import Text

/// The configuration file.
enum ConfigurationFile {
  /// The path without `--config`.
  static let defaultPath = "config/ops_alert_thresholds.json"

  /// A larger file is refused; 10,000 rules take about 3 MB.
  static let mostBytes = Configuration.mostBytes

  /// Reads and decodes the configuration.
  ///
  /// Never blocks: a pipe or a device is refused.
  ///
  /// - Parameter path: the file, relative to the current directory.
  /// - Returns: the valid configuration.
  /// - Throws: why it cannot be used.
  static func load(path: String) throws(ConfigurationFileFailure) -> Configuration {
    let bytes = try bytes(of: path)
    let configuration: Configuration
    do {
      configuration = try Configuration.decode(
        bytes, receivers: ReceiverCatalogue.standard.types,
        including: ConfigurationIncludes(path: path).read)
    } catch {
      throw .mistakes(path: path, error)
    }
    for (place, name) in configuration.timeZones where ClockZone(named: name) == nil {
      throw .unknownTimeZone(path: path, place: place, name: name)
    }
    return configuration
  }

  /// Where the parts of a valid configuration are; `nil` if it can no longer be read.
  static func places(path: String) -> ConfigurationPlaces? {
    guard let bytes = try? bytes(of: path) else { return nil }
    return ConfigurationPlaces(bytes, including: ConfigurationIncludes(path: path).read)
  }

  /// The `time_zone` of a configuration, valid or not, without decoding the rest of it.
  static func timeZone(path: String) -> String? {
    guard let bytes = try? bytes(of: path), let place = try? MetricPath("notifications.time_zone"),
      case .scalar(.string(let name))? = try? extract(PathPlan([place]), from: bytes).found(at: 0)
    else { return nil }
    return name
  }

  private static func bytes(of path: String) throws(ConfigurationFileFailure) -> [UInt8] {
    do {
      return try InputFile.read(path, limit: mostBytes)
    } catch {
      switch error {
      case .notFound:
        throw .notFound(path: path, folder: FileManager.default.currentDirectoryPath)
      case .isFolder: throw .isFolder(path: path)
      case .isNoFile: throw .isNoFile(path: path)
      case .unreadable(let reason): throw .unreadable(path: path, reason: reason)
      case .tooLarge: throw .tooLarge(path: path)
      case .empty: throw .empty(path: path)
      }
    }
  }
}

/// Why the configuration cannot be used, and what to do about it.
enum ConfigurationFileFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// `folder`: the current one.
  case notFound(path: String, folder: String)
  case isFolder(path: String)
  /// A pipe, a socket or a device, which might never end.
  case isNoFile(path: String)
  case unreadable(path: String, reason: String)
  case tooLarge(path: String)
  case empty(path: String)
  case mistakes(path: String, ConfigurationMistakes)
  case unknownTimeZone(path: String, place: String, name: String)

  /// One sentence; for mistakes a headline and one line for each.
  var description: String { words.lines.joined(separator: "\n") }

  /// The sentence, without the list of mistakes.
  var headline: String {
    switch self {
    case .notFound(let path, let folder):
      "no configuration at \(path.quotedPath)"
        + (path.hasPrefix("/") ? "" : ", relative to \(folder.quotedPath)")
        + (path == ConfigurationFile.defaultPath
          ? "; name one with --config PATH, or write one with 'ops-alert-eval init'"
          : "; check --config (default: \(ConfigurationFile.defaultPath))")
    case .isFolder(let path):
      "the configuration \(path.quotedPath) is a folder; name a file in it with --config"
    case .isNoFile(let path):
      "the configuration \(path.quotedPath) is a pipe or a device; save it to a regular file first"
    case .unreadable(let path, let reason):
      "the configuration \(path.quotedPath) cannot be read: \(reason)"
    case .tooLarge(let path):
      "the configuration \(path.quotedPath) is larger than "
        + "\(ConfigurationFile.mostBytes >> 20) MiB; split it"
    case .empty(let path):
      "the configuration \(path.quotedPath) is empty; it needs at least {\"rules\": [ … ]}"
    case .unknownTimeZone(let path, let place, let name):
      "the configuration \(path.quotedPath): \(place): this machine has no time zone "
        + "\(name.quoted); expected a name such as \"Europe/Berlin\""
    case .mistakes(_, let mistakes): "the configuration has \(mistakes.countWords)"
    }
  }
}

extension Configuration {
  /// The names of all time zones, with their places.
  fileprivate var timeZones: [(place: String, name: String)] {
    var zones = notifications.timeZone.map { [("notifications.time_zone", $0)] } ?? []
    for (index, window) in maintenance.enumerated() {
      guard case .weekly(let weekly) = window.time else { continue }
      zones.append(("maintenance[\(index)].time_zone", weekly.timeZone))
    }
    for (index, receiver) in receivers.enumerated() {
      guard let hours = receiver.hours else { continue }
      zones.append(("receivers[\(index)].hours.time_zone", hours.timeZone))
    }
    return zones
  }
}
