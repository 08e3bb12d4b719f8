/// One line of a recording, read: what a target answered, and when.
package struct RecordedSample: Sendable {
  package var observedAt: Instant
  package var target: String
  package var reading: Reading

  package init(observedAt: Instant, target: String, reading: Reading) {
    self.observedAt = observedAt
    self.target = target
    self.reading = reading
  }
}
