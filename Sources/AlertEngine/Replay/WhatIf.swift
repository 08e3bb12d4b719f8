internal import JSON
internal import Text

/// The variants of rules that a replay evaluates next to the configuration.
package struct WhatIf: Sendable {
  /// The most variants that one replay evaluates, including the configured ones.
  static let mostVariants = 200

  /// One variant of a rule.
  package struct Variant: Sendable {
    package var rule: Rule
    /// What it changes, in the order of the request; for the configured rule, the current numbers.
    ///
    /// A key without a number in the configuration is left out of these.
    var changes: [VariantRecord.Change]
    /// Whether this is the configured rule.
    var isConfigured: Bool
    /// The index of its request.
    var request: Int
  }

  /// In the order of the requests; within one, in the order of the values, with the first key
  /// changing slowest.
  package let variants: [Variant]
  /// Invalid combinations: a sentence for each request that has some.
  package let notes: [String]

  /// Parses requests such as `error_rate: threshold=0.02..0.10 step 0.01, duration_minutes=5,10`.
  ///
  /// Every combination of the values is a variant, and so is the configured rule. Contradictions,
  /// such as a recovery threshold above the threshold, are left out with a note.
  ///
  /// - Parameters:
  ///   - requests: as they were given.
  ///   - configuration: the configuration with the rules.
  ///   - scalesRecovery: whether a recovery threshold keeps its proportion to the threshold.
  /// - Throws: a sentence that says what is wrong with a request.
  package init(
    _ requests: [String], in configuration: Configuration, scalesRecovery: Bool = false
  ) throws(WhatIfMistake) {
    var read: [WhatIfRequest] = []
    for text in requests { read.append(try WhatIfRequest(text, among: configuration.rules)) }
    let count = read.reduce(0) { sum, request in
      let (next, isOver) = sum.addingReportingOverflow(request.countWithConfigured)
      return isOver ? .max : next
    }
    if count > Self.mostVariants, let last = read.last {
      throw WhatIfMistake(
        request: last.text,
        reason: "these are \(count) variants, including the configured rules; at most "
          + "\(Self.mostVariants) can be evaluated in one replay; use fewer values")
    }
    var variants: [Variant] = []
    var notes: [String] = []
    for (index, request) in read.enumerated() {
      let grid = try Grid(
        request, index: index, under: configuration.evaluation, scalesRecovery)
      variants += grid.variants
      if let note = grid.note { notes.append(note) }
    }
    self.variants = variants
    self.notes = notes
  }
}

/// What is wrong with a `--what-if`.
package struct WhatIfMistake: Error, Hashable, Sendable, CustomStringConvertible {
  /// As it was given.
  var request: String
  /// In lower case and without a full stop.
  var reason: String

  package var description: String { "\(request.quoted): \(reason)" }
}

/// The variants of one request.
private struct Grid {
  private(set) var variants: [WhatIf.Variant] = []
  /// How many were left out, and why.
  private(set) var note: String?

  init(
    _ request: WhatIfRequest, index: Int, under evaluation: EvaluationSettings,
    _ scalesRecovery: Bool
  ) throws(WhatIfMistake) {
    try request.checkValues()
    var impossible: [String] = []
    let rows = request.rows
    for row in rows {
      let changes = row.values.map { VariantRecord.Change(key: $0.key.key.name, value: $0.value) }
      var rule = request.rule
      if !row.isConfigured {
        var mistakes = MistakeList()
        let recovery = scalesRecovery ? rule.recovery(beside: row.values) : nil
        let node = rule.node(
          changing: row.values + (recovery.map { [(.recoveryThreshold, $0)] } ?? []))
        let fields = Fields<RuleKey>(node, at: rule.name, &mistakes)
        guard let varied = Rule(fields, under: evaluation, &mistakes), mistakes.count == 0 else {
          let named = changes.map { "\($0.key) \($0.value.plain)" }.joined(separator: ", ")
          impossible.append("with \(named): " + (mistakes.first ?? rule.name))
          continue
        }
        rule = varied
      }
      variants.append(
        WhatIf.Variant(
          rule: rule, changes: changes, isConfigured: row.isConfigured, request: index))
    }
    guard let first = impossible.first else { return }
    guard variants.contains(where: { !$0.isConfigured }) || request.count > impossible.count
    else { throw WhatIfMistake(request: request.text, reason: first) }
    note =
      "\(impossible.count) of \(request.count) variants of \(request.rule.name) left out "
      + "as invalid: \(first)"
  }
}

extension Rule {
  /// The recovery threshold in the same proportion to another threshold or burn rate.
  fileprivate func recovery(beside values: [(key: RuleKey, value: Double)]) -> Double? {
    let own = burnRate?.rate ?? condition.threshold.number
    guard let own, own != 0, let recovery = condition.recoveryThreshold,
      let value = values.first(where: { [.threshold, .burnRate].contains($0.key) })?.value
    else { return nil }
    let scaled = recovery * value / own
    return scaled.magnitude < 1e6 ? (scaled * 1e9).rounded() / 1e9 : scaled
  }
}

extension WhatIfRequest {
  fileprivate struct Row {
    var values: [(key: RuleKey, value: Double)]
    var isConfigured: Bool
    /// The position of each value on its axis; halves are between two values.
    var places: [Double]
  }

  fileprivate var countWithConfigured: Int {
    isConfiguredAskedFor || count == .max ? count : count + 1
  }

  /// The configured rule's value on each axis.
  private var configured: [Double?] { axes.map { rule.number($0.key) } }

  private var isConfiguredAskedFor: Bool {
    zip(axes, configured).allSatisfy { axis, value in
      value.map { axis.values.contains($0) } ?? false
    }
  }

  /// Every combination, with the first axis changing slowest and the configured rule in its place.
  fileprivate var rows: [Row] {
    let configured = configured
    var rows = [Row(values: [], isConfigured: true, places: [])]
    for (axis, own) in zip(axes, configured) {
      rows = rows.flatMap { row in
        axis.values.enumerated().map { place, value in
          Row(
            values: row.values + [(axis.key, value)],
            isConfigured: row.isConfigured && value == own,
            places: row.places + [Double(place)])
        }
      }
    }
    guard !isConfiguredAskedFor else { return rows }
    let values = zip(axes, configured).compactMap { axis, own in
      own.map { (key: axis.key, value: $0) }
    }
    let places = zip(axes, configured).map { axis, own in own.map(axis.place(of:)) ?? -0.5 }
    let row = Row(values: values, isConfigured: true, places: places)
    let index = rows.firstIndex { places.lexicographicallyPrecedes($0.places) } ?? rows.endIndex
    rows.insert(row, at: index)
    return rows
  }

  /// Checks every value for the kind of its key, as the configuration does.
  fileprivate func checkValues() throws(WhatIfMistake) {
    for axis in axes {
      if axis.key == .threshold, rule.number(.threshold) == nil {
        throw WhatIfMistake(
          request: text,
          reason: "the threshold of \(rule.name) is \(rule.condition.threshold.shown); only "
            + "numbers can be varied")
      }
      for value in axis.values {
        var mistakes = MistakeList()
        let node = JSONNode(value: .number(value), offset: 0)
        _ = FieldValue(node, as: axis.key.key.kind, at: axis.key.key.name, &mistakes)
        if let first = mistakes.first { throw WhatIfMistake(request: text, reason: first) }
      }
    }
  }
}

extension WhatIfRequest.Axis {
  /// The position of a value among these values, or between two of them.
  fileprivate func place(of value: Double) -> Double {
    if let place = values.firstIndex(of: value) { return Double(place) }
    let isDescending = values.count > 1 && values[0] > values[1]
    let next = values.firstIndex { isDescending ? $0 < value : $0 > value }
    return Double(next ?? values.count) - 0.5
  }
}
