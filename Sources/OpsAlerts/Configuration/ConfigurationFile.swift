internal import AlertEngine
internal import Delivery
internal import Files
internal import Foundation

/// The configuration file.
enum ConfigurationFile {
  /// The path without `--config`.
  static let defaultPath = "config/ops_alert_thresholds.json"

  /// A larger file is refused; 10,000 rules take about 3 MB.
  static let mostBytes = 16 << 20

  /// Reads and decodes the configuration.
  ///
  /// Never blocks: a pipe or a device is refused.
  ///
  /// - Parameter path: the file, relative to the current directory.
  /// - Returns: the valid configuration.
  /// - Throws: why it cannot be used.
  static func load(path: String) throws(ConfigurationFileFailure) -> Configuration {
    let bytes = try bytes(of: path)
    do {
      return try Configuration.decode(bytes, receivers: ReceiverCatalogue.standard.types)
    } catch {
      throw .mistakes(path: path, error)
    }
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

  /// One sentence; for mistakes a headline and one line for each.
  var description: String { words.lines.joined(separator: "\n") }

  /// The sentence, without the list of mistakes.
  var headline: String {
    switch self {
    case .notFound(let path, let folder):
      "no configuration at \(path.quotedPath)"
        + (path.hasPrefix("/") ? "" : ", seen from \(folder.quotedPath)")
        + (path == ConfigurationFile.defaultPath
          ? "; name one with --config PATH"
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
    case .mistakes(_, let mistakes): "the configuration has \(mistakes.countWords)"
    }
  }
}
