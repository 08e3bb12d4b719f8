internal import Files
internal import Foundation
internal import HTTP
internal import OpsAlerts

/// The program: runs `OpsAlerts` in the live environment, if this machine has what every run needs.
@main
struct OpsAlertEval {
  // Not asynchronous: that would start threads before anything is checked.
  static func main() {
    guard !CommandLine.arguments.isEmpty else {
      // Without /proc there are none, and what was asked for is not known.
      ending(of: [], "the arguments cannot be read: is /proc mounted?").end()
    }
    let arguments = Array(CommandLine.arguments.dropFirst())
    // A repaired name would mean another file.
    for index in 0..<Int(CommandLine.argc) {
      if let bytes = CommandLine.unsafeArgv[index], String(validatingCString: bytes) == nil {
        ending(of: arguments, "argument \(index) is not UTF-8", .usage).end()
      }
    }
    if arguments.first == HTTPWorkerProcess.argument { HTTPWorkerProcess.run() }
    fillStandardDescriptors()
    // A reader that went away (`| head`) is an answer to a write, not an end.
    signal(SIGPIPE, SIG_IGN)
    // So is a limit on the size of files.
    signal(SIGXFSZ, SIG_IGN)
    LastWords.armForScarceMemory(
      ending(
        of: arguments, "crashed, probably out of memory: raise its limits (ulimit -v, ulimit -d)"))
    if let lack = MachineLack.first { ending(of: arguments, "\(lack)").end() }
    LastWords.arm(
      after: .seconds(5),
      ending(
        of: arguments,
        "stopped because it made no progress within its deadline: this machine may lack threads "
          + "(ulimit -u), memory (ulimit -v) or a disk that responds"))
    Task { exit(await runCommand(arguments, in: .live).rawValue) }
    dispatchMain()
  }
}
