/// The alerts of one target by their keys.
///
/// A dictionary with stable indices: when the same alerts are evaluated in the same order again,
/// each is found at its previous index, without hashing.
package struct AlertTable: Sendable {
  struct Entry: Sendable {
    let key: AlertKey
    var alert: Alert
  }

  /// In no particular order.
  private(set) var entries: [Entry] = []
  private var indices: [AlertKey: Int] = [:]
  private var instances = 0
  /// Up to this many alerts are searched one by one.
  private static let few = 16

  package init() {}

  var count: Int { entries.count }
  var isEmpty: Bool { entries.isEmpty }
  /// Whether any alert is about an instance.
  var hasInstances: Bool { instances > 0 }
  package var keys: some Sequence<AlertKey> { entries.lazy.map(\.key) }
  var values: some Sequence<Alert> { entries.lazy.map(\.alert) }

  package subscript(key: AlertKey) -> Alert? {
    get { indices[key].map { entries[$0].alert } }
    set {
      if let newValue {
        if let index = indices[key] {
          entries[index].alert = newValue
        } else {
          indices[key] = entries.count
          if key.instance != nil { instances += 1 }
          entries.append(Entry(key: key, alert: newValue))
        }
      } else {
        removeValue(forKey: key)
      }
    }
  }

  package mutating func reserveCapacity(_ count: Int) {
    entries.reserveCapacity(count)
    indices.reserveCapacity(count)
  }

  /// The index of an alert, which is added if there is no such alert.
  ///
  /// - Parameters:
  ///   - key: the key of the alert.
  ///   - guess: the index that is tried first.
  ///   - makeAlert: makes the alert that is added.
  /// - Returns: its index in `entries`.
  mutating func index(of key: AlertKey, near guess: Int, orAdd makeAlert: () -> Alert) -> Int {
    if guess < entries.count, entries[guess].key == key { return guess }
    let known =
      entries.count > Self.few ? indices[key] : entries.firstIndex { $0.key == key }
    if let known { return known }
    self[key] = makeAlert()
    return entries.count - 1
  }

  /// Changes the alert at an index in place.
  @inline(__always)
  mutating func change<Result>(at index: Int, _ change: (inout Alert) -> Result) -> Result {
    change(&entries[index].alert)
  }

  /// Removes an alert; the indices of others may change.
  @discardableResult
  mutating func removeValue(forKey key: AlertKey) -> Alert? {
    guard let index = indices.removeValue(forKey: key) else { return nil }
    if key.instance != nil { instances -= 1 }
    let entry = entries[index]
    let last = entries.removeLast()
    if index < entries.count {
      entries[index] = last
      indices[last.key] = index
    }
    return entry.alert
  }
}

extension AlertTable: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (AlertKey, Alert)...) {
    for (key, alert) in elements { self[key] = alert }
  }
}

extension AlertTable: Sequence {
  package func makeIterator() -> some IteratorProtocol<(key: AlertKey, value: Alert)> {
    entries.lazy.map { (key: $0.key, value: $0.alert) }.makeIterator()
  }
}

extension AlertTable: Hashable {
  package static func == (one: AlertTable, other: AlertTable) -> Bool {
    one.count == other.count && one.entries.allSatisfy { other[$0.key] == $0.alert }
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(Set(keys)) }
}
