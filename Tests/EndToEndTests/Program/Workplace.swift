internal import Foundation
internal import TestSupport

/// A folder in which one test runs the program; it is removed with the test.
final class Workplace: Sendable {
  /// Where the program runs.
  let path: String
  /// Where the program finds its temporary folder.
  let temporary: String
  private let root: String

  init() throws {
    let name = "ops-alert-eval-end-to-end-\(UUID().uuidString)"
    root = FileManager.default.temporaryDirectory.appending(path: name).path
    path = root + "/work"
    temporary = root + "/tmp"
    for folder in [path, temporary] {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: root)
  }

  /// Everything in the folder, the folders in it too, sorted.
  var names: [String] {
    (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).sorted()
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: file(name)))
  }

  /// Writes a program of the shell.
  func writeScript(_ text: String, to name: String) throws {
    try write("#!/bin/sh\n" + text, to: name + ".text")
    try install(file(name + ".text"), as: name)
  }

  /// Copies a program.
  ///
  /// By a process of its own: this one's other children could still have the file open for writing,
  /// and the system starts no such program.
  func install(_ program: String, as name: String) throws {
    let install = try Process.run(
      URL(filePath: "/usr/bin/install"), arguments: ["-m", "755", program, file(name)])
    install.waitUntilExit()
  }

  func bytes(of name: String) throws -> Data { try Data(contentsOf: URL(filePath: file(name))) }

  func text(of name: String) throws -> String {
    String(decoding: try bytes(of: name), as: UTF8.self)
  }

  /// The limits of an evaluation that sets none itself: no test depends on how long a machine stalls.
  private static let patience = [
    "--timeout": "10m", "--deadline": "20m", "--lock-timeout": "20m",
  ]

  /// Starts the built program; an evaluation has more time than it ever needs, unless it is given
  /// less.
  ///
  /// - Parameters:
  ///   - arguments: its arguments.
  ///   - variables: its environment beyond what every program needs.
  ///   - wrapper: a command that starts it, as `setpriv` does.
  ///   - input: the file that it reads as standard input.
  ///   - output: what becomes of its standard output.
  /// - Returns: the run under way.
  /// - Throws: when it cannot be started.
  func start(
    _ arguments: [String], variables: [String: String] = [:], wrapper: [String] = [],
    input: String = "/dev/null", output: ProgramRun.Output = .kept
  ) throws -> ProgramRun {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let needed = ["PATH": path, "HOME": root, "TMPDIR": temporary]
    let isEvaluation = arguments.first == "--config"
    let patience = Self.patience.filter { isEvaluation && !arguments.contains($0.key) }
    return try ProgramRun(
      wrapper + [builtExecutable] + arguments + patience.flatMap { [$0.key, $0.value] },
      in: self.path,
      variables: needed.merging(variables) { $1 }, input: input, output: output)
  }

  /// Runs the built program to its end.
  func run(
    _ arguments: [String], variables: [String: String] = [:], wrapper: [String] = [],
    input: String = "/dev/null", output: ProgramRun.Output = .kept
  ) async throws -> Ended {
    let run = try start(
      arguments, variables: variables, wrapper: wrapper, input: input, output: output)
    return await run.end()
  }
}
