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
package func extract(
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

  /// What is there, but can mean different things, or nothing.
  package enum Oddity: Hashable, Sendable {
    /// A number beyond the range of a double.
    case tooLarge
    /// A string with half of a surrogate pair.
    case loneSurrogate
    /// A key on the way occurs more than once.
    case duplicateKey
    /// Several elements have the name of the instance.
    case ambiguousName
    /// The element has no name.
    case unnamed
    /// Not a number, as Prometheus writes it; routine for a quantile of a summary without
    /// observations.
    case notANumber(isRoutine: Bool)
    /// The recording does not have it.
    case notRecorded
    /// Something that cannot be used, in words: `a string at items[3].size`.
    case unusable(String)
  }

  private var found: [Found]
  private var instances: [Instances]

  init(found: [Found], instances: [Instances]) {
    self.found = found
    self.instances = instances
  }

  /// Nothing at any path.
  package static let none = Extraction(found: [], instances: [])

  /// What was found at a path without `*`; meaningless for other paths.
  package func found(at pathIndex: Int) -> Found {
    pathIndex < found.count ? found[pathIndex] : .absent
  }

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
  package func instances(at pathIndex: Int) -> Instances {
    pathIndex < instances.count ? instances[pathIndex] : Instances()
  }
}
