internal import Files
internal import Foundation
internal import HTTP
internal import OpsAlerts

/// The program: hands the live world to `OpsAlerts`, and nothing else.
@main
struct OpsAlertEval {
  static func main() async {
    guard !CommandLine.arguments.isEmpty else {
      // Without /proc there are none, and what was asked for is not known.
      try? FileHandle.standardError.write(
        contentsOf: Array(
          "ops-alert-eval: error: the arguments cannot be read: is /proc mounted?\n".utf8))
      exit(ExitCode.usage.rawValue)
    }
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == HTTPWorkerProcess.argument { HTTPWorkerProcess.run() }
    fillStandardDescriptors()
    // A reader that went away (`| head`) is an answer to a write, not an end.
    signal(SIGPIPE, SIG_IGN)
    // So is a limit on the size of files.
    signal(SIGXFSZ, SIG_IGN)
    exit(await runCommand(arguments, in: .live).rawValue)
  }
}
