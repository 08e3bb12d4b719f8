/// The format of a target's snapshots.
package enum SnapshotFormat: String, CaseIterable, Sendable {
  case json
  /// Prometheus's text format 0.0.4, or OpenMetrics 1.0.
  case prometheus
  /// The body is not read; only the response itself is evaluated.
  case none

  /// The format that the beginning of a body reveals; `nil` if it could be either, or neither.
  package init?(revealedBy body: [UInt8]) {
    let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
    let text = body.drop { blanks.contains($0) }
    if text.first == UInt8(ascii: "{") || text.first == UInt8(ascii: "[") {
      self = .json
    } else if ["# HELP ", "# TYPE ", "# UNIT "].contains(where: { text.starts(with: $0.utf8) }) {
      self = .prometheus
    } else {
      return nil
    }
  }
}
