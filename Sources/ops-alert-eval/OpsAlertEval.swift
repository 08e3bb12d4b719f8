internal import OpsAlerts

@main
struct OpsAlertEval {
  static func main() {
    if CommandLine.arguments.dropFirst().first == "__http-worker" { HTTPWorkerProcess.run() }
  }
}
