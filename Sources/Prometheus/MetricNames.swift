internal import JSON

/// The names of the samples that are wanted of a document, compiled for finding them by their bytes.
package struct MetricNames: Sendable {
  struct Entry {
    let name: [UInt8]
    /// The place of the name among the wanted ones; `nil` if it is only the family of some.
    var index: Int?
    /// The wanted names that are this one with a suffix.
    var derived: [(index: Int, suffix: String)] = []
  }

  private(set) var count = 0
  private(set) var entries: [Entry] = []
  /// The positions of entries, by the hashes of their names.
  private var places: [UInt64: [Int]] = [:]

  package init(_ names: some Sequence<String>) {
    for name in names {
      let name = Array(name.utf8)
      let place = insert(name[...])
      guard entries[place].index == nil else { continue }
      entries[place].index = count
      for suffix in FamilyType.suffixes where name.count > suffix.utf8.count {
        guard name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) else { continue }
        let family = insert(name.dropLast(suffix.utf8.count))
        entries[family].derived.append((count, suffix))
      }
      count += 1
    }
  }

  /// The place of the entry of a name, which is made if there is none.
  private mutating func insert(_ name: ArraySlice<UInt8>) -> Int {
    name.withUnsafeBufferPointer { name in
      if let place = entry(of: name) { return place }
      places[JSONKey.hash(name), default: []].append(entries.count)
      entries.append(Entry(name: Array(name)))
      return entries.count - 1
    }
  }

  /// The position of the entry of a name, if it or one with a suffix is wanted.
  func entry(of name: UnsafeBufferPointer<UInt8>) -> Int? {
    places[JSONKey.hash(name)]?.first { entries[$0].name.elementsEqual(name) }
  }

  func index(of name: UnsafeBufferPointer<UInt8>) -> Int? {
    entry(of: name).flatMap { entries[$0].index }
  }

  func index(of name: String) -> Int? {
    var name = name
    return name.withUTF8 { index(of: $0) }
  }
}

/// The type of a family: those of the text format, and those that OpenMetrics adds.
enum FamilyType: String, CaseIterable {
  case counter, gauge, histogram, summary, untyped
  case unknown, info, stateset, gaugehistogram

  /// What the names of the family's samples add to its name.
  var suffixes: [String] {
    switch self {
    case .counter: ["_total", "_created"]
    case .histogram: ["_bucket", "_count", "_sum", "_created"]
    case .summary: ["_count", "_sum", "_created"]
    case .info: ["_info"]
    case .gaugehistogram: ["_bucket", "_gcount", "_gsum"]
    case .gauge, .untyped, .unknown, .stateset: []
    }
  }

  static let suffixes = Set(allCases.flatMap(\.suffixes)).sorted()
}
