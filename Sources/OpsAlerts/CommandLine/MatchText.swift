internal import AlertEngine
internal import Text

/// Alerts as one text, as in a field of a web form: `rule=error_rate target=api label.team=search`.
///
/// Terms are separated by spaces; a value with spaces is in double quotes. A word alone is a rule, or a
/// rule and an instance: `error_rate`, `source_age/SCC_DECISIONS`, which is then the only one.
struct MatchText: Hashable, Sendable {
  private(set) var match = AlertMatch()

  /// The most bytes of such a text.
  private static let limit = 2_000
  private static let keys = ["rule", "instance", "target", "severity", "label.NAME"]

  init(_ text: String) throws(ValueMistake) {
    guard text.utf8.count <= Self.limit, TextForm.line.matches(text) else {
      throw ValueMistake(
        "needs one line of at most \(Self.limit) bytes, without control characters")
    }
    var hasPair = false
    for term in try Self.terms(of: text) { hasPair = try take(term) || hasPair }
    guard !hasPair || (match.rules.count == 1 && match.instances.count == 1) else {
      throw ValueMistake(
        "takes RULE/INSTANCE without other rules and instances, since each rule would be combined "
          + "with each instance")
    }
    guard !match.isEverything else { throw ValueMistake("needs alerts: rule=NAME, for example") }
  }

  /// - Returns: whether it is a rule and an instance in one word.
  private mutating func take(_ term: Term) throws(ValueMistake) -> Bool {
    guard let key = term.key else {
      let name = AlertKey(named: term.value)
      match.rules.append(try pattern(name.rule))
      if let instance = name.instance { match.instances.append(try pattern(instance)) }
      return name.instance != nil
    }
    guard !term.value.isEmpty else { throw ValueMistake("needs a value after \(shown(key + "="))") }
    switch key {
    case "rule": match.rules.append(try pattern(term.value))
    case "instance": match.instances.append(try pattern(term.value))
    case "target": match.targets.append(try pattern(term.value))
    case "severity":
      match.severities.insert(try OptionValue<Severity>.choice().read(term.value))
    case _ where key.hasPrefix("label."):
      let text = "\(key.dropFirst("label.".count))=\(term.value)"
      try match.add(try OptionValue<LabelPattern>.label.read(text))
    default:
      throw ValueMistake(
        "has no key \(shown(key))"
          + (didYouMean(key, among: Self.keys).map { " (\($0))" }
            ?? "; there are \(listing(Self.keys))"))
    }
    return false
  }

  private func pattern(_ text: String) throws(ValueMistake) -> NamePattern {
    guard !text.isEmpty else { throw ValueMistake("needs a name") }
    return try OptionValue<NamePattern>.pattern("NAME").read(text)
  }

  private struct Term {
    /// `nil` for a word alone.
    var key: String?
    var value = ""
  }

  private static func terms(of text: String) throws(ValueMistake) -> [Term] {
    var terms: [Term] = []
    var term: Term?
    var isQuoted = false
    var isEscaped = false
    for scalar in text.unicodeScalars {
      var now = term ?? Term()
      if isEscaped {
        now.value.unicodeScalars.append(scalar)
        isEscaped = false
      } else if isQuoted, scalar == "\\" {
        isEscaped = true
      } else if scalar == "\"" {
        isQuoted.toggle()
      } else if !isQuoted, scalar == " " {
        if let term { terms.append(term) }
        term = nil
        continue
      } else if !isQuoted, scalar == "=", now.key == nil {
        (now.key, now.value) = (now.value, "")
      } else {
        now.value.unicodeScalars.append(scalar)
      }
      term = now
    }
    guard !isQuoted else { throw ValueMistake("has an unclosed quote") }
    return terms + (term.map { [$0] } ?? [])
  }
}

extension AlertMatch {
  /// Adds a label, which has one value.
  mutating func add(_ label: LabelPattern) throws(ValueMistake) {
    if let former = labels.updateValue(label.value, forKey: label.name), former != label.value {
      throw ValueMistake("has label \(label.name) twice, with different values")
    }
  }
}

extension OptionValue<MatchText> {
  static let match = OptionValue(
    placeholder: "TEXT", read: { (text) throws(ValueMistake) in try MatchText(text) },
    write: { "\($0)" })
}
