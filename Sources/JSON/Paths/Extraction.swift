internal import Text

/// Extracts what paths select from a snapshot, in one pass and without a tree.
///
/// The whole document is validated, including what no path selects. What is valid but odd does not
/// matter unless a path leads to it; there it is found as such.
///
/// - Parameters:
///   - plan: the paths.
///   - bytes: the document, UTF-8 without a byte order mark.
/// - Returns: what was found at each path.
/// - Throws: a `JSONFailure` at the first violation of RFC 8259, or at the 513th level.
package func extract(_ plan: PathPlan, from bytes: [UInt8]) throws(JSONFailure) -> Extraction {
  try bytes.withUnsafeBufferPointer { bytes throws(JSONFailure) in
    try extract(plan, from: bytes)
  }
}

/// Extracts what paths select from bytes that are not in an array.
///
/// - Parameters:
///   - plan: the paths.
///   - bytes: the document, UTF-8 without a byte order mark.
/// - Returns: what was found at each path.
/// - Throws: a `JSONFailure`, as for an array of bytes.
func extract(
  _ plan: PathPlan, from bytes: UnsafeBufferPointer<UInt8>
) throws(JSONFailure) -> Extraction {
  try JSONCursor.read(bytes, .lenient) { cursor throws(ScanFailure) in
    var extractor = Extractor(plan)
    return try extractor.document(&cursor)
  }
}

/// What was found at the paths of a `PathPlan` in one snapshot.
package struct Extraction: Sendable {
  /// What was found at one place.
  package enum Found: Hashable, Sendable {
    case absent
    case null
    case scalar(Scalar)
    case array
    case object
    case odd(Oddity)
  }

  /// What is valid by RFC 8259, but read differently by different programs.
  package enum Oddity: Sendable {
    /// A number beyond the range of a double.
    case tooLarge
    /// A string with half of a surrogate pair.
    case loneSurrogate
    /// A key on the way occurs more than once.
    case duplicateKey
  }

  private var found: [Found]
  private var instances: [Instances]

  init(found: [Found], instances: [Instances]) {
    self.found = found
    self.instances = instances
  }

  /// What was found at a path without `*`; meaningless for other paths.
  package func found(at pathIndex: Int) -> Found { found[pathIndex] }

  /// Where a finding is stored.
  struct Place: Hashable, Sendable {
    let path: Int
    /// Which of the path's instances; `nil` for a path without `*`.
    let entry: Int?
  }

  /// Replaces a scalar that was found.
  mutating func put(_ found: Found, at place: Place) {
    if let entry = place.entry {
      instances[place.path].put(found, at: entry)
    } else {
      self.found[place.path] = found
    }
  }

  /// The places at which each whole number was found, by the number.
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

  /// The instances of a path with one or more `*`; none for other paths.
  package func instances(at pathIndex: Int) -> Instances { instances[pathIndex] }
}

/// The instances of one path with a `*` in one snapshot.
package struct Instances: Sendable {
  /// One match of all the stars of a path.
  package struct Entry: Hashable, Sendable {
    package var name: String
    /// `.absent` if the part of the path after the last star leads nowhere.
    package var found: Extraction.Found

    init(name: String, found: Extraction.Found) {
      self.name = name
      self.found = found
    }
  }

  /// How many instances a path may have, including unreadable parents.
  package static let limit = 1_000

  /// Sorted by the bytes of the names, which are unique; empty if there are too many.
  package private(set) var entries: [Entry] = []
  /// Where no instances can be seen: the parent of a `*` is absent, `null` or a scalar.
  ///
  /// Each is the name that the preceding stars matched, `""` if there are none. An empty object or
  /// array is a readable parent.
  package private(set) var unreadable: [String] = []
  /// Whether there are more than `limit`; then none of them is kept.
  package private(set) var isOverLimit = false

  mutating func add(_ entry: Entry) {
    if hasRoom() { entries.append(entry) }
  }

  mutating func put(_ found: Extraction.Found, at entry: Int) { entries[entry].found = found }

  /// Nothing that was found is certain.
  mutating func doubt() {
    for index in entries.indices { entries[index].found = .odd(.duplicateKey) }
  }

  mutating func addUnreadable(_ name: String) {
    if hasRoom() { unreadable.append(name) }
  }

  private mutating func hasRoom() -> Bool {
    guard !isOverLimit else { return false }
    guard entries.count + unreadable.count == Self.limit else { return true }
    refuseAll()
    return false
  }

  /// Discards all of them: there are more than `limit`.
  package mutating func refuseAll() {
    entries = []
    unreadable = []
    isOverLimit = true
  }

  /// Sorts the names by their bytes and makes them unique.
  ///
  /// Keys that differ in bytes may be equal as Unicode text, such as `é` in its two forms: all but
  /// the first get a hash of their bytes appended.
  mutating func settle() {
    entries.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for index in entries.indices.dropFirst().reversed()
    where entries[index].name.utf8.elementsEqual(entries[index - 1].name.utf8) {
      entries[index - 1].found = .odd(.duplicateKey)
      entries.remove(at: index)
    }
    var names: Set<String> = []
    for index in entries.indices where !names.insert(entries[index].name).inserted {
      var digest = FNV1a()
      digest.combine(entries[index].name)
      entries[index].name += "…" + digest.hex
    }
    unreadable.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
