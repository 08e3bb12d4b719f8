internal import JSON
internal import Text

/// A parsed `--what-if`: `error_rate: threshold=0.02..0.10 step 0.01, duration_minutes=5,10`.
struct WhatIfRequest {
  struct Axis {
    var key: RuleKey
    /// In the order in which they were given, without duplicates; at least one.
    var values: [Double]
  }

  /// As it was given, for mistakes.
  let text: String
  let rule: Rule
  /// In the order in which they were given; at least one.
  let axes: [Axis]

  /// How many combinations of values there are; at most `Int.max`.
  var count: Int {
    axes.reduce(1) { product, axis in
      let (next, isOver) = product.multipliedReportingOverflow(by: axis.values.count)
      return isOver ? .max : next
    }
  }

  /// Parses a request.
  init(_ text: String, among rules: [Rule]) throws(WhatIfMistake) {
    func refuse(_ reason: String) -> WhatIfMistake { WhatIfMistake(request: text, reason: reason) }
    guard let colon = text.firstIndex(of: ":") else {
      throw refuse("expected RULE: KEY=VALUES, as in error_rate: threshold=0.02..0.10 step 0.01")
    }
    self.text = text
    let name = text[..<colon].trimmed
    rule = try Self.rule(String(name), among: rules, refuse)
    var axes: [Axis] = []
    for part in text[text.index(after: colon)...].split(
      separator: ",", omittingEmptySubsequences: false)
    {
      var values = part.trimmed
      if let sign = part.firstIndex(of: "=") {
        let key = try Self.key(String(part[..<sign].trimmed), refuse)
        guard !axes.contains(where: { $0.key == key }) else {
          throw refuse("\(key.key.name) is given twice")
        }
        axes.append(Axis(key: key, values: []))
        values = part[part.index(after: sign)...].trimmed
      }
      guard let last = axes.indices.last else {
        throw refuse(
          "expected KEY=VALUES after the rule's name, "
            + (values.isEmpty
              ? "found nothing (is the whole request in quotes?)"
              : "found \(String(values).quoted)"))
      }
      let place = axes[last].key.key.name
      for value in try Self.values(values, of: place, refuse)
      where !axes[last].values.contains(value) {
        axes[last].values.append(value)
      }
    }
    self.axes = axes
  }

  private static func rule(
    _ name: String, among rules: [Rule], _ refuse: (String) -> WhatIfMistake
  ) throws(WhatIfMistake) -> Rule {
    if let rule = rules.first(where: { $0.name == name }) { return rule }
    guard name != EndpointSettings.ruleName else {
      throw refuse("endpoint_down is built in and cannot be varied; only rules can")
    }
    let names = rules.map(\.name)
    let hint =
      didYouMean(name, among: names, isQuoted: true)
      ?? "the rules are \(listed(names, most: 10))"
    throw refuse("there is no rule \(name.quoted); \(hint)")
  }

  private static func key(
    _ name: String, _ refuse: (String) -> WhatIfMistake
  ) throws(WhatIfMistake) -> RuleKey {
    let variable = RuleKey.allCases.filter(\.key.kind.isNumeric)
    if let key = variable.first(where: { $0.key.name == name }) { return key }
    let names = variable.map(\.key.name)
    guard !RuleKey.allCases.contains(where: { $0.key.name == name }) else {
      throw refuse("\(name) cannot be varied; only numbers can: \(names.joined(separator: ", "))")
    }
    let hint =
      didYouMean(name, among: names, isQuoted: true)
      ?? "only these can be varied: \(names.joined(separator: ", "))"
    throw refuse("unknown key \(name.quoted); \(hint)")
  }

  /// The numbers of `0.05` or of `0.02..0.10 step 0.01`.
  private static func values(
    _ text: Substring, of key: String, _ refuse: (String) -> WhatIfMistake
  ) throws(WhatIfMistake) -> [Double] {
    func number(_ text: Substring) throws(WhatIfMistake) -> DecimalNumber {
      guard let number = DecimalNumber(text) else {
        throw refuse(
          "\(key): expected a number such as 0.04, with at most 15 digits, found "
            + (text.isEmpty ? "nothing" : String(text).quoted))
      }
      return number
    }
    let words = text.split(separator: " ").map { String($0) }
    let hasStep = words.dropLast().last == "step"
    let range = hasStep ? words.dropLast(2).joined() : words.joined(separator: " ")
    guard let dots = range.utf8.firstRange(of: "..".utf8) else {
      guard !words.contains("step") else {
        throw refuse("\(key): a step needs a range: FROM..TO step STEP")
      }
      return [try number(text).value]
    }
    let first = try number(range[..<dots.lowerBound].trimmed)
    let last = try number(range[dots.upperBound...].trimmed)
    guard hasStep else {
      throw refuse(
        "\(key): the range \(range.quoted) needs a step: \(range) step STEP")
    }
    let step = try number(words[words.count - 1][...])
    guard step.digits > 0 else {
      throw refuse("\(key): expected a step above 0, found \(step.value.plain)")
    }
    guard let steps = DecimalNumber.Steps(from: first, to: last, by: step) else {
      throw refuse("\(key): the step is too small for this range")
    }
    guard steps.count <= WhatIf.mostVariants else {
      throw refuse(
        "\(key): the range has \(steps.count) values; at most \(WhatIf.mostVariants) variants "
          + "can be evaluated")
    }
    return steps.values
  }
}

extension Key.Kind {
  /// Whether the key takes numbers.
  fileprivate var isNumeric: Bool {
    switch self {
    case .number, .minutes, .integer, .scalar: true
    case .nullable(let kind), .listOr(let kind, list: _): kind.isNumeric
    case .text, .word, .bool, .path, .selector, .metric, .texts, .object, .list, .values, .series:
      false
    }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    let start = drop(while: isBlank)
    return start[..<(start.lastIndex { !isBlank($0) }.map(start.index(after:)) ?? start.startIndex)]
  }
}
