internal import JSON
internal import Text

/// The series that become one.
struct SeriesGroup {
  let name: String
  let labels: [String: String]
  let detail: String?
  private var members: [SeriesOrigin.Member] = []
  private var memberNames: Set<String> = []
  private var count = 0
  private var sum = 0.0
  private var least = Double.infinity
  private var most = -Double.infinity
  /// The first one that cannot be combined.
  private var fault: Extraction.Found?

  init(name: String, labels: [String: String], detail: String?) {
    self.name = name
    self.labels = labels
    self.detail = detail
  }

  /// Adds a series whose growth is combined with that of others.
  mutating func add(_ picked: SeriesCollector.Picked, _ query: SeriesQuery) {
    let bound = picked.bound.map { "\($0) " } ?? ""
    // The index in a list is no lasting name, if there is another.
    var name = bound + picked.memberName
    if !memberNames.insert(name).inserted {
      name = bound + picked.keyName
      memberNames.insert(name)
    }
    members.append(SeriesOrigin.Member(name: name, found: picked.found.parsed(by: query.parse)))
  }

  mutating func take(
    _ found: Extraction.Found, _ query: SeriesQuery, at place: @autoclosure () -> String
  ) {
    count += 1
    guard query.aggregate != .count else { return }
    let value = found.parsed(by: query.parse)
    switch (value.number(for: query.use), value) {
    case (let number?, _):
      sum += number
      least = min(least, number)
      most = max(most, number)
    case (nil, .absent), (nil, .null): fault = fault ?? .null
    case (nil, .odd(.notANumber)):
      if case .odd? = fault { return }
      fault = value
    case (nil, _):
      if case .odd(.unusable)? = fault { return }
      fault = .odd(.unusable("\(value.kindForPeople) at \(printable(place()))"))
    }
  }

  func entry(_ query: SeriesQuery) -> Instances.Entry {
    Instances.Entry(
      name: name, found: value(of: query),
      details: SeriesDetails(labels: labels, text: detail),
      origin: members.isEmpty ? nil : SeriesOrigin(members: members))
  }

  private func value(of query: SeriesQuery) -> Extraction.Found {
    if query.keepsMembers { return .array }
    if let fault { return fault }
    guard case .time(_, let isCountdown) = query.use else {
      return combined(by: query.aggregate, isInverted: false)
    }
    // The oldest time has the greatest age, and the least time left.
    guard
      case .scalar(.number(let seconds)) = combined(
        by: query.aggregate, isInverted: !isCountdown)
    else { return .odd(.unusable("no time")) }
    return .scalar(.string(Instant(milliseconds: Int64((seconds * 1_000).rounded())).rfc3339))
  }

  private func combined(by aggregate: Aggregate?, isInverted: Bool) -> Extraction.Found {
    let number: Double =
      switch aggregate {
      case .count, nil: Double(count)
      case .sum: sum
      case .min: isInverted ? most : least
      case .max: isInverted ? least : most
      case .avg: sum / Double(count)
      }
    return number.isNaN ? .odd(.notANumber(isRoutine: false)) : .scalar(.number(number))
  }
}

extension Extraction.Found {
  /// The name that a field gives; `nil` if it gives none.
  var nameText: String? {
    switch self {
    case .scalar(.string(let text)): text.isEmpty ? nil : text
    case .scalar(.number(let number)): number.plain
    case .scalar(.bool(let bool)): bool ? "true" : "false"
    case .absent, .null, .array, .object, .odd: nil
    }
  }

  /// What a text stands for; anything else is itself.
  func parsed(by parse: ValueParse?) -> Extraction.Found {
    guard let parse, case .scalar(.string(let text)) = self else { return self }
    if parse == .number, text == "NaN" { return .odd(.notANumber(isRoutine: false)) }
    return parse.value(of: text).map { .scalar(.number($0)) }
      ?? .odd(.unusable("the text \(text.quoted)"))
  }

  /// The number that is combined.
  fileprivate func number(for use: SeriesQuery.Use) -> Double? {
    guard case .scalar(let scalar) = self else { return nil }
    guard case .time(let zone, _) = use else {
      guard case .number(let number) = scalar else { return nil }
      return number
    }
    guard case .time(let time) = scalar.time(in: zone) else { return nil }
    return Double(time.milliseconds) / 1_000
  }
}
