internal import Foundation
internal import TestSupport

/// Public test suites, which are not part of the repository: in the folder that
/// `OPS_CONFORMANCE_SUITES` names, or in `shared` beside the repository.
enum ConformanceSuites {
  private static let folder =
    ProcessInfo.processInfo.environment["OPS_CONFORMANCE_SUITES"].map { URL(fileURLWithPath: $0) }
    ?? Repository.root.deletingLastPathComponent().appending(path: "shared")

  /// The compliance suite of RFC 9535.
  static let jsonPath = folder.appending(path: "jsonpath/cts.json")
  /// The parsing tests of JSONTestSuite: `y_`, `n_` and `i_` for documents that a reader must
  /// accept, must refuse, and may do either with.
  static let jsonParsing = folder.appending(path: "JSONTestSuite/test_parsing")

  static func has(_ suite: URL) -> Bool { FileManager.default.fileExists(atPath: suite.path) }
}
