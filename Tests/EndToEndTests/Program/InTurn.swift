internal import Testing

/// Lets only a few tests run at once: more would slow each other down.
struct InTurn: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @Sendable @concurrent () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    await Places.all.take()
    do {
      try await function()
    } catch {
      await Places.all.giveBack()
      throw error
    }
    await Places.all.giveBack()
  }
}

extension Trait where Self == InTurn {
  static var inTurn: Self { Self() }
}

/// The places for tests that run programs.
private actor Places {
  static let all = Places()

  private var free = 6
  private var queue: [CheckedContinuation<Void, Never>] = []

  func take() async {
    guard free == 0 else {
      free -= 1
      return
    }
    await withCheckedContinuation { queue.append($0) }
  }

  func giveBack() {
    guard !queue.isEmpty else {
      free += 1
      return
    }
    queue.removeFirst().resume()
  }
}
