internal import Text

extension JSONPath {
  /// A query in the dialect of Kubernetes, which json_exporter reads.
  package struct Kubernetes: Hashable, Sendable {
    /// What selects the elements: `.items.*`; empty for a singular query.
    package var elements: String
    /// The path of the value in an element: `.status.ready`; empty for the element itself.
    package var value: String
  }

  /// This query in the dialect of Kubernetes; `nil` if that cannot say it.
  ///
  /// The dialect has no combined conditions, functions or lists of selectors, a number beside its
  /// comparison must be a fraction, and in a key only letters, digits and a few marks are safe.
  package var kubernetes: Kubernetes? {
    guard let elements = Self.kubernetes(segments[..<openCount]),
      let value = Self.kubernetes(segments[openCount...])
    else { return nil }
    return Kubernetes(elements: elements, value: value)
  }

  /// How many of its levels may have several elements.
  package var openLevels: Int { segments.count(where: \.isOpen) }

  /// The keys in it, in their order, as words for a name.
  package var words: [String] {
    segments.flatMap(\.selectors).compactMap { selector in
      switch selector {
      case .name(let name), .member(let name, _): String(decoding: name.bytes, as: UTF8.self)
      case .index, .wildcard, .slice, .filter: nil
      }
    }
  }

  private static func kubernetes(_ segments: some Sequence<Segment>) -> String? {
    var text = ""
    for segment in segments {
      guard segment.selectors.count == 1, let step = kubernetes(segment.selectors[0]) else {
        return nil
      }
      guard !segment.isDescendant || step.hasPrefix(".") else { return nil }
      text += (segment.isDescendant ? "." : "") + step
    }
    return text
  }

  private static func kubernetes(_ selector: Selector) -> String? {
    switch selector {
    case .index(let index): "[\(index)]"
    case .member(_, let index?): "[\(index)]"
    case .name(let name), .member(let name, nil): kubernetes(name)
    case .wildcard: ".*"
    case .slice(let start, let end, let step) where step > 0:
      "[\(start.map { "\($0)" } ?? ""):\(end.map { "\($0)" } ?? ""):\(step)]"
    case .slice: nil
    case .filter(let test): kubernetes(test).map { "[?(\($0))]" }
    }
  }

  private static func kubernetes(_ name: JSONName) -> String? {
    let isSafe = name.bytes.allSatisfy { isWord($0) || "-:/.".utf8.contains($0) }
    guard isSafe, !name.bytes.isEmpty else { return nil }
    return "." + String(decoding: name.bytes, as: UTF8.self).replacingBytes(".", with: "\\.")
  }

  private static func kubernetes(_ test: Test) -> String? {
    switch test {
    case .exists(let query): return kubernetes(query)
    case .comparison(.query(let query), let comparison, let other):
      guard let left = kubernetes(query) else { return nil }
      let right: String? =
        switch other {
        case .bool(let bool): "\(bool)"
        // Numbers of JSON are fractions there, which no whole number equals.
        case .number(let number) where number.magnitude < 1e15: "\(number)"
        case .string(let bytes)
        where bytes.allSatisfy { isWord($0) || " -:/._".utf8.contains($0) }:
          "\"\(String(decoding: bytes, as: UTF8.self))\""
        default: nil
        }
      return right.map { "\(left)\(comparison.rawValue)\($0)" }
    case .any, .all, .not, .comparison, .matches: return nil
    }
  }

  private static func kubernetes(_ query: Subquery) -> String? {
    guard query.isRelative, query.isSingular else { return nil }
    return kubernetes(query.segments).map { "@" + $0 }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
    default: false
    }
  }
}
