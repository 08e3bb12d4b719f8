internal import AlertEngine
internal import Foundation
internal import OpsAlerts

/// The program: hands the live world to `OpsAlerts`, and nothing else.
@main
struct OpsAlertEval {
  static func main() async {
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
