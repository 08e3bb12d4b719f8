internal import OpsAlerts

@main
struct OpsAlertEval {
  static func main() {
  }
}
