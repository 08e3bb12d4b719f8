internal import JSON

/// An incident of about forty minutes, as a service would publish it.
///
/// Errors rise, latency follows, the endpoint is down for a while, and the service restarts (its
/// counters start over) and recovers.
struct DemoIncident: Sendable {
  /// How the service responds at one moment.
  enum Response: Sendable {
    case snapshot([UInt8])
    case down
  }

  /// Minutes between two evaluations.
  static let step = 2
  static let lastMinute = 44
  /// When errors and latency fire, shortly before the endpoint goes down.
  static let reportMinute = 18

  private static let down = 20..<26
  private static let requestsPerMinute = 120

  /// The share of requests that fail during a minute.
  private static func errorShare(_ minute: Int) -> Double {
    switch minute {
    case ..<5: 0.008
    case 5..<10: 0.09
    case 10..<26: 0.16
    default: 0.006
    }
  }

  private static func latency(_ minute: Int) -> Double {
    switch minute {
    case ..<8: 2_100 + Double(minute * 37 % 90)
    case 8..<26: min(14_800, 6_400 + Double(minute - 8) * 900)
    default: max(2_300, 7_000 - Double(minute - 26) * 700)
    }
  }

  static func isDown(atMinute minute: Int) -> Bool { down.contains(minute) }

  static func response(atMinute minute: Int) -> Response {
    isDown(atMinute: minute) ? .down : .snapshot(snapshot(atMinute: minute))
  }

  /// The minute of an incident that takes the whole time, of which a part has passed.
  static func minute(after passed: Duration, of whole: Duration) -> Int {
    min(lastMinute, max(0, Int(Double(lastMinute) * (passed / whole))))
  }

  private static func snapshot(atMinute minute: Int) -> [UInt8] {
    // Before the restart the service had been up for a day.
    let isRestarted = minute >= down.upperBound
    let first = isRestarted ? down.upperBound : 0
    var requests = isRestarted ? 60.0 : 172_800
    var errors = isRestarted ? 0.0 : 1_210
    for passed in first..<max(first, minute) {
      requests += Double(requestsPerMinute)
      errors += (Double(requestsPerMinute) * errorShare(passed)).rounded()
    }
    func totals(_ total: Double) -> JSONText {
      ["total": .number(total.rounded()), "rate": .number(total / requests)]
    }
    let metrics: JSONText = [
      "requests": totals(requests), "errors": totals(errors), "fallback": totals(requests * 0.08),
      "latency_ms": ["p95": .number(latency(minute))],
    ]
    return JSONText.object([("request_metrics", metrics)]).encoded(.compact)
  }

  /// The rules that the demo evaluates: counters over a window where the service publishes them.
  static let configuration = """
    {
      "version": "demo",
      "endpoint": {"duration_minutes": 4, "summary": "The metrics endpoint returns no snapshot"},
      "rules": [
        {
          "name": "error_rate", "measure": "ratio", "window_minutes": 10,
          "metric_path": "request_metrics.errors.total",
          "denominator_path": "request_metrics.requests.total",
          "comparison": "gt", "threshold": 0.05, "recovery_threshold": 0.03,
          "duration_minutes": 6, "recovery_minutes": 6, "min_request_count": 20,
          "breach_status": "fail", "unit": "ratio",
          "summary": "Requests fail: users get errors instead of answers",
          "runbook": "docs/release/incident-observability-runbook.md"
        },
        {
          "name": "fallback_rate", "measure": "ratio", "window_minutes": 10,
          "metric_path": "request_metrics.fallback.total",
          "denominator_path": "request_metrics.requests.total",
          "comparison": "gt", "threshold": 0.20, "duration_minutes": 10, "min_request_count": 20,
          "unit": "ratio", "summary": "Answers come from the fallback provider"
        },
        {
          "name": "latency_p95_ms", "metric_path": "request_metrics.latency_ms.p95",
          "comparison": "gt", "threshold": 8000, "recovery_threshold": 6000,
          "duration_minutes": 6, "recovery_minutes": 4, "breach_status": "warn", "unit": "ms",
          "summary": "One answer in twenty takes longer than 8 s",
          "runbook": "docs/release/incident-observability-runbook.md"
        }
      ]
    }

    """
}
