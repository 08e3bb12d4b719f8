package import JSON
package import Text

/// One rule test: what a service publishes, and the expected results.
package struct RuleTest: Sendable {
  /// One line of text, unique in its file.
  package let name: String
  /// The target that publishes the series; `nil` for one without a name.
  let target: String?
  let format: SnapshotFormat
  /// The time at which it starts.
  package let start: Instant
  package let times: SampleTimes
  let series: [SampleSeries]
  let document: SeriesDocument
  let expectations: [Expectation]
  /// All transitions of the rules in `scope`, in chronological order; `nil` if the test does not
  /// list them.
  package let transitions: [ExpectedTransition]?
  /// The names of the rules under test.
  package let scope: Set<String>

  /// The expected state of a rule after a sample.
  package struct Expectation: Hashable, Sendable {
    var sample: Int
    var key: AlertKey
    var phase: Phase.Kind?
    var value: Value?
    var reason: Reason?

    package enum Value: Hashable, Sendable {
      case nothing
      case scalar(Scalar)
    }

    package enum Reason: Hashable, Sendable {
      case nothing
      /// The reason as reports write it.
      case code(String)
    }
  }

  package struct ExpectedTransition: Hashable, Sendable {
    package var sample: Int
    var key: AlertKey
    package var event: Transition.Event
    /// `nil` if any is accepted.
    var cause: Transition.Cause?
  }
}

/// A file of rule tests, decoded and validated.
package struct RuleTestFile: Sendable {
  /// At least one, in the order of the file.
  package let tests: [RuleTest]
}
