internal import Foundation
@testable import OpsAlerts
internal import Testing

@Suite("Completions in real shells")
struct CompletionTests {
  @Test(
    "bash completes commands, options and their values",
    .enabled(if: isThere("/bin/bash")),
    arguments: [
      (["che"], ["check"]), (["--fo"], ["--format"]), (["--format", "j"], ["json", "junit"]),
      (["--format", "="], ReportFormat.allCases.map(\.rawValue)),
      (["--format", "=", "t"], ["text"]), (["check", "--format", ""], ["text", "json", "github"]),
      (["replay", "--format", ""], ["text", "json", "html", "markdown"]),
      (["replay", "/et"], ["/etc"]),
      (["status", "--verb"], ["--verbose"]), (["check", "--deliv"], []),
      (["--timeout", ""], []), (["check", "--config", "/et"], ["/etc"]),
      (
        ["demo", ""],
        [
          "--quiet", "--serve", "--port", "--color", "--help", "-h", "--version", "--completions",
          "--man",
        ]
      ),
    ])
  func bash(words: [String], expected: [String]) throws {
    let script = """
      source /dev/stdin
      COMP_WORDS=(ops-alert-eval "$@")
      COMP_CWORD=$#
      _ops_alert_eval
      (( ${#COMPREPLY[@]} )) && printf '%s\\n' "${COMPREPLY[@]}"
      exit 0
      """
    let output = try run("/bin/bash", ["-c", script, "bash"] + words, input: completions("bash"))
    #expect(output.split(separator: "\n").map(String.init) == expected)
  }

  @Test("zsh accepts its script", .enabled(if: isThere("/usr/bin/zsh")))
  func zsh() throws {
    let script = try completions("zsh")
    #expect(script.hasPrefix("#compdef ops-alert-eval\n"))
    _ = try run("/usr/bin/zsh", ["-f", "-n", "/dev/stdin"], input: script)
  }

  @Test(
    "fish completes commands, options and their values",
    .enabled(if: isThere("/usr/bin/fish")),
    arguments: [
      ("che", ["check"]), ("--fo", ["--format"]),
      ("--format=j", ["--format=json", "--format=junit"]),
      ("check --deliv", []), ("--timeout ", []), ("replay /et", ["/etc/"]),
    ])
  func fish(line: String, expected: [String]) throws {
    let script = "source -; complete -C 'ops-alert-eval \(line)'"
    let output = try run(
      "/usr/bin/fish", ["--no-config", "-c", script], input: completions("fish"))
    let words = output.split(separator: "\n").compactMap { $0.split(separator: "\t").first }
    #expect(words.map(String.init) == expected)
  }

  private func completions(_ shell: String) throws -> String {
    guard case .print(let script) = try parseCommandLine(["--completions", shell]) else {
      return ""
    }
    return script
  }

  /// The standard output of a program that must end with 0 and be silent on standard error.
  private func run(_ program: String, _ arguments: [String], input: String) throws -> String {
    let process = Process()
    let (standardInput, output, error) = (Pipe(), Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = standardInput
    process.standardOutput = output
    process.standardError = error
    try process.run()
    try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try standardInput.fileHandleForWriting.close()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    let failure = try error.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(String(decoding: failure, as: UTF8.self) == "")
    return String(decoding: text, as: UTF8.self)
  }
}

private func isThere(_ program: String) -> Bool {
  FileManager.default.isExecutableFile(atPath: program)
}
