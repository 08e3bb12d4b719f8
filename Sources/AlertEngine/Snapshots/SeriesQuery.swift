internal import JSON
internal import Prometheus
internal import Text

/// What a rule reads at one of its selectors, beyond a plain dotted path: which series, their names,
/// and how they are combined.
struct SeriesQuery: Hashable, Sendable {
  let selector: Selector
  let instanceBy: [MetricPath]
  let aggregate: Aggregate?
  let parse: ValueParse?
  let detail: MetricPath?
  /// What becomes of a series before series are combined.
  let use: Use

  enum Use: Hashable, Sendable {
    case value
    /// Times, as seconds since 1970.
    /// With a negative `scale`, they count down: the least time left is that to the earliest.
    case time(TimeOffset?, isCountdown: Bool)
    /// Counters, whose growth is combined later.
    case growth
    /// The buckets of a histogram: the same, by `le`.
    case buckets
  }

  init(_ selector: Selector, of measurement: Measurement) {
    self.selector = selector
    instanceBy = measurement.instanceBy
    aggregate = measurement.aggregate
    parse = measurement.parse
    detail = measurement.detail
    use =
      switch measurement.kind {
      case .value, .quotient: .value
      case .age: .time(measurement.timeZone, isCountdown: measurement.scale < 0)
      case .increase, .ratePerMinute, .ratio, .changes: .growth
      case .quantile: .buckets
      }
  }

  /// Whether the members of an instance are kept, to be combined by their growth.
  var keepsMembers: Bool {
    switch use {
    case .value, .time: false
    case .growth: aggregate != nil
    case .buckets: true
    }
  }
}

/// What a selector of a rule found in a snapshot.
enum SeriesSet: Sendable {
  /// One series without a name.
  case single(Instances.Entry)
  case instances(Instances)

  /// One series with nothing but its value.
  static func single(_ found: Extraction.Found) -> SeriesSet {
    .single(Instances.Entry(name: "", found: found))
  }
}

/// Puts the series of one query together: names them, and combines those that belong together.
struct SeriesCollector {
  /// One series, before it has a name.
  struct Picked {
    var found: Extraction.Found
    /// The name that its keys or labels give it.
    var keyName: String
    /// The same without the indices of lists, if it is needed.
    var memberName = ""
    /// What was found at each path of `instance_by`.
    var names: [Extraction.Found] = []
    var labels: [String: String] = [:]
    var detail: String?
    /// The upper bound of a bucket.
    var bound: String?
  }

  /// The most series that are combined by their growth, whose histories are kept.
  static let mostMembers = 10_000

  private let query: SeriesQuery
  private let labelNames: [String]
  private var instances = Instances()
  /// By the bytes of their names, which may be equal as Unicode text.
  private var groups: [[UInt8]: SeriesGroup] = [:]
  /// The first name that is beyond the limit, once there are too many groups.
  private var end: [UInt8]?
  private var members = 0
  private var hasUnnamed = false
  private var isHidden = false

  init(_ query: SeriesQuery) {
    self.query = query
    labelNames = query.instanceBy.labelNames
  }

  /// Adds a series that was selected.
  ///
  /// - Parameters:
  ///   - picked: the series.
  ///   - place: where it is, for a message.
  mutating func add(_ picked: Picked, at place: @autoclosure () -> String) {
    var (name, labels) = (picked.keyName, picked.labels)
    if !query.instanceBy.isEmpty {
      let texts = picked.names.compactMap(\.nameText)
      guard texts.count == picked.names.count else { return addUnnamed() }
      var joined = InstanceName()
      for text in texts { joined.append(key: text.utf8) }
      name = joined.text
      guard !instances.isBeyondLimit(name) else { return }
      labels = Dictionary(zip(labelNames, texts.map(\.cutAsName))) { one, _ in one }
    }
    guard query.aggregate != nil || query.use == .buckets else {
      let keyName = picked.keyName == name ? nil : picked.keyName
      return instances.add(
        Instances.Entry(
          name: name, found: picked.found.parsed(by: query.parse),
          details: SeriesDetails(labels: labels, text: picked.detail),
          origin: keyName.map { SeriesOrigin(keyName: $0) }))
    }
    let isGrouped = !query.instanceBy.isEmpty || query.aggregate == nil
    add(picked, to: isGrouped ? name : "", isGrouped ? labels : [:], at: place())
  }

  /// Elements without a name are one instance, of which nothing is known.
  private mutating func addUnnamed() {
    guard !hasUnnamed else { return }
    hasUnnamed = true
    instances.isPartial = true
    instances.add(
      Instances.Entry(name: "unnamed", found: .odd(.unnamed), details: SeriesDetails()))
  }

  private mutating func add(
    _ picked: Picked, to name: String, _ labels: [String: String],
    at place: @autoclosure () -> String
  ) {
    let key = Array(name.utf8)
    if let end, !key.lexicographicallyPrecedes(end) { return }
    let new = SeriesGroup(name: name, labels: labels, detail: picked.detail)
    if query.keepsMembers {
      members += 1
      guard !isFull else { return }
      groups[key, default: new].add(picked, query)
    } else {
      groups[key, default: new].take(picked.found, query, at: place())
    }
    if groups.count > 2 * Instances.limit + 1 { dropLastGroups() }
  }

  /// Keeps the groups that are evaluated, and one more, which shows that there are too many.
  private mutating func dropLastGroups() {
    let names = groups.keys.sorted { $0.lexicographicallyPrecedes($1) }
    for name in names[(Instances.limit + 1)...] { groups[name] = nil }
    end = names[Instances.limit + 1]
  }

  /// Adds an element that is there without the value; without a name, it is not one that was there
  /// before.
  ///
  /// A JSONPath query does not select it; at a dotted path, an aggregate misses it.
  mutating func addAbsent(_ picked: Picked) {
    if case .query = query.selector, query.aggregate != nil { return }
    guard query.aggregate != .count, picked.names.allSatisfy({ $0.nameText != nil }) else { return }
    add(picked, at: "")
  }

  /// Notes that elements may be hidden, where something else than an array or an object stands.
  mutating func noteHidden() {
    isHidden = true
    instances.isPartial = true
  }

  /// Whether there are too many series to combine, so that no further one matters.
  var isFull: Bool { members > Self.mostMembers }

  mutating func addUnreadable(_ name: String) { instances.addUnreadable(name) }

  /// Ends the collection.
  ///
  /// - Parameter isReadable: whether there is an array or an object, or the family of a metric, from
  ///   which the series were selected.
  /// - Returns: the series by their names.
  consuming func finish(isReadable: Bool) -> SeriesSet {
    let isCombined = query.aggregate != nil
    if isCombined, query.instanceBy.isEmpty {
      guard !isFull else { return .single(.odd(.unusable(Self.tooMany))) }
      // What cannot be seen cannot be combined.
      guard !isHidden else { return .single(.absent) }
      return .single(
        groups[[]]?.entry(query) ?? .init(name: "", found: nothing(isReadable)))
    }
    guard !isFull else { return .instances(Instances(fault: Self.tooMany)) }
    if !isReadable { instances.addUnreadable("") }
    for group in groups.values {
      var entry = group.entry(query)
      if isHidden { entry.found = .absent }
      instances.add(entry)
    }
    instances.settle()
    return .instances(instances)
  }

  private static let tooMany = "more than 10,000 series to combine"

  /// The value of an aggregate over nothing: a service that never failed has no series of failures.
  private func nothing(_ isReadable: Bool) -> Extraction.Found {
    guard isReadable, query.aggregate == .sum || query.aggregate == .count else { return .absent }
    return switch query.use {
    case .value: .scalar(.number(0))
    case .growth: .array
    case .time, .buckets: .absent
    }
  }
}
