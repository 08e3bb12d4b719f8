internal import Text

/// Reads what some paths name out of a snapshot: one pass, no tree.
///
/// The whole document is validated, also where no path leads.
///
/// - Parameters:
///   - plan: the paths.
///   - bytes: the document, UTF-8 without a byte order mark.
/// - Returns: what stands at each path.
/// - Throws: a `JSONFailure` at the first thing that RFC 8259 forbids, a key that stands twice in one
///   object, a number beyond all doubles, or the 129th level.
package func extract(_ plan: PathPlan, from bytes: [UInt8]) throws(JSONFailure) -> Extraction {
  try bytes.withUnsafeBufferPointer { bytes throws(JSONFailure) in
    try extract(plan, from: bytes)
  }
}

/// Reads what some paths name out of bytes that lie elsewhere than in an array.
///
/// - Parameters:
///   - plan: the paths.
///   - bytes: the document, UTF-8 without a byte order mark.
/// - Returns: what stands at each path.
/// - Throws: a `JSONFailure`, as for an array of bytes.
func extract(
  _ plan: PathPlan, from bytes: UnsafeBufferPointer<UInt8>
) throws(JSONFailure) -> Extraction {
  try JSONCursor.read(bytes) { cursor throws(ScanFailure) in
    var extractor = Extractor(plan)
    return try extractor.document(&cursor)
  }
}

/// What stands at the paths of a `PathPlan` in one snapshot.
package struct Extraction: Sendable {
  /// What stands at one concrete place.
  package enum Found: Hashable, Sendable {
    case absent
    case null
    case scalar(Scalar)
    case array
    case object
  }

  private var found: [Found]
  private var instances: [Instances]

  init(found: [Found], instances: [Instances]) {
    self.found = found
    self.instances = instances
  }

  /// What stands at a path without `*`; meaningless for another.
  package func found(at pathIndex: Int) -> Found { found[pathIndex] }

  /// Where one thing that was found is kept.
  struct Place: Hashable, Sendable {
    let path: Int
    /// Which of the path's instances; `nil` for a path without `*`.
    let entry: Int?
  }

  /// Puts something else where a scalar was found.
  mutating func put(_ found: Found, at place: Place) {
    if let entry = place.entry {
      instances[place.path].put(found, at: entry)
    } else {
      self.found[place.path] = found
    }
  }

  /// All places at which the same whole number was found, by the number.
  var placesByNumber: [Int: [Place]] {
    var places: [Int: [Place]] = [:]
    func add(_ found: Found, _ place: Place) {
      guard case .scalar(.number(let number)) = found else { return }
      places[Int(number), default: []].append(place)
    }
    for path in found.indices {
      add(found[path], Place(path: path, entry: nil))
      for (entry, instance) in instances[path].entries.enumerated() {
        add(instance.found, Place(path: path, entry: entry))
      }
    }
    return places
  }

  /// The instances of a path with one or more `*`; none for another.
  package func instances(at pathIndex: Int) -> Instances { instances[pathIndex] }
}

/// The instances of one path with a `*` in one snapshot.
package struct Instances: Sendable {
  /// One concrete match of all the stars of a path.
  package struct Entry: Hashable, Sendable {
    package var name: String
    /// `.absent` where the part of the path behind the last star leads nowhere.
    package var found: Extraction.Found

    init(name: String, found: Extraction.Found) {
      self.name = name
      self.found = found
    }
  }

  /// How many instances a path may have, unreadable parents counted.
  package static let limit = 1_000

  /// Sorted by the bytes of the names, which are unique; empty when there are too many.
  package private(set) var entries: [Entry] = []
  /// Where no instance can be seen: the parent of a `*` is absent, `null` or a scalar.
  ///
  /// Each is the name that the stars so far have matched, `""` where it was none. An object or array
  /// that is empty is a readable parent.
  package private(set) var unreadable: [String] = []
  /// There are more than `limit`; nothing of them is kept.
  package private(set) var isOverLimit = false

  mutating func add(_ entry: Entry) {
    if hasRoom() { entries.append(entry) }
  }

  mutating func put(_ found: Extraction.Found, at entry: Int) { entries[entry].found = found }

  mutating func addUnreadable(_ name: String) {
    if hasRoom() { unreadable.append(name) }
  }

  private mutating func hasRoom() -> Bool {
    guard !isOverLimit else { return false }
    guard entries.count + unreadable.count == Self.limit else { return true }
    refuseAll()
    return false
  }

  /// Keeps nothing of them: there are more than `limit`.
  package mutating func refuseAll() {
    entries = []
    unreadable = []
    isOverLimit = true
  }

  /// Sorts the names by their bytes and makes them unique.
  ///
  /// Keys that differ in bytes may be one text to Unicode, such as `é` in its two spellings: all but
  /// the first get a digest of their bytes behind them.
  mutating func settle() {
    entries.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    var names: Set<String> = []
    for index in entries.indices where !names.insert(entries[index].name).inserted {
      var digest = FNV1a()
      digest.combine(entries[index].name)
      entries[index].name += "…" + digest.hex
    }
    unreadable.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
