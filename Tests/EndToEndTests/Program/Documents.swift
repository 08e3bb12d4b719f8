internal import Foundation

/// What the tests look at in a report of format JSON.
struct Report: Decodable, Sendable {
  struct Check: Decodable, Sendable {
    let name: String
    let status: String
    let phase: String
    let reason: String?
    let evidence: Evidence?
  }

  struct Evidence: Decodable, Sendable {
    let count: Int
  }

  struct Transition: Decodable, Equatable, Sendable {
    let name: String
    let from: String
    let to: String
  }

  struct Notification: Decodable, Sendable {
    let target: String
    let outcome: String
  }

  let status: String
  let generatedAt: String
  let target: String?
  let metricsUrl: String?
  let checks: [Check]
  let transitions: [Transition]
  let notifications: [Notification]
  let errors: [String]
  let targets: [Report]?

  func check(_ name: String) -> Check? { checks.first { $0.name == name } }
}

/// What the tests look at in a state file.
struct StateDocument: Decodable, Sendable {
  struct Alert: Decodable, Sendable {
    let rule: String
    let phase: String
  }

  struct Target: Decodable, Sendable {
    let alerts: [Alert]
  }

  let savedAt: String?
  let targets: [String: Target]

  /// The phase of a target's alert; one that is not stored is inactive.
  func phase(of rule: String, in target: String = "api") -> String {
    targets[target]?.alerts.first { $0.rule == rule }?.phase ?? "inactive"
  }
}

/// One line of a recording.
struct RecordedLine: Decodable, Sendable {
  struct Snapshot: Decodable, Sendable {
    let errors: [String: Double]
  }

  let observedAt: String
  let target: String
  let snapshot: Snapshot?
  let error: String?
}

/// A document that the program wrote, read as strictly as Foundation can.
func decoded<Document: Decodable>(
  _ text: String, as type: Document.Type = Document.self
) throws -> Document {
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return try decoder.decode(type, from: Data(text.utf8))
}

extension Ended {
  /// The report on standard output.
  var report: Report { get throws { try decoded(output) } }
}

extension Workplace {
  /// The state in `state.json`.
  var state: StateDocument { get throws { try decoded(text(of: "state.json")) } }
}

/// Snapshots and configurations that many tests share.
enum Given {
  /// A snapshot with this share of errors.
  static func snapshot(errorRate: Double) -> String { #"{"errors": {"rate": \#(errorRate)}}"# }

  static let good = snapshot(errorRate: 0.01)
  static let bad = snapshot(errorRate: 0.09)

  /// One rule about the share of errors; `rule` and `more` are further keys, with their commas.
  static func configuration(
    durationMinutes: Double, rule: String = "", more: String = ""
  ) -> String {
    """
    {"version": "test", "rules": [{
      "name": "error_rate", "metric_path": "errors.rate", "comparison": "gt", "threshold": 0.05,
      "duration_minutes": \(durationMinutes), "unit": "ratio"\(rule)
    }]\(more)}
    """
  }

  /// Fires on the first bad sample and resolves on the first good one.
  static let firesAtOnce = configuration(durationMinutes: 0)
}
