internal import AlertEngine
internal import JSON
internal import Prometheus

extension RuleExport {
  /// The labels that tell its instances apart; none if they have no names or these are not known.
  var instanceLabels: [String] { labels(of: measurement.selector) }

  /// The value of one of its labels as a template: a label of the series has its own value.
  func template(_ label: (name: String, value: String)) -> String {
    let value = label.value.asTemplate
    guard mayBeOfSeries(label.name) else { return value }
    return "{{ with $labels.\(label.name) }}{{ . }}{{ else }}\(value){{ end }}"
  }

  /// Whether a series of the rule may have a label of this name.
  func mayBeOfSeries(_ label: String) -> Bool {
    if case .metric(let metric) = measurement.selector, measurement.instanceBy.isEmpty,
      measurement.aggregate == nil
    {
      // The name of a label that the export sets is not that of any series.
      return label.asLabel == label && !metric.fixes(label)
    }
    return instanceLabels.contains(label)
  }

  /// The labels that tell the instances of a selector apart.
  func labels(of selector: Selector) -> [String] {
    guard !selector.isSingular else { return [] }
    if case .metric = selector { return measurement.instanceBy.map(\.text.asLabel) }
    if !measurement.instanceBy.isEmpty {
      return measurement.instanceBy.labelNames.map(\.asLabel)
    }
    return measurement.aggregate == nil ? [JSONMetrics.keyLabel] : []
  }

  /// The labels of the target and these, for `by` and `on`.
  func list(_ labels: [String]) -> String {
    (["job", "instance"] + labels).joined(separator: ", ")
  }

  /// How the series of a rule find those of another selector.
  func matching(_ other: Selector) -> String {
    let (own, others) = (labels(of: measurement.selector), labels(of: other))
    if own != others { return " on (\(list(others))) group_left ()" }
    guard case .metric = other, !own.isEmpty, measurement.aggregate == nil else { return "" }
    return " on (\(list(own))) group_left ()"
  }
}
