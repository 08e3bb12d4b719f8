internal import JSON
internal import Prometheus
internal import Text

/// The rule that a shape makes of a field, as a configuration has it.
struct ProposalDraft {
  /// The fields of a snapshot by their object and their own names.
  typealias Places = [[SnapshotField.Step]: [String: SnapshotField]]

  let shape: Shape
  let field: SnapshotField
  let places: Places
  private(set) var rule: [JSONText.Member] = []
  /// Of several rules with a claim in common, only the first is proposed.
  var claims: [String] = []
  /// The claim of several fields that may say the same; one that is certainly bad needs none.
  var groupClaim: String?
  /// Whether others of the group add nothing: `status` and `health` may say the same, `db_status` and
  /// `cache_status` do not.
  var speaksForGroup: Bool { !field.ownName.contains("_") }
  private(set) var measure: MeasureKind
  var comparison = Comparison.eq
  /// The condition of a query, or the matchers of a selector.
  var filter: String?
  /// Whether the elements of the last list are counted.
  var counts: Bool

  /// `nil` if the field does not have the shape.
  init?(_ shape: Shape, of field: SnapshotField, among places: Places) {
    guard shape.pattern.matches(field.name) else { return nil }
    (self.shape, self.field, self.places) = (shape, field, places)
    (measure, counts) = (shape.kind.measure, shape.kind == .list)
    let isZero = shape.kind == .number && shape.limit == [">", "0"]
    if field.hasGrown == true, isZero { measure = .increase }
    if field.hasGrown == false, measure == .increase { measure = .value }
    if field.hasGrown == false, measure == .ratio { return nil }
    if let condition = shape.options["where"] {
      guard let filter = filled(condition) else { return nil }
      self.filter = filter
    }
    guard let threshold = threshold(), field.labels.map({ addMetric($0) }) ?? addPath()
    else { return nil }
    let option = shape.options
    if measure != .value { add(.measure, .string(measure.rawValue)) }
    if measure.needsWindow { add(.windowMinutes, .integer(30)) }
    if measure == .quantile { add(.quantile, .number(0.95)) }
    if shape.kind == .amount { add(.parse, .string(shape.argument)) }
    if option["scale"] != nil { add(.scale, .integer(-1)) }
    add(.comparison, .string(comparison.rawValue))
    add(.threshold, threshold)
    if comparison.isOrdering { add(.recoveryMinutes, .integer(5)) }
    add(.durationMinutes, .number(option["for"].flatMap { Double($0) } ?? 5))
    let isGuarded = places[[.key("request_metrics"), .key("requests")]]?["total"] != nil
    if [.ratio, .quantile].contains(measure) || isGuarded && field.steps[0].key == "request_metrics"
    {
      add(.minRequestCount, .integer(20))
    }
    if option["warn"] != nil { add(.breachStatus, "warn") }
    if let unit = option["unit"] { add(.unit, .string(unit)) }
    let text = shape.summary.replacing("{}", with: name.replacing("_", with: " "))
    add(.summary, .string(text.prefix(1).uppercased() + text.dropFirst()))
  }

  /// The last two keys: letters and digits only, whatever the keys are.
  var name: String {
    guard shape.condition.isEmpty else { return SnapshotField.words(of: shape.condition) }
    return field.name.split(separator: ".").suffix(2).map { $0.prefix(60) }.joined(separator: "_")
  }

  /// Whether the limit is the number of elements that there are now, which only a snapshot can tell.
  var isCountOfNow: Bool { shape.kind == .list && shape.limit.last == "now" }

  mutating func take(_ threshold: Double) {
    for index in rule.indices where rule[index].0 == RuleKey.threshold.key.name {
      rule[index].1 = .number(threshold)
    }
  }

  mutating func add(_ key: RuleKey, _ text: JSONText) { rule.append((key.key.name, text)) }

  /// The number of the limit, which may depend on the value now; `nil` if there is no number.
  private var number: Double? {
    var now = shape.kind == .list ? Double(field.values.count) : field.numbers?.max()
    if shape.kind == .amount, let parse = ValueParse(rawValue: shape.argument) {
      now = field.texts?.compactMap { parse.value(of: $0) }.max()
    }
    if shape.kind == .age { now = now ?? 0 }
    switch shape.limit.last {
    case "now": return now.flatMap { $0 > 0 ? $0 : nil }
    case "twice": return now.flatMap { $0 > 0 ? ($0 * 2).roughly : nil }
    default: return now.flatMap { _ in shape.limit.last.flatMap { Double($0) } }
    }
  }

  /// The threshold; `nil` if the values are not what the shape is about.
  private mutating func threshold() -> JSONText? {
    let limit = shape.limit
    switch shape.kind {
    case .text:
      let words = limit.map { $0.replacing("?", with: "").split(separator: " ").map(String.init) }
      guard let texts = field.texts,
        texts.allSatisfy({ words.joined().contains($0.lowercased()) })
      else { return nil }
      let isUpper = texts[0] == texts[0].uppercased()
      var good = Set(texts.filter { !words[2].contains($0.lowercased()) })
      let known = limit.prefix(2).joined(separator: " ").split(separator: " ")
      // Which of the good words it will be is not known while none of them is there.
      let always =
        good.isEmpty ? words[0] + words[1] : known.filter { !$0.hasSuffix("?") }.map(String.init)
      for word in always where !good.contains(where: { $0.lowercased() == word }) {
        good.insert(isUpper ? word.uppercased() : word)
      }
      let list = good.sorted()
      if isUnnamed { return count(where: list.map { "!='\($0)'" }) }
      comparison = list.count == 1 ? .ne : .notIn
      return list.count == 1 ? .string(list[0]) : .array(list.map { .string($0) })
    case .flag:
      let isBool = field.values.allSatisfy { if case .bool = $0 { true } else { false } }
      let isBit = field.numbers?.allSatisfy { $0 == 0 || $0 == 1 } == true
      let isOne = field.elements.isEmpty && field.labels == nil
      guard !field.values.isEmpty, isBool || isBit && !isOne else { return nil }
      if isUnnamed {
        return count(where: ["==" + (isBool ? limit[0] : limit[0] == "true" ? "1" : "0")])
      }
      return isBool ? .bool(limit[0] == "true") : .integer(limit[0] == "true" ? 1 : 0)
    case .condition:
      filter = "@.type=='\(shape.condition)'"
      comparison = limit[0] == "=" ? .eq : .ne
      let types = places[field.object]?["type"]?.texts ?? []
      return types.contains(shape.condition) ? .string(limit[1]) : nil
    case .number, .increase, .age, .quantile, .amount, .quotient, .ratio, .part, .codes, .list:
      comparison = limit[0] == "<" ? .lt : .gt
      return number.map { .number($0) }
    }
  }

  /// Counts the elements that are bad, since nothing names them.
  private mutating func count(where conditions: [String]) -> JSONText? {
    guard let key = field.steps.last?.key else { return nil }
    filter = conditions.map { "@\(key.asQuerySegment)\($0)" }.joined(separator: " && ")
    (comparison, counts) = (.gt, true)
    return .integer(0)
  }

  /// A condition with the document's own keys for words in braces; `nil` if it lacks one of them.
  private func filled(_ condition: String) -> String? {
    guard field.labels == nil else {
      return condition.hasPrefix("@") ? nil : condition.replacing(",", with: "|")
    }
    guard condition.hasPrefix("@"), field.object.last?.names != nil else { return nil }
    var text = condition.replacing("&&", with: " && ")
    for match in condition.matches(of: /\.\{(\w+)\}/) {
      let sibling = places[field.object]?[String(match.output.1)]
      guard let key = sibling?.steps.last?.key else { return nil }
      text = text.replacing(match.output.0, with: key.asQuerySegment)
    }
    return text
  }
}

extension Double {
  /// A positive number with three significant digits.
  fileprivate var roughly: Double {
    var scale = 1.0
    while self * scale < 100, scale < 1e300 { scale *= 10 }
    while self * scale >= 1_000, scale > 1e-300 { scale /= 10 }
    return (self * scale).rounded() / scale
  }
}
