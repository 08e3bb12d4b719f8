internal import AlertEngine
internal import Text

/// The variants of one request in words, for the table and the page.
struct VariantWording {
  let variants: [VariantRecord]
  /// How long the recording is.
  let span: Duration
  /// The placeholder for an empty cell.
  let none: String

  /// The keys that vary, in the order of the request.
  var keys: [String] {
    let widest = variants.max { $0.changes.count < $1.changes.count }
    return widest?.changes.map(\.key) ?? []
  }

  /// Whether the tightest variant has alerts to which the others can be compared.
  var isCompared: Bool {
    variants.contains { !$0.lag.isTightest && $0.lag.followed + $0.lag.missed > 0 }
  }

  /// Whether any fired before the tightest one did, as the configured one may.
  var hasEarlier: Bool { variants.contains { $0.lag.mean.map { $0 < .zero } ?? false } }

  static let weekTitle = "per week"
  static let longestTitle = "max"

  /// The titles of the results.
  var titles: [String] {
    ["alerts", Self.weekTitle, "firing"]
      + (isCompared ? ["later", Self.longestTitle, "missed"] : [])
  }

  /// The results of a variant, one for each title.
  func results(_ variant: VariantRecord) -> [String] {
    ["\(variant.pages)", perWeek(variant), firing(variant)] + (isCompared ? lag(variant) : [])
  }

  /// The meaning of the titles, if variants are compared.
  var legend: String {
    "first: the tightest variant; later: how long after it the same alert fires, on average"
      + (hasEarlier ? " (negative: before it)" : "")
      + "; missed: alerts of the tightest variant that this one does not raise."
  }

  /// What the number of alerts leaves out, if anything.
  var omission: String? {
    variants.contains { $0.untold > 0 } ? "Alerts that ended in maintenance are not counted." : nil
  }

  static func title(of key: String) -> String {
    let words = key.hasSuffix("_minutes") ? String(key.dropLast("_minutes".count)) : key
    return words.replacingBytes("_", with: " ")
  }

  /// A variant's value for a key: minutes as a time, a threshold in the rule's unit, with enough
  /// digits to differ from the others.
  func value(of key: String, in variant: VariantRecord) -> String? {
    variant.changes.first { $0.key == key }.map { change in
      if key.hasSuffix("_minutes") { return Quantity.exact(.minutes(change.value)) }
      let others = variants.flatMap(\.changes).filter { $0.key == key }.map(\.value)
      let nearest = others.filter { $0 != change.value }.min {
        abs($0 - change.value) < abs($1 - change.value)
      }
      let unit = key.hasSuffix("threshold") ? variant.rule.unit : nil
      return Quantity.text(change.value, unit, apartFrom: nearest)
    }
  }

  /// Alerts per week; the placeholder for less than a day, which would be a guess.
  private func perWeek(_ variant: VariantRecord) -> String {
    Self.perWeek(variant.pages, over: span).map(ReplayWording.tenths) ?? none
  }

  /// The rate per week; `nil` for less than a day, which is too short for one.
  static func perWeek(_ count: Int, over span: Duration) -> Double? {
    guard span >= .seconds(86_400) else { return nil }
    return Double(count) * (.seconds(604_800) / span)
  }

  private func firing(_ variant: VariantRecord) -> String {
    variant.firingTime > .zero ? Quantity.text(variant.firingTime) : none
  }

  /// How much later than the tightest variant it fires: on average, at most, and what it misses.
  private func lag(_ variant: VariantRecord) -> [String] {
    let lag = variant.lag
    guard !lag.isTightest else { return ["first", "", ""] }
    let all = lag.followed + lag.missed
    return [
      lag.mean.map(Self.later) ?? none, lag.longest.map(Self.later) ?? none,
      all > 0 ? "\(lag.missed) of \(all)" : none,
    ]
  }

  private static func later(_ delay: Duration) -> String {
    delay < .zero ? "-" + Quantity.text(.zero - delay) : Quantity.text(delay)
  }
}
