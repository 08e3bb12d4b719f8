internal import AlertEngine
internal import Text

/// Gauges in the text that both OpenMetrics 1.0 and the older Prometheus text format allow, which is
/// what node_exporter's textfile collector reads: no units, timestamps or exemplars.
package enum OpenMetricsReport {
  /// All families; the last line is `# EOF`, a comment in the older format.
  package static func render(_ export: AlertExport) -> String {
    (families(of: export).flatMap(\.lines) + ["# EOF", ""]).joined(separator: "\n")
  }

  private struct Family {
    let name: String
    /// Never depends on the run: the collector refuses files that disagree.
    let help: String
    var samples: [(labels: String, value: Double)] = []

    var lines: [String] {
      guard !samples.isEmpty else { return [] }
      return ["# HELP \(name) \(help)", "# TYPE \(name) gauge"]
        + samples.map { "\(name)\($0.labels) \(OpenMetricsReport.number($0.value))" }
    }
  }

  private static func families(of export: AlertExport) -> [Family] {
    let rows = labelled(export)
    let config = "config=\(quoted(export.configuration))"
    let targets = export.targets.map { ("{target=\(quoted($0.name)),\(config)}", $0) }
    func family(
      _ name: String, _ help: String, _ value: (AlertExport.Row) -> Double?
    ) -> Family {
      Family(
        name: name, help: help,
        samples: rows.compactMap { labels, row in value(row).map { (labels, $0) } })
    }
    return [
      family("ops_alert_firing", "Whether the alert is firing or recovering.") {
        [.firing, .recovering].contains($0.state) ? 1 : 0
      },
      family("ops_alert_pending", "Whether the alert is bad, but not yet for long enough.") {
        $0.state == .pending ? 1 : 0
      },
      family(
        "ops_alert_suppressed",
        "Whether nobody is notified of the alert: silenced, in maintenance, or inhibited."
      ) { $0.isSuppressed ? 1 : 0 },
      family("ops_alert_unknown", "Whether the last sample said nothing about the rule.") {
        $0.isUnknown ? 1 : 0
      },
      family("ops_alert_value", "The last value of the rule, in its own unit.", \.value),
      family(
        "ops_alert_last_sample_timestamp_seconds",
        "The time of the last sample that said something about the rule."
      ) { $0.lastSample?.inSeconds },
      Family(
        name: "ops_alert_target_reachable",
        help: "Whether the last sample of the target was a snapshot.",
        samples: targets.compactMap { labels, target in
          target.isReachable.map { (labels, $0 ? 1 : 0) }
        }),
      Family(
        name: "ops_alert_target_last_snapshot_timestamp_seconds",
        help: "The time of the last snapshot of the target.",
        samples: targets.compactMap { labels, target in
          target.lastReadable.map { (labels, $0.inSeconds) }
        }),
      Family(
        name: "ops_alert_run_timestamp_seconds", help: "The time of the last run.",
        samples: export.evaluatedAt.map { [("{\(config)}", $0.inSeconds)] } ?? []),
      Family(
        name: "ops_alert_run_exit_code", help: "The exit code of the last run.",
        samples: export.exitCode.map { [("{\(config)}", Double($0))] } ?? []),
      Family(
        name: "ops_alert_run_errors", help: "The number of errors in the last run.",
        samples: export.exitCode.map { _ in [("{\(config)}", Double(export.errors.count))] } ?? []),
    ]
  }

  /// The rows with their labels, most urgent first.
  ///
  /// Names that differ only in characters that are not shown have the same labels, which may occur only
  /// once.
  private static func labelled(_ export: AlertExport) -> [(String, AlertExport.Row)] {
    var seen: Set<String> = []
    return export.ordered.compactMap { target, row in
      let labels = [
        ("rule", row.key.rule), ("instance", row.key.instance ?? ""), ("target", target.name),
        ("severity", row.severity?.rawValue ?? ""), ("config", export.configuration),
      ]
      let text = "{" + labels.map { "\($0)=\(quoted($1))" }.joined(separator: ",") + "}"
      return seen.insert(text).inserted ? (text, row) : nil
    }
  }

  /// A label's value between quotes; its backslashes are escaped, those of visible escapes too.
  private static func quoted(_ text: String) -> String {
    let safe = inert(printable(text, limit: 2_000))
    return "\""
      + safe.replacingBytes("\\", with: "\\\\").replacingBytes("\"", with: "\\\"") + "\""
  }

  private static func number(_ number: Double) -> String {
    PlainNumber.text(number) ?? (number.isNaN ? "NaN" : number < 0 ? "-Inf" : "+Inf")
  }
}

extension Instant {
  fileprivate var inSeconds: Double { Double(milliseconds) / 1_000 }
}
