@testable import OpsAlerts
internal import Testing

@Suite("Exit codes")
struct ExitCodeTests {
  @Test(
    "If several codes apply, the most important one wins",
    arguments: [
      ([], .success), ([.success], .success), ([.success, .delivery], .delivery),
      ([.delivery, .noEvidence], .noEvidence), ([.noEvidence, .alerts], .alerts),
      ([.alerts, .state], .state), ([.state, .usage], .usage),
      ([.success, .alerts, .usage, .noEvidence, .state, .delivery], .usage),
    ] as [([ExitCode], ExitCode)])
  func priority(codes: [ExitCode], expected: ExitCode) {
    #expect(ExitCode.highestPriority(of: codes) == expected)
    #expect(ExitCode.highestPriority(of: codes.reversed()) == expected)
  }

  @Test("The codes have the numbers that scripts rely on, and all have a rank")
  func numbers() {
    #expect(ExitCode.byPriority.map(\.rawValue) == [2, 4, 1, 3, 5, 0])
    #expect(Set(ExitCode.byPriority) == Set(ExitCode.allCases))
  }
}
