internal import Foundation
package import HTTP

/// The program from this build, in the same folder as the test bundle.
package let builtExecutable: String = {
  #if canImport(Darwin)
    // The tests are a bundle that a program of Xcode loads.
    let folder = Repository.root.appending(path: ".build/debug")
  #else
    let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let folder = tests.deletingLastPathComponent()
  #endif
  return folder.appending(path: "ops-alert-eval").path
}()

extension HTTPWorker {
  /// A worker of the built program, without the proxies of the user's environment.
  package convenience init(proxies: [String: String] = [:]) {
    self.init(executable: builtExecutable, environment: proxies)
  }
}

extension LoopbackServer {
  /// The address of `path` on this server.
  package func address(_ path: String = "/ops/metrics") throws -> HTTPAddress {
    try HTTPAddress("http://127.0.0.1:\(port)\(path)")
  }
}

/// Whether this build runs under a sanitizer, whose own memory and threads count towards any limit.
package let isSanitized: Bool = {
  #if SANITIZED
    true
  #else
    false
  #endif
}()
