internal import Foundation

/// A document with some of its values replaced: the bad one made of a good one.
enum EditedDocument {
  struct Mistake: Error {
    var sentence: String
  }

  /// Replaces, adds and removes values at JSON Pointers (RFC 6901); `-` appends to a list.
  static func json(
    _ text: String, edits: [String: Any], removals: [String]
  ) throws -> String {
    var document = try JSONSerialization.jsonObject(with: Data(text.utf8))
    // Longer pointers last, so that what an edit adds can be edited.
    for (pointer, value) in edits.sorted(by: { $0.key < $1.key }) {
      document = try edited(document, at: steps(of: pointer)[...], to: value)
    }
    for pointer in removals {
      document = try edited(document, at: steps(of: pointer)[...], to: nil)
    }
    let options: JSONSerialization.WritingOptions = [.withoutEscapingSlashes]
    return String(
      decoding: try JSONSerialization.data(withJSONObject: document, options: options),
      as: UTF8.self)
  }

  /// Replaces the values of series, adds others at the end, and removes some.
  static func exposition(
    _ text: String, edits: [String: Any], removals: [String]
  ) throws -> String {
    var edits = edits
    var lines: [Substring] = []
    for line in text.split(separator: "\n") {
      let series = line.lastIndex(of: " ").map { String(line[..<$0]) } ?? ""
      if removals.contains(series) { continue }
      guard let value = edits.removeValue(forKey: series) else {
        lines.append(line)
        continue
      }
      lines.append("\(series) \(value)")
    }
    lines += edits.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func steps(of pointer: String) throws -> [String] {
    guard pointer.first == "/" else { throw Mistake(sentence: "no JSON Pointer: \(pointer)") }
    return pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
      String($0).replacing("~1", with: "/").replacing("~0", with: "~")
    }
  }

  private static func edited(
    _ node: Any, at steps: ArraySlice<String>, to value: Any?
  ) throws -> Any {
    guard let step = steps.first else { return value ?? node }
    let rest = steps.dropFirst()
    if var object = node as? [String: Any] {
      if rest.isEmpty {
        guard value != nil || object[step] != nil else { throw Mistake(sentence: "no \(step)") }
        object[step] = value
      } else {
        guard let inner = object[step] else { throw Mistake(sentence: "no \(step)") }
        object[step] = try edited(inner, at: rest, to: value)
      }
      return object
    }
    guard var list = node as? [Any] else { throw Mistake(sentence: "no parent of \(step)") }
    if step == "-", let value { return list + [value] }
    guard let index = Int(step), list.indices.contains(index) else {
      throw Mistake(sentence: "no element \(step)")
    }
    if rest.isEmpty, value == nil {
      list.remove(at: index)
    } else {
      list[index] = try edited(list[index], at: rest, to: value)
    }
    return list
  }
}
