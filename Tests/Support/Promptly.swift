package import Testing

/// Runs a suite alongside the many tests that only compute, not after them.
///
/// All tests start at once and share a thread per core, in turn. A test that waits for a process or
/// a server continues only when its turn comes again, and in the meantime that process or server
/// waits for it, possibly using the CPU. Tasks of a higher priority have threads of their own.
package struct Promptly: SuiteTrait, TestScoping {
  package init() {}

  package func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @Sendable @concurrent () async throws -> Void
  ) async throws {
    try await withoutActuallyEscaping(function) { function in
      try await Task(priority: .high) { try await function() }.value
    }
  }
}

extension Trait where Self == Promptly {
  /// For suites whose tests wait for processes or servers.
  package static var promptly: Self { Self() }
}
