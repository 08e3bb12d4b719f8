internal import Testing

/// Runs a test again that a stalled machine kept from its end for so long that a limit of the
/// program, which nobody can set, may have passed meanwhile.
///
/// One attempt at a delivery has ten seconds. What a test finds after more than half of that is no
/// failure but a reason to run it again; the last run counts, however long it takes.
struct Undisturbed: SuiteTrait, TestTrait, TestScoping {
  private static let longest = Duration.seconds(5)
  private static let mostRepeats = 4

  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @Sendable @concurrent () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    for _ in 0..<Self.mostRepeats {
      let begin = ContinuousClock.now
      let isLate = { @Sendable in begin.duration(to: .now) > Self.longest }
      try await withKnownIssue("The machine stalled", isIntermittent: true) {
        try await function()
      } matching: { _ in
        isLate()
      }
      guard isLate() else { return }
    }
    try await function()
  }
}

extension Trait where Self == Undisturbed {
  static var undisturbed: Self { Self() }
}
