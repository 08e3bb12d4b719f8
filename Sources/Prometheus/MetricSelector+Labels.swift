extension MetricSelector {
  /// Whether it selects only series with one value of this label.
  package func fixes(_ label: String) -> Bool {
    matchers.contains { $0.label == label && $0.fixedValue != nil }
  }

  /// Whether it gives each label one value, so that it names one series.
  package var isExact: Bool { matchers.allSatisfy { $0.fixedValue != nil } }

  /// The labels to which it gives one value.
  package var fixedLabels: [String: String] {
    Dictionary(
      matchers.compactMap { matcher in matcher.fixedValue.map { (matcher.label, $0) } }
    ) { one, _ in one }
  }

  /// The series that it names, as it is written in the text format.
  package var seriesText: String {
    let labels = matchers.compactMap { matcher in
      matcher.fixedValue.map { matcher.label.asLabel($0) }
    }
    return name + (labels.isEmpty ? "" : "{\(labels.sorted().joined(separator: ","))}")
  }
}

extension MetricSelector.Matcher {
  fileprivate var fixedValue: String? {
    guard case .equals(let value) = comparison, !isNegated else { return nil }
    return value
  }
}

extension String {
  /// The label of this name with a value, as it is written in the text format: `code="500"`.
  package func asLabel(_ value: String) -> String {
    var escaped = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": escaped += #"\\"#
      case "\"": escaped += #"\""#
      case "\n": escaped += #"\n"#
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return "\(self)=\"\(escaped)\""
  }
}
