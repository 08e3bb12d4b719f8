internal import Text

/// The series of one selector that has several, in one snapshot.
package struct Instances: Sendable {
  /// One series.
  package struct Entry: Hashable, Sendable {
    /// Empty for a series without a name.
    package var name: String
    /// `.absent` if the element is there, but not its value.
    package var found: Extraction.Found
    /// What else is known of it; `nil` at a dotted path.
    package var details: SeriesDetails?
    /// Where it comes from; `nil` at a dotted path.
    package var origin: SeriesOrigin?

    package init(
      name: String, found: Extraction.Found, details: SeriesDetails? = nil,
      origin: SeriesOrigin? = nil
    ) {
      self.name = name
      self.found = found
      self.details = details
      self.origin = origin
    }
  }

  /// What was found if there are more, in words.
  package static let tooMany = "more than 1,000 instances"
  /// How many instances are evaluated, and how many unreadable parents.
  package static let limit = 1_000

  /// Sorted by the bytes of the names, which are unique; the first ones if there are too many.
  package private(set) var entries: [Entry] = []
  /// Where no instances can be seen: the parent of a `*` is absent, `null` or a scalar.
  ///
  /// Each is the name that the preceding stars matched, `""` if there are none. An empty object or
  /// array is a readable parent.
  package private(set) var unreadable: [String] = []
  /// Whether there are more than `limit`; the others are not kept.
  package private(set) var isOverLimit = false
  /// Whether some elements could not be seen or named: what is absent may be among them.
  package var isPartial = false
  /// Why the series could not be determined; the others are empty then.
  package private(set) var fault: String?
  /// The name of the last one that is kept, once others were dropped.
  private var last: String?

  package init(fault: String? = nil) {
    self.fault = fault
  }

  package mutating func add(_ entry: Entry) {
    if isBeyondLimit(entry.name) { return }
    entries.append(entry)
    if entries.count == 2 * Self.limit { settle() }
  }

  /// Whether a series of this name would not be kept, since there are enough before it.
  package func isBeyondLimit(_ name: String) -> Bool {
    last.map { !name.utf8.lexicographicallyPrecedes($0.utf8) } ?? false
  }

  mutating func put(_ found: Extraction.Found, at entry: Int) { entries[entry].found = found }

  /// Nothing that was found is certain.
  mutating func doubt() {
    for index in entries.indices { entries[index].found = .odd(.duplicateKey) }
  }

  package mutating func addUnreadable(_ name: String) {
    guard unreadable.count < Self.limit else { return isOverLimit = true }
    unreadable.append(name)
  }

  /// Keeps only the first instances.
  package mutating func keep(_ count: Int) {
    guard entries.count > count else { return }
    entries.removeSubrange(count...)
    isOverLimit = true
    last = entries.last?.name
  }

  /// Sorts the names by their bytes, makes them unique, and keeps the first ones.
  ///
  /// Keys that differ in bytes may be equal as Unicode text, such as `é` in its two forms: all but
  /// the first get a hash of their bytes appended.
  package mutating func settle() {
    entries.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for index in entries.indices.dropFirst().reversed()
    where entries[index].name.utf8.elementsEqual(entries[index - 1].name.utf8) {
      let isKey = entries[index].details == nil
      // Elements without a name are one instance.
      if entries[index].found != .odd(.unnamed) || entries[index - 1].found != .odd(.unnamed) {
        entries[index - 1].found = .odd(isKey ? .duplicateKey : .ambiguousName)
      }
      entries.remove(at: index)
    }
    var names: Set<String> = []
    for index in entries.indices where !names.insert(entries[index].name).inserted {
      var digest = FNV1a()
      digest.combine(entries[index].name)
      entries[index].name += "…" + digest.hex
    }
    keep(Self.limit)
    unreadable.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

/// What an alert keeps of its series besides the value.
///
/// A class, since most series have none of it.
package final class SeriesDetails: Hashable, Sendable {
  /// The labels that its alert gets.
  package let labels: [String: String]
  /// A text for messages.
  package let text: String?

  package init(labels: [String: String] = [:], text: String? = nil) {
    self.labels = labels
    self.text = text
  }

  package static func == (one: SeriesDetails, other: SeriesDetails) -> Bool {
    one === other || one.labels == other.labels && one.text == other.text
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(labels)
    hasher.combine(text)
  }
}

/// What a series was made from.
package final class SeriesOrigin: Hashable, Sendable {
  /// The name that the keys and indices on the way to it give it, if it has another one.
  package let keyName: String?
  /// The series that an aggregate over growth combines.
  package let members: [Member]

  package struct Member: Hashable, Sendable {
    /// Unique within the aggregate.
    package var name: String
    package var found: Extraction.Found

    package init(name: String, found: Extraction.Found) {
      self.name = name
      self.found = found
    }
  }

  package init(keyName: String? = nil, members: [Member] = []) {
    self.keyName = keyName
    self.members = members
  }

  package static func == (one: SeriesOrigin, other: SeriesOrigin) -> Bool {
    one === other || one.keyName == other.keyName && one.members == other.members
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(keyName) }
}
