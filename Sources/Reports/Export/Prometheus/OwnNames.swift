internal import Prometheus

/// The names that Prometheus or the export itself gives to labels and series; what has such a name in
/// a document or the configuration gets another one.
enum OwnNames {
  private static let labels = ["alertname", "alertstate", "severity", "breach_status"]
  private static let metrics = "up|scrape_.+"

  /// What renames the labels and series of Prometheus text; `job` and `instance` Prometheus renames.
  static var relabeling: YAML {
    [
      [
        "source_labels": ["__name__"], "regex": .text("(\(metrics))"), "target_label": "__name__",
        "replacement": "own_$1",
      ],
      [
        "action": "labelmap", "regex": .text("(\(labels.joined(separator: "|")))"),
        "replacement": "own_$1",
      ],
      ["action": "labeldrop", "regex": .text(labels.joined(separator: "|"))],
    ]
  }

  fileprivate static func isLabel(_ name: String) -> Bool {
    labels.contains(name) || name.hasPrefix("__")
  }
}

extension String {
  /// The name of a label, of a series or of the configuration, in Prometheus.
  var asLabel: String {
    let name = asName
    if ["job", "instance"].contains(name) { return "exported_" + name }
    return OwnNames.isLabel(name) ? "own_" + name : name
  }

  /// The name of a metric of Prometheus text in Prometheus.
  var asMetric: String { self == "up" || hasPrefix("scrape_") ? "own_" + self : self }
}
