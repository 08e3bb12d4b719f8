package import JSON
package import Text

/// How the value of a rule is computed from a snapshot: which series, and what of them.
package struct Measurement: Hashable, Sendable {
  package var measure: Measure
  /// The second, shorter window of a `ratio`.
  package var shortWindow: Duration?
  /// Where the series are; for `quantile`, the base name of a histogram.
  package var selector: Selector
  /// The paths of the fields that name an instance, relative to its element.
  ///
  /// For a metric, they are names of labels. Without them, what the selector matched names it.
  package var instanceBy: [MetricPath]
  /// How several series become one: all of them, or those of an instance.
  package var aggregate: Aggregate?
  /// How a text becomes a number; without it, a text is not a number.
  package var parse: ValueParse?
  /// What the value is multiplied by.
  package var scale: Double
  /// The offset of times without one.
  package var timeZone: TimeOffset?
  /// The path of a text for messages, looked up like `instanceBy`.
  package var detail: MetricPath?

  package init(
    _ measure: Measure, of selector: Selector, shortWindow: Duration? = nil,
    instanceBy: [MetricPath] = [],
    aggregate: Aggregate? = nil, parse: ValueParse? = nil, scale: Double = 1,
    timeZone: TimeOffset? = nil, detail: MetricPath? = nil
  ) {
    self.measure = measure
    self.shortWindow = shortWindow
    self.selector = selector
    self.instanceBy = instanceBy
    self.aggregate = aggregate
    self.parse = parse
    self.scale = scale
    self.timeZone = timeZone
    self.detail = detail
  }

  package var kind: MeasureKind {
    switch measure {
    case .value: .value
    case .age: .age
    case .increase: .increase
    case .ratePerMinute: .ratePerMinute
    case .ratio: .ratio
    case .quotient: .quotient
    case .changes: .changes
    case .quantile: .quantile
    }
  }

  package var denominator: Selector? {
    switch measure {
    case .value, .age, .increase, .ratePerMinute, .changes, .quantile: nil
    case .ratio(let denominator, _), .quotient(let denominator): denominator
    }
  }

  /// The window of a windowed measure; `nil` for the others.
  package var window: Duration? {
    switch measure {
    case .value, .age, .quotient: nil
    case .increase(let window), .ratePerMinute(let window), .ratio(_, let window),
      .changes(let window), .quantile(_, let window):
      window
    }
  }

  /// The quantile of a histogram, from 0 to 1.
  package var quantile: Double? {
    if case .quantile(let quantile, _) = measure { quantile } else { nil }
  }

  /// Whether the rule has instances, each with its own alert.
  package var hasInstances: Bool {
    !instanceBy.isEmpty || aggregate == nil && !selector.isSingular
  }

  /// Whether the series are those at a dotted path as they are, which needs no tree.
  var isPlain: Bool {
    guard case .path = selector else { return false }
    return instanceBy.isEmpty && aggregate == nil && parse == nil && detail == nil
  }
}

/// What is computed from a series.
package enum Measure: Hashable, Sendable {
  /// The number, text or bool.
  case value
  /// The time of receipt minus the time in the snapshot, in seconds.
  case age
  /// The growth of a counter over the window.
  case increase(window: Duration)
  /// The growth of a counter divided by the minutes actually spanned.
  case ratePerMinute(window: Duration)
  /// The growth of a counter divided by that of the denominator.
  case ratio(denominator: Selector, window: Duration)
  /// The value divided by that of the denominator at the same moment.
  case quotient(denominator: Selector)
  /// How often the value differed from that of the sample before.
  case changes(window: Duration)
  /// A quantile, from 0 to 1, of what a classic histogram counted in the window.
  case quantile(Double, window: Duration)
}

/// The names of the measures in a configuration.
package enum MeasureKind: String, CaseIterable, Sendable {
  case value
  case age = "age_seconds"
  case increase
  case ratePerMinute = "rate_per_minute"
  case ratio, quotient, changes, quantile
}

/// How the values of several series become one.
package enum Aggregate: String, CaseIterable, Sendable {
  /// The number of series, whatever their values.
  case count
  case sum, min, max, avg
}
