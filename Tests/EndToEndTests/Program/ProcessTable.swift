internal import Foundation

/// Running processes, according to the system.
enum ProcessTable {
  /// The processes that `parent` started, by any of its threads.
  static func children(of parent: pid_t) -> [pid_t] {
    all.filter { id in
      // The name in parentheses may hold anything; the parent's number is the second after it.
      let behindName = text("\(id)/stat").split(separator: ")").last ?? ""
      return behindName.split(separator: " ").dropFirst().first.flatMap { pid_t($0) } == parent
    }
  }

  static func commandLine(of id: pid_t) -> String { text("\(id)/cmdline") }

  static func environment(of id: pid_t) -> String { text("\(id)/environ") }

  /// The processes in whose environment this text stands.
  static func marked(with mark: String) -> [pid_t] {
    all.filter { environment(of: $0).contains(mark) }
  }

  private static var all: [pid_t] {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { pid_t($0) } ?? []
  }

  /// A file of `/proc`; empty when the process is gone or not ours to read.
  private static func text(_ path: String) -> String {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(path)") else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Waits until another process has made a condition true.
///
/// The limit is so long that only a condition that never becomes true fails, however busy the machine
/// is.
func eventually(_ holds: () -> Bool) async throws -> Bool {
  for _ in 0..<10_000 {
    if holds() { return true }
    try await Task.sleep(for: .milliseconds(20))
  }
  return holds()
}
