internal import JSON

/// The names of the samples that are wanted of a document, compiled for looking them up by bytes.
package struct MetricNames: Sendable {
  struct Entry {
    let name: [UInt8]
    let hash: UInt64
    /// The place of the name itself among the wanted ones; `nil` if it is only their family's.
    var index: Int?
    /// The wanted names that are this one with a suffix.
    var derived: [(index: Int, suffix: String)] = []
  }

  private(set) var count = 0
  private(set) var entries: [Entry] = []
  /// Open addressing: the position of an entry, or -1.
  private var slots: [Int]

  package init(_ names: some Sequence<String>) {
    slots = Array(repeating: -1, count: 8)
    for name in names {
      let place = insert(Array(name.utf8))
      guard entries[place].index == nil else { continue }
      entries[place].index = count
      for suffix in FamilyType.suffixes where name.utf8.count > suffix.utf8.count {
        guard name.utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) else { continue }
        let family = insert(Array(name.utf8.dropLast(suffix.utf8.count)))
        entries[family].derived.append((count, suffix))
      }
      count += 1
    }
  }

  /// The position of the entry of a name, if it or one with a suffix is wanted.
  @inline(__always)
  func entry(of name: UnsafeBufferPointer<UInt8>) -> Int? {
    let place = slots[slot(of: name, hash: JSONKey.hash(name))]
    return place < 0 ? nil : place
  }

  @inline(__always)
  func index(of name: UnsafeBufferPointer<UInt8>) -> Int? {
    entry(of: name).flatMap { entries[$0].index }
  }

  func index(of name: String) -> Int? {
    var name = name
    return name.withUTF8 { index(of: $0) }
  }

  /// The slot that has this name, or the free one where it belongs.
  @inline(__always)
  private func slot(of name: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let entry = entries[slots[slot]]
      if entry.hash == hash, entry.name.elementsEqual(name) { break }
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  /// The place of the entry of a name, which is made if there is none.
  private mutating func insert(_ name: [UInt8]) -> Int {
    name.withUnsafeBufferPointer { name in
      let hash = JSONKey.hash(name)
      let slot = self.slot(of: name, hash: hash)
      guard slots[slot] < 0 else { return slots[slot] }
      slots[slot] = entries.count
      entries.append(Entry(name: Array(name), hash: hash))
      if entries.count * 4 > slots.count { grow() }
      return entries.count - 1
    }
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 2)
    for (place, entry) in entries.enumerated() {
      let slot = entry.name.withUnsafeBufferPointer { self.slot(of: $0, hash: entry.hash) }
      slots[slot] = place
    }
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
