internal import JSON
internal import Text

/// A file that a configuration includes.
package struct IncludedFile: Sendable {
  /// As messages name it.
  package var path: String
  package var bytes: [UInt8]

  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}

/// Reads the files that match a pattern of `include`, sorted by name: at least one, and together at
/// most so many bytes.
package typealias IncludeReader =
  @Sendable (_ pattern: String, _ limit: Int) throws(IncludeFailure) -> [IncludedFile]

/// Why a pattern of `include` cannot be followed, in lower case and without a full stop.
package struct IncludeFailure: Error {
  package var reason: String

  package init(_ reason: String) { self.reason = reason }
}

/// For configurations that are not files.
package let includeNothing: IncludeReader = { _, _ throws(IncludeFailure) in
  throw IncludeFailure("only a configuration in a file can include others")
}

/// The included files, as if their bytes followed those of the configuration.
struct IncludedFiles {
  struct File {
    let path: String
    let bytes: [UInt8]
    /// The offset of its first byte.
    let start: Int
    /// The number of elements of each list in the files before it.
    let firsts: [String: Int]
  }

  private(set) var files: [File] = []
  /// Where the `defaults` of the configuration are in it.
  fileprivate var defaults: Range<Int>?

  /// The file that has a byte; `nil` for the configuration itself.
  func file(at offset: Int) -> File? { files.last { $0.start <= offset } }

  /// The place of a mistake: that in `defaults` if it is about one, `defaults.unit` for `rules[2].unit`.
  func place(_ place: String, at offset: Int) -> (place: String, appliedTo: String?) {
    guard defaults?.contains(offset) == true, place.hasPrefix("\(RootKey.rules.key.name)["),
      let end = place.firstIndex(of: "]")
    else { return (place, nil) }
    let rest = place[place.index(after: end)...]
    return ("\(RootKey.defaults.key.name)\(rest)", String(place[...end]))
  }

  /// The place of an element in its own file: `rules[2]`.
  func place(_ list: String, _ index: Int) -> String {
    let first = files.last { $0.firsts[list].map { $0 <= index } ?? false }?.firsts[list]
    return "\(list)[\(index - (first ?? 0))]"
  }

  /// Adds a file after the others, unless it is there.
  ///
  /// - Returns: the offset of its first byte.
  fileprivate mutating func add(
    _ file: IncludedFile, after end: Int, _ firsts: [String: Int]
  ) -> Int? {
    guard !files.contains(where: { $0.path == file.path }) else { return nil }
    let start = files.last.map { $0.start + $0.bytes.count + 1 } ?? end + 1
    files.append(File(path: file.path, bytes: file.bytes, start: start, firsts: firsts))
    return start
  }
}

extension JSONNode {
  /// The configuration with the rules and receivers of the files that it includes, and with its
  /// defaults in each rule.
  ///
  /// - Parameters:
  ///   - end: the number of its bytes.
  ///   - read: the files that match a pattern.
  ///   - mistakes: gets the included files, too.
  /// - Returns: `nil` if `include` or `defaults` has a mistake, or an included file.
  func expanded(
    after end: Int, including read: IncludeReader, _ mistakes: inout MistakeList
  ) -> JSONNode? {
    guard case .object(var members) = value else { return self }
    func member(_ name: String) -> Int? { members.firstIndex { $0.key == name } }
    if let index = member(RootKey.include.key.name) {
      let node = members[index].value
      for list in node.included(after: end, beside: members, by: read, &mistakes)
      where !list.nodes.isEmpty {
        guard let own = member(list.name) else {
          let all = JSONNode(value: .array(list.nodes), offset: node.offset)
          members.append(Member(key: list.name, keyOffset: node.offset, value: all))
          continue
        }
        guard case .array(let nodes) = members[own].value.value else { continue }
        members[own].value.value = .array(nodes + list.nodes)
      }
    }
    if let index = member(RootKey.defaults.key.name) {
      let defaults = members[index].value
      let next = members.map(\.keyOffset).filter { $0 > defaults.offset }.min() ?? end
      mistakes.included.defaults = defaults.offset..<min(next, end)
      _ = Fields<RuleKey>(
        defaults, at: RootKey.defaults.key.name, grammar: .defaults, &mistakes)
      if mistakes.count == 0, let rules = member(RootKey.rules.key.name) {
        members[rules].value = members[rules].value.with(defaults: defaults)
      }
    }
    return mistakes.count == 0 ? JSONNode(value: .object(members), offset: offset) : nil
  }
}

extension JSONNode {
  /// The elements of the lists in the files that these patterns match.
  private func included(
    after end: Int, beside members: [Member], by read: IncludeReader, _ mistakes: inout MistakeList
  ) -> [(name: String, nodes: [JSONNode])] {
    let place = RootKey.include.key.name
    guard
      case .scalars(let patterns)? = FieldValue(
        self, as: RootKey.include.key.kind, at: place, &mistakes),
      case .array(let nodes) = value, patterns.count == nodes.count
    else { return [] }
    var lists = [RootKey.rules, .receivers].map { key in
      let own = members.first { $0.key == key.key.name }?.value.elements ?? []
      return (name: key.key.name, first: own.count, nodes: [JSONNode]())
    }
    for (index, pattern) in patterns.texts.enumerated() {
      do throws(IncludeFailure) {
        let used = mistakes.included.files.last.map { $0.start + $0.bytes.count } ?? end
        for file in try read(pattern, max(0, Configuration.mostBytes - used)) {
          let firsts = lists.map { ($0.name, $0.first + $0.nodes.count) }
          let start = mistakes.included.add(
            file, after: end, Dictionary(firsts) { one, _ in one })
          guard let start, let root = file.root(at: start, &mistakes) else { continue }
          _ = Fields<IncludedKey>(root, at: "", &mistakes)
          guard case .object(let members) = root.value else { continue }
          for list in lists.indices {
            let own = members.first { $0.key == lists[list].name }
            lists[list].nodes += own?.value.elements ?? []
          }
        }
      } catch {
        mistakes.add("\(place)[\(index)]", at: nodes[index].offset, error.reason)
      }
    }
    return lists.map { ($0.name, $0.nodes) }
  }

  private var elements: [JSONNode] {
    guard case .array(let nodes) = value else { return [] }
    return nodes
  }

  /// Rules with these members where they lack them and may have them.
  private func with(defaults: JSONNode) -> JSONNode {
    guard case .array(var rules) = value, case .object(let defaults) = defaults.value else {
      return self
    }
    // In the order of the keys, since some allow others.
    let added = RuleKey.grammar.keys.compactMap { key in defaults.first { $0.key == key.name } }
    for index in rules.indices {
      guard case .object(var members) = rules[index].value else { continue }
      for (place, member) in added.enumerated()
      where RuleKey.grammar.allows(member.key, beside: members, and: added[place...])
        && !member.names(members)
      {
        members.append(member)
      }
      rules[index].value = .object(members)
    }
    return JSONNode(value: .array(rules), offset: offset)
  }

  /// The same node, as much further back in a document.
  fileprivate func shifted(by distance: Int) -> JSONNode {
    let value: Value =
      switch value {
      case .null, .bool, .number, .string: value
      case .array(let nodes): .array(nodes.map { $0.shifted(by: distance) })
      case .object(let members):
        .object(
          members.map { member in
            Member(
              key: member.key, keyOffset: member.keyOffset + distance,
              value: member.value.shifted(by: distance))
          })
      }
    return JSONNode(value: value, offset: offset + distance)
  }
}

extension JSONNode.Member {
  /// Whether this default is a list with the name of the rule: none depends on itself.
  fileprivate func names(_ rule: [JSONNode.Member]) -> Bool {
    guard key == RuleKey.dependsOn.key.name, case .array(let names) = value.value,
      case .string(let own)? = rule.first(where: { $0.key == RuleKey.name.key.name })?.value.value
    else { return false }
    return names.contains { if case .string(own) = $0.value { true } else { false } }
  }
}

extension IncludedFile {
  /// The content as JSON, with offsets from `start` on.
  fileprivate func root(at start: Int, _ mistakes: inout MistakeList) -> JSONNode? {
    do throws(JSONFailure) {
      return try JSONNode.parse(bytes).shifted(by: start)
    } catch {
      mistakes.add("", at: start + error.offset, error.advised(in: bytes))
      return nil
    }
  }
}

extension Configuration {
  /// The most bytes of a configuration with its included files; 10,000 rules take about 3 MB.
  package static let mostBytes = 16 << 20
}

extension Grammar {
  /// The keys of `defaults`: those of a rule but for its name, its paths and what belongs to them.
  package static let defaults: Grammar = {
    let own: Set<RuleKey> = [
      .name, .metricPath, .metric, .instanceBy, .aggregate, .denominatorPath, .denominatorMetric,
      .parse, .scale, .threshold, .thresholdPath, .recoveryThreshold, .unit, .detailPath,
    ]
    let keys = RuleKey.allCases.filter { !own.contains($0) }.map { key in
      var key = key.key
      key.presence = .optional
      return key
    }
    return Grammar("`defaults`", keys: keys, relations: [])
  }()

  /// The key of the configuration that has them.
  package static let nameOfDefaults = RootKey.defaults.key.name

  /// Whether `defaults` adds keys to such an object.
  package var isCompletedByDefaults: Bool { title == RuleKey.grammar.title }

  /// Whether an object without a key may have it, if these defaults are added after it.
  fileprivate func allows(
    _ name: String, beside members: [JSONNode.Member], and later: ArraySlice<JSONNode.Member>
  ) -> Bool {
    func has(_ key: String) -> Bool { members.contains { $0.key == key } }
    func word(_ key: String) -> String? {
      if let member = members.first(where: { $0.key == key }) {
        guard case .string(let word) = member.value.value else { return nil }
        return word
      }
      guard let index = position(of: key), case .defaults(.string(let word)) = keys[index].presence
      else { return nil }
      return word
    }
    guard !has(name) else { return false }
    return relations.allSatisfy { relation in
      switch relation {
      case .exactlyOne(let keys), .atMostOne(let keys):
        !keys.contains(name) || !keys.contains(where: has)
      case .together(let keys):
        !keys.contains(name)
          || keys.allSatisfy { key in
            key == name || has(key) || later.contains { $0.key == key }
          }
      case .needed(let key, let other, let words):
        key != name || word(other).map(words.contains) ?? false
      case .forbidden(let key, let other, let words):
        key != name || !(word(other).map(words.contains) ?? false)
      case .oneOf, .atMostOneOf, .atLeastOne, .numeric, .listed, .form: true
      }
    }
  }
}
