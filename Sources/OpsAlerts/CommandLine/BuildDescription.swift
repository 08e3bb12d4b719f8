internal import Foundation
internal import Text

/// What `--version --verbose` prints: what a bug report must name.
enum BuildDescription {
  /// Four lines: the version, the commit, the toolchain and the platform.
  static var text: String {
    """
    \(Program.name) \(Program.version)
    commit: \(linked("ops_alert_eval_commit") ?? "unknown: not built by make release")
    toolchain: \(linked("ops_alert_eval_toolchain") ?? compiler)
    platform: \(platform)

    """
  }

  /// A text that `make release` links under a symbol, so that no source file changes with each commit.
  private static func linked(_ symbol: String) -> String? {
    guard let program = dlopen(nil, RTLD_LAZY), let text = dlsym(program, symbol) else {
      return nil
    }
    return String(validatingCString: text.assumingMemoryBound(to: CChar.self))
      .map { printable($0) }
  }

  private static var compiler: String {
    #if compiler(>=6.3)
      "Swift 6.3 or later"
    #else
      "Swift 6.2"
    #endif
  }

  private static var platform: String {
    #if arch(x86_64)
      let processor = "x86_64"
    #elseif arch(arm64)
      let processor = "arm64"
    #else
      let processor = "another processor"
    #endif
    #if os(macOS)
      let kind = "macOS"
    #else
      let kind = "Linux"
    #endif
    return
      "\(kind) \(processor), \(printable(ProcessInfo.processInfo.operatingSystemVersionString))"
  }
}
