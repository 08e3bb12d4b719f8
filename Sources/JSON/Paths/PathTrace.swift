internal import Text

/// How far a path leads into a document, and what is there.
///
/// Made only for the few paths without a value: it reads the document once more, without a tree.
package struct PathTrace: Hashable, Sendable {
  package enum Place: Hashable, Sendable {
    /// The first keys, in the order of the document, and the number of the others.
    case object(keys: [String], others: Int)
    case array(count: Int)
    case null
    /// `a number`, `a string`, `a bool`.
    case scalar(String)
  }

  /// The part of the path that exists: `queues.0`; empty for the document itself.
  package private(set) var reached = ""
  package private(set) var place = Place.null
  /// Whether the whole path exists.
  package private(set) var isComplete = false
  /// `did you mean depth?`, if a key there is close to the one that is missing; the last index, if
  /// the array is shorter than that.
  package private(set) var advice: String?

  /// The most keys that are kept to be shown; for a suggestion, more are compared.
  static let mostKeys = 6
  private static let mostCompared = 1_000

  /// Follows a path; `nil` if there is a value, or if a `*` leaves open where the path ends.
  ///
  /// - Parameters:
  ///   - path: the path.
  ///   - instance: the keys that its stars match, as in `InstanceName`; `nil` for a path without
  ///     `*`, or if the stars found nothing.
  ///   - bytes: a valid document, which may be odd.
  package init?(_ path: MetricPath, instance: String?, in bytes: [UInt8]) {
    guard let steps = Self.steps(path, instance: instance) else { return nil }
    var isOpen = false
    let isRead: Void? = try? bytes.withUnsafeBufferPointer { bytes throws(JSONFailure) in
      try JSONCursor.read(bytes, .lenient) { cursor throws(ScanFailure) in
        isOpen = try !follow(steps[...], from: &cursor)
      }
    }
    guard isRead != nil, !isOpen else { return nil }
    if isComplete, case .scalar = place { return nil }
  }

  /// The path with its stars replaced; `nil` if the instance's name was cut.
  private static func steps(_ path: MetricPath, instance: String?) -> [MetricPath.Segment]? {
    guard let instance, path.hasWildcard else { return path.segments }
    guard !instance.contains("…"), !instance.contains("\\") else { return nil }
    var keys = instance.parts(at: "/")[...]
    return path.segments.map { segment in
      guard segment == .wildcard, let key = keys.popFirst() else { return segment }
      return .key(key, index: Int(key))
    }
  }

  /// Follows the steps from the value at the cursor, and moves over it.
  ///
  /// - Returns: `false` if a `*` leaves open where the path ends.
  private mutating func follow(
    _ steps: ArraySlice<MetricPath.Segment>, from cursor: inout JSONCursor
  ) throws(ScanFailure) -> Bool {
    isComplete = steps.isEmpty
    switch try cursor.token() {
    case .null: place = .null
    case .bool: place = .scalar("a bool")
    case .number: place = .scalar("a number")
    case .string: place = .scalar("a string")
    case .array: return try followElements(steps, of: &cursor)
    case .object: return try followMembers(steps, of: &cursor)
    }
    return true
  }

  private mutating func followElements(
    _ steps: ArraySlice<MetricPath.Segment>, of cursor: inout JSONCursor
  ) throws(ScanFailure) -> Bool {
    var next: Int?
    if case .key(_, let index)? = steps.first { next = index }
    var trace: PathTrace?
    var isClear = true
    var count = 0
    try cursor.elements { cursor, index throws(ScanFailure) in
      count += 1
      guard index == next else { return try cursor.skip() }
      var child = self
      child.reach("\(index)")
      isClear = try child.follow(steps.dropFirst(), from: &cursor)
      trace = child
    }
    if let trace {
      self = trace
      return isClear
    }
    place = .array(count: count)
    if next != nil, count > 0 { advice = "its last index is \(count - 1)" }
    return steps.first != .wildcard || count == 0
  }

  private mutating func followMembers(
    _ steps: ArraySlice<MetricPath.Segment>, of cursor: inout JSONCursor
  ) throws(ScanFailure) -> Bool {
    var next: String?
    if case .key(let key, _)? = steps.first { next = key }
    var trace: PathTrace?
    var isClear = true
    var keys: [String] = []
    var count = 0
    try cursor.members { cursor, key throws(ScanFailure) in
      let name = key.string.text(in: cursor.bytes)
      count += 1
      if keys.count < Self.mostCompared, name.utf8.count <= 100 { keys.append(name) }
      guard let next, name.utf8.elementsEqual(next.utf8) else { return try cursor.skip() }
      var child = self
      child.reach(name)
      isClear = try child.follow(steps.dropFirst(), from: &cursor)
      trace = child
    }
    if let trace {
      self = trace
      return isClear
    }
    let shown = Array(keys.prefix(Self.mostKeys))
    place = .object(keys: shown, others: count - shown.count)
    advice = next.flatMap { didYouMean($0, among: keys) }
    return steps.first != .wildcard || count == 0
  }

  private mutating func reach(_ key: String) {
    reached += (reached.isEmpty ? "" : ".") + key
  }
}
