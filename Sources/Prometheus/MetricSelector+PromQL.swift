internal import Text

extension MetricSelector {
  /// The selector as Prometheus 2 reads it.
  ///
  /// - Parameters:
  ///   - name: the name of the series in Prometheus.
  ///   - added: further matchers, already written.
  ///   - label: the name under which Prometheus keeps a label of the target.
  /// - Returns: the selector, with every text in one form of quotes.
  package func promQL(
    named name: String, adding added: [String], renaming label: (String) -> String
  ) -> String {
    var all = name.isMetricName ? [] : ["__name__".asMatcher("=", name)]
    all += matchers.map { matcher in
      let sign = matcher.isNegated ? "!" : "="
      return switch matcher.comparison {
      case .equals(let text): label(matcher.label).asMatcher(matcher.isNegated ? "!=" : "=", text)
      case .matches(let pattern): label(matcher.label).asMatcher(sign + "~", pattern.text)
      }
    }
    all += added
    return (name.isMetricName ? name : "")
      + (all.isEmpty ? "" : "{\(all.joined(separator: ", "))}")
  }

  /// The names of labels that its matchers have.
  package var labelNames: [String] { matchers.map(\.label) }
}

extension String {
  /// The matcher of the label of this name: `code=~"5.."`.
  package func asMatcher(_ comparison: String, _ value: String) -> String {
    "\(self)\(comparison)\(value.asGoString)"
  }

  /// This text as a string of Go, which PromQL and YAML read, too: on one line, of visible characters.
  package var asGoString: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\" + String(scalar)
      case "\n": text += "\\n"
      case _ where scalar.isPrintable: text.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        let count = scalar.value > 0xFFFF ? 8 : 4
        text += scalar.value > 0xFFFF ? "\\U" : "\\u"
        text += String(repeating: "0", count: count - digits.count) + digits
      }
    }
    return "\"\(text)\""
  }

  /// Whether Prometheus 2 accepts it as the name of a metric.
  package var isMetricName: Bool { isName(allowing: ":") }

  /// Whether Prometheus 2 accepts it as the name of a label.
  package var isLabelName: Bool { isName(allowing: "_") }

  private func isName(allowing other: Character) -> Bool {
    guard let first = utf8.first, !(0x30...0x39).contains(first) else { return false }
    return allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == other) }
  }

  /// This text with an underscore for whatever a name of Prometheus cannot have.
  package var asName: String {
    let name = String(
      unicodeScalars.map { scalar in
        let character = Character(scalar)
        return scalar.isASCII && (character.isLetter || character.isNumber) ? character : "_"
      })
    return name.first?.isNumber == true ? "_" + name : name
  }
}
