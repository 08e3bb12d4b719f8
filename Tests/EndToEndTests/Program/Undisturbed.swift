internal import Testing

/// Repeats a test that took so long, on a stalled machine, that a fixed limit of the program may have
/// passed.
///
/// One attempt at a delivery has ten seconds. If a test takes more than half of that, its failures do
/// not count, and it runs again; the last run counts, however long it takes.
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
