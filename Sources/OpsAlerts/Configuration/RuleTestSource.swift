internal import Files

/// A file of rule tests, read whole.
struct RuleTestSource {
  /// A larger file is refused.
  static let mostBytes = 16 << 20

  /// Relative to the current directory; `-` for standard input.
  let path: String
  let bytes: [UInt8]

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: the file; `-` is standard input.
  ///   - readInput: reads standard input; `nil` if it exceeds the limit.
  /// - Throws: why it cannot be used.
  init(
    _ path: String, readInput: (_ limit: Int) -> [UInt8]?
  ) throws(RuleTestSourceFailure) {
    self.path = path
    do throws(InputFile.Failure) {
      bytes =
        try path == "-" ? Self.input(readInput) : InputFile.read(path, limit: Self.mostBytes)
    } catch {
      throw RuleTestSourceFailure(path: path, fault: error)
    }
  }

  private static func input(
    _ read: (_ limit: Int) -> [UInt8]?
  ) throws(InputFile.Failure) -> [UInt8] {
    guard let bytes = read(mostBytes) else { throw .tooLarge }
    guard !InputFile.isBlank(bytes) else { throw .empty }
    return bytes
  }

  /// The name of the file in reports.
  var name: String { Self.name(of: path) }

  fileprivate static func name(of path: String) -> String {
    path == "-" ? "standard input" : path.quotedPath
  }

  /// Resolves a path that is written in the file, relative to its folder.
  func path(of written: String) -> String {
    guard path != "-", !written.hasPrefix("/") else { return written }
    let folder = AtomicFile.split(path).folder
    switch folder {
    case ".": return written
    case "/": return "/" + written
    default: return folder + "/" + written
    }
  }
}

/// Why a test file cannot be used, and what to do about it.
struct RuleTestSourceFailure: Error, Hashable, CustomStringConvertible {
  let path: String
  let fault: InputFile.Failure

  var description: String {
    let file = "the test file \(path.quotedPath)"
    switch fault {
    case .notFound: return "no test file at \(path.quotedPath)"
    case .isFolder: return "\(file) is a folder; name the files in it"
    case .isNoFile: return "\(file) is a pipe or a device; pipe it to standard input, and pass -"
    case .unreadable(let reason): return "\(file) cannot be read: \(reason)"
    case .tooLarge:
      return
        "\(RuleTestSource.name(of: path)) is larger than \(RuleTestSource.mostBytes >> 20) MiB; "
        + "split it"
    case .empty:
      return "\(RuleTestSource.name(of: path)) is empty; it needs at least {\"tests\": [ … ]}"
    }
  }
}
