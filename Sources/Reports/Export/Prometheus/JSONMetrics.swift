internal import AlertEngine
internal import JSON
internal import Prometheus

/// The metrics that json_exporter makes of JSON for the exported rules.
struct JSONMetrics {
  /// What a series says of a value.
  enum Form: Hashable {
    /// A number, or a bool as 0 or 1.
    case number
    /// 1, with the text in the label `value`.
    case text
    /// 1 for each element.
    case element
  }

  struct Metric {
    var name: String
    var form: Form
    /// The selector as the rules have it.
    var selector: String
    /// `nil` if json_exporter cannot read it.
    var path: JSONPath.Kubernetes?
    /// The paths of the labels in an element.
    var labels: [(name: String, path: String?)]
    /// The targets of its rules; `nil` for all.
    var targets: Set<String>?
    /// Whether a rule takes it for a time.
    var isTime: Bool
    /// Why json_exporter cannot make it.
    var obstacle: String?

    /// The name of the series: json_exporter adds a word for what it takes from elements.
    var series: String {
      switch form {
      case .number: isOfElements ? name + "_value" : name
      case .text: name + "_text"
      case .element: name + "_count"
      }
    }

    var isOfElements: Bool { form != .number || !labels.isEmpty || path?.elements.isEmpty == false }
  }

  /// In bytes: two keys of a document may differ in their spelling alone.
  private struct Key: Hashable {
    var selector: [UInt8]
    var form: Form
    var labels: [[UInt8]]
  }

  private(set) var all: [Metric] = []
  private var places: [Key: Int] = [:]
  private var names: Set<String> = []

  static let timeObstacle =
    "json_exporter reads a time only if it is seconds since 1970, as a number"

  /// The label for what a `*` matched, where no field names the instances.
  static let keyLabel = "key"

  /// Adds what a rule reads, unless another rule reads it already.
  ///
  /// - Parameters:
  ///   - query: what the rule reads.
  ///   - text: the same as the configuration has it.
  ///   - instanceBy: the paths that name an instance.
  ///   - form: what its series say.
  ///   - isCombined: whether an instance is several elements together.
  ///   - isTime: whether the rule takes it for a time.
  ///   - targets: the targets of the rule; `nil` for all.
  /// - Returns: the metric.
  mutating func add(
    _ query: JSONPath, _ text: String, by instanceBy: [MetricPath], _ form: Form,
    isCombined: Bool, isTime: Bool, targets: [String]?
  ) -> Metric {
    let key = Key(
      selector: Array(text.utf8), form: form, labels: instanceBy.map { Array($0.text.utf8) })
    if let place = places[key] {
      if isTime { all[place].isTime = true }
      if let targets { all[place].targets?.formUnion(targets) } else { all[place].targets = nil }
      return all[place]
    }
    let labels = zip(instanceBy.labelNames, instanceBy).map { name, path in
      (name: name.asLabel, path: JSONPath(path).kubernetes?.value)
    }
    var metric = Metric(
      name: unusedName(query), form: form, selector: text, path: query.kubernetes,
      labels: labels, targets: targets.map(Set.init), isTime: isTime, obstacle: nil)
    metric.obstacle = obstacle(of: metric, query, isCombined: isCombined)
    places[key] = all.count
    all.append(metric)
    return metric
  }

  private func obstacle(
    of metric: Metric, _ query: JSONPath, isCombined: Bool
  ) -> String? {
    if metric.path == nil || metric.labels.contains(where: { $0.path == nil }) {
      return "json_exporter's paths cannot say it"
    }
    guard !query.isSingular else { return nil }
    if isCombined {
      return "json_exporter cannot combine elements, nor publish several as one series"
    }
    guard metric.labels.isEmpty else { return nil }
    return "json_exporter needs a field that names its elements (`instance_by`)"
  }

  private mutating func unusedName(_ query: JSONPath) -> String {
    let words = query.words.isEmpty ? ["value"] : query.words
    let name = String(("ops_" + words.joined(separator: "_")).asName.prefix(150))
    var unused = name
    var number = 1
    // A name may also be that of another metric with a word added.
    while !["", "_value", "_text", "_count"].allSatisfy({ !names.contains(unused + $0) }) {
      number += 1
      unused = "\(name)_\(number)"
    }
    names.formUnion(["", "_value", "_text", "_count"].map { unused + $0 })
    return unused
  }
}
