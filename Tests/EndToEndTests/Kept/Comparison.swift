internal import Foundation

/// How a document may differ from the one that version 846a5cf wrote: in nothing but what is listed.
struct Comparison: Sendable {
  /// The last keys of a path, separated by dots; `*` is any key or any element of an array.
  struct Keys: ExpressibleByStringLiteral, Sendable {
    private let keys: [String]

    init(stringLiteral text: String) {
      keys = text.split(separator: ".").map(String.init)
    }

    func match(_ path: [String]) -> Bool {
      path.count >= keys.count
        && zip(keys, path.suffix(keys.count)).allSatisfy { $0 == "*" || $0 == $1 }
    }
  }

  /// Values for people, which may be worded differently: both documents have one of the same type.
  var wording: [Keys] = []
  /// Values that are a number with its unit, which stays as it is, or a sentence where there is no
  /// number.
  var figures: [Keys] = []
  /// Texts for people whose last line is for this program, and stays as it is.
  var lastLines: [Keys] = []
  /// Times that the clock adds to while a run lasts: equal to the minute.
  var clock: [Keys] = []
  /// Ids of events: that of a firing may be derived from the last save.
  var ids: [Keys] = []
  /// Keys that may be new, for numbers.
  var newNumbers: [Keys] = []
  /// Keys that may be new, for lists.
  var newLists: [Keys] = []
  /// Keys that may be new, for texts.
  var newTexts: [Keys] = []
  /// Objects that stood in the file before the run, which passes them on as they are.
  var carried: Set<JSONValue> = []

  /// A document without most of what is not compared: of a sentence its beginning stays.
  func shortened(_ value: JSONValue, at path: [String] = []) -> JSONValue {
    switch value {
    case .array where contains(wording, path): .array([])
    case .object where contains(wording, path): .object([:])
    case .string(let text) where contains(wording, path):
      .string(String(text.prefix(16)))
    case .string(let text) where contains(lastLines, path): .string("\n" + Self.lastLine(of: text))
    case .array(let elements):
      .array(elements.enumerated().map { shortened($1, at: path + ["\($0)"]) })
    case .object(let members):
      .object(
        Dictionary(
          uniqueKeysWithValues: members.map { ($0, shortened($1, at: path + [$0])) }))
    case .null, .bool, .number, .string: value
    }
  }

  /// What differs beyond that, each with its path.
  func differences(
    of new: JSONValue, from kept: JSONValue, at path: [String] = []
  ) -> [String] {
    let place = path.joined(separator: ".")
    guard new.type == kept.type else {
      return ["\(place): expected \(kept.type) \(short(kept)), found \(new.type) \(short(new))"]
    }
    if carried.contains(kept) { return Comparison().differences(of: new, from: kept, at: path) }
    switch (kept, new) {
    case (.object(let kept), .object(let new)) where !contains(wording, path):
      return kept.keys.sorted().flatMap { key in
        guard let value = new[key], let old = kept[key] else {
          return ["\((path + [key]).joined(separator: ".")): is gone"]
        }
        return differences(of: value, from: old, at: path + [key])
      }
        + new.keys.filter { kept[$0] == nil }.sorted().compactMap { key in
          if contains(newNumbers, path + [key]), case .number? = new[key] { return nil }
          if contains(newLists, path + [key]), case .array? = new[key] { return nil }
          if contains(newTexts, path + [key]), case .string? = new[key] { return nil }
          return "\((path + [key]).joined(separator: ".")): is new"
        }
    case (.array(let kept), .array(let new)) where !contains(wording, path):
      guard kept.count == new.count else {
        return ["\(place): expected \(kept.count) elements, found \(new.count)"]
      }
      return zip(kept, new).enumerated().flatMap { index, pair in
        differences(of: pair.1, from: pair.0, at: path + ["\(index)"])
      }
    default:
      if new == kept || mayDiffer(new, from: kept, at: path) { return [] }
      return ["\(place): expected \(short(kept)), found \(short(new))"]
    }
  }

  private func contains(_ list: [Keys], _ path: [String]) -> Bool {
    list.contains { $0.match(path) }
  }

  private func mayDiffer(_ new: JSONValue, from kept: JSONValue, at path: [String]) -> Bool {
    if contains(wording, path) { return true }
    guard let new = new.text, let kept = kept.text else { return false }
    if contains(ids, path) { return new.wholeMatch(of: /[0-9a-f]{16}/) != nil }
    if contains(clock, path) {
      guard let time = Self.time(new), let other = Self.time(kept) else { return false }
      return abs(time.timeIntervalSince(other)) < 60
    }
    if contains(lastLines, path) { return Self.lastLine(of: new) == Self.lastLine(of: kept) }
    return contains(figures, path) && kept.first?.isNumber == false
  }

  private static func lastLine(of text: String) -> String {
    text.split(separator: "\n").last.map(String.init) ?? ""
  }

  /// A time of RFC 3339 without its fraction.
  private static func time(_ text: String) -> Date? {
    try? Date("\(text.prefix(19))Z", strategy: .iso8601)
  }

  private func short(_ value: JSONValue) -> String {
    String(((try? value.written()) ?? "").prefix(120))
  }
}
