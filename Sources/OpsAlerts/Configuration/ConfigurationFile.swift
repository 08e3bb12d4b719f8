package import AlertEngine

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The file that says what to alert on.
package enum ConfigurationFile {
  /// Where it is looked for when nothing else is said.
  package static let defaultPath = "config/ops_alert_thresholds.json"

  /// A larger file is refused; 10,000 rules take about 3 MB.
  package static let mostBytes = 16 << 20

  /// Reads and decodes the configuration.
  ///
  /// Never waits: what is no ordinary file (a pipe, a device) is refused.
  ///
  /// - Parameter path: the file, relative to the current directory.
  /// - Returns: the valid configuration.
  /// - Throws: why there is none, in words for the operator.
  package static func load(path: String) throws(ConfigurationFileError) -> Configuration {
    let bytes = try bytes(of: path)
    do {
      return try Configuration.decode(bytes)
    } catch {
      throw .mistakes(path: path, error)
    }
  }

  private static func bytes(of path: String) throws(ConfigurationFileError) -> [UInt8] {
    guard !path.utf8.contains(0) else { throw .unreadable(path: path, reason: "a NUL in its name") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw refusal(of: path, because: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw refusal(of: path, because: errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .isFolder(path: path)
    default: throw .isNoFile(path: path)
    }
    guard status.st_size <= mostBytes else { throw .tooLarge(path: path) }
    let bytes = try contents(of: descriptor, path: path)
    guard !bytes.allSatisfy(\.isWhitespace) else { throw .empty(path: path) }
    return bytes
  }

  /// Reads to the end, but never more than is allowed: a file may grow while it is read.
  private static func contents(
    of descriptor: Int32, path: String
  ) throws(ConfigurationFileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw refusal(of: path, because: errno) }
      guard count > 0 else { return bytes }
      guard bytes.count + count <= mostBytes else { throw .tooLarge(path: path) }
      bytes += chunk[..<count]
    }
  }

  private static func refusal(of path: String, because code: Int32) -> ConfigurationFileError {
    switch code {
    case ENOENT, ENOTDIR: .notFound(path: path)
    default: .unreadable(path: path, reason: String(cString: strerror(code)).lowercased())
    }
  }
}

extension UInt8 {
  fileprivate var isWhitespace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

/// Why there is no configuration, and what to do about it.
package enum ConfigurationFileError: Error, Hashable, Sendable, CustomStringConvertible {
  case notFound(path: String)
  case isFolder(path: String)
  /// A pipe, a socket or a device, which might never end.
  case isNoFile(path: String)
  case unreadable(path: String, reason: String)
  case tooLarge(path: String)
  case empty(path: String)
  case mistakes(path: String, ConfigurationMistakes)

  /// One sentence; for mistakes a headline and one line for each.
  package var description: String {
    switch self {
    case .notFound(let path):
      path == ConfigurationFile.defaultPath
        ? "there is no configuration at \(path.quotedPath); name one with --config PATH"
        : "there is no configuration at \(path.quotedPath); check --config "
          + "(without it: \(ConfigurationFile.defaultPath))"
    case .isFolder(let path):
      "the configuration \(path.quotedPath) is a folder; name a file in it with --config"
    case .isNoFile(let path):
      "the configuration \(path.quotedPath) is a pipe or a device; save it to an ordinary file first"
    case .unreadable(let path, let reason):
      "the configuration \(path.quotedPath) cannot be read: \(reason)"
    case .tooLarge(let path):
      "the configuration \(path.quotedPath) is larger than "
        + "\(ConfigurationFile.mostBytes >> 20) MiB; split it"
    case .empty(let path):
      "the configuration \(path.quotedPath) is empty; it needs at least {\"rules\": [ … ]}"
    case .mistakes(let path, let mistakes):
      "the configuration has \(mistakes.count == 1 ? "a mistake" : "\(mistakes.count) mistakes"):\n"
        + mistakes.listed.map { "\(path.quotedPath):\($0)" }.joined(separator: "\n")
        + (mistakes.count > mistakes.listed.count
          ? "\nand \(mistakes.count - mistakes.listed.count) more" : "")
    }
  }
}

extension String {
  /// A path as it is where that is safe to print, else quoted.
  fileprivate var quotedPath: String { isPrintable && !isEmpty ? self : quoted }
}
