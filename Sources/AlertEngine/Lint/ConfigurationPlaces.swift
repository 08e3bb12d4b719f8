internal import JSON

/// Where the parts of a configuration are in its files.
package struct ConfigurationPlaces {
  /// A place in a file, for editors.
  package struct Place: Hashable, Sendable {
    /// The included file; `nil` for the configuration itself.
    package var file: String?
    /// Counted from 1.
    package var line: Int
    /// Counted from 1, in bytes.
    package var column: Int
    /// `rules[2].threshold`; counted in its own file.
    package var path: String
  }

  /// The offsets of the lines of each file; the configuration is the first.
  private let lines: [[Int]]
  private let included: IncludedFiles
  /// By the key of the list and the name of the element.
  private var elements: [String: [String: (index: Int, node: JSONNode)]] = [:]
  private var members: [JSONNode.Member] = []

  /// Looks for the parts of a configuration; `nil` if it is not valid.
  ///
  /// - Parameters:
  ///   - bytes: the configuration.
  ///   - read: the files that match a pattern of `include`.
  package init?(_ bytes: [UInt8], including read: IncludeReader) {
    var mistakes = MistakeList()
    guard let root = try? JSONNode.root(of: bytes),
      case .object(let members)? = root.expanded(
        after: bytes.count, including: read, &mistakes)?.value
    else { return nil }
    self.members = members
    included = mistakes.included
    lines = ([bytes] + included.files.map(\.bytes)).map { bytes in
      [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    }
    for list in [RootKey.rules, .receivers, .maintenance].map(\.key.name) {
      guard case .array(let nodes)? = members.first(where: { $0.key == list })?.value.value else {
        continue
      }
      for (index, node) in nodes.enumerated() {
        guard case .string(let name)? = node.member(RuleKey.name.key.name)?.value.value else {
          continue
        }
        elements[list, default: [:]][name] = (index, node)
      }
    }
  }

  /// The place of what a finding is about; that of its object if that lacks the key.
  package func place(of lint: Lint) -> Place? {
    let list: RootKey
    let name: String
    switch lint.item {
    case .rule(let rule): (list, name) = (.rules, rule)
    case .receiver(let receiver): (list, name) = (.receivers, receiver)
    case .window(let window): (list, name) = (.maintenance, window)
    case .endpoint:
      let key = RootKey.endpoint.key.name
      guard let member = members.first(where: { $0.key == key }) else { return nil }
      return place(at: member.value.offset, path: key)
    }
    guard let (index, node) = elements[list.key.name]?[name] else { return nil }
    let path = included.place(list.key.name, index)
    guard let member = lint.key.flatMap(node.member) else {
      return place(at: node.offset, path: path)
    }
    return place(at: member.value.offset, path: member.place(in: path))
  }

  private func place(at offset: Int, path: String) -> Place {
    let file = included.file(at: offset)
    let own = offset - (file?.start ?? 0)
    let starts = lines[included.files.firstIndex { $0.path == file?.path }.map { $0 + 1 } ?? 0]
    var (line, end) = (0, starts.count)
    while end - line > 1 {
      let middle = (line + end) / 2
      if starts[middle] <= own { line = middle } else { end = middle }
    }
    return Place(file: file?.path, line: line + 1, column: own - starts[line] + 1, path: path)
  }
}

extension JSONNode {
  fileprivate func member(_ name: String) -> Member? {
    guard case .object(let members) = value else { return nil }
    return members.first { $0.key == name }
  }
}
