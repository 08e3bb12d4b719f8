internal import JSON
internal import Text

/// The valid values of one object; everything invalid in it has been reported as a mistake.
struct Fields<Name: KeyName> {
  /// The path of the object in the document: `rules[2]`.
  let place: String
  let grammar: Grammar
  let offset: Int
  /// The members of the object that the grammar has, in their order in the document.
  private var members: [Field] = []
  /// The index in `members` of each key of the grammar; `nil` if the object does not have the key.
  private var slots: [Int?]

  struct Field {
    var offset: Int
    /// `nil` if it is invalid.
    var value: FieldValue?
  }

  /// Checks an object against its grammar; anything that is not an object has no fields.
  ///
  /// - Parameters:
  ///   - node: the object.
  ///   - place: its path in the document.
  ///   - grammar: begins with the keys of `Name`, in their order.
  ///   - mistakes: the mistakes so far.
  init(
    _ node: JSONNode, at place: String, grammar: Grammar = Name.grammar,
    _ mistakes: inout MistakeList
  ) {
    self.place = place
    self.grammar = grammar
    self.offset = node.offset
    slots = Array(repeating: nil, count: grammar.keys.count)
    guard case .object(let members) = node.value else {
      mistakes.add(place, at: offset, "expected an object, found \(node.shown)")
      return
    }
    for member in members {
      guard let position = grammar.position(of: member.key) else {
        mistakes.add(
          member.place(in: place), at: member.keyOffset, grammar.refusal(of: member.key))
        continue
      }
      let value = FieldValue(
        member.value, as: grammar.keys[position].kind, at: member.place(in: place), &mistakes)
      slots[position] = self.members.count
      self.members.append(Field(offset: member.value.offset, value: value))
    }
    for position in grammar.required where slots[position] == nil {
      mistakes.add(place, at: offset, "\(grammar.keys[position].name.quoted) is missing")
    }
    for (index, triggers) in grammar.triggers.enumerated()
    where triggers?.contains(where: { slots[$0] != nil }) ?? true {
      check(grammar.relations[index], &mistakes)
    }
  }

  /// What the object has at a key of the grammar.
  func field(at position: Int) -> Field? { slots[position].map { members[$0] } }

  /// Whether the key is present, with a valid value or not.
  func has(_ name: Name) -> Bool { slots[name.rawValue] != nil }

  /// The path of a key's value, present or not: `tests[2].series`.
  func place(of name: Name) -> String { placeOfKey(name.key.name, in: place) }

  /// Reports that the value of a key, or its absence, is a mistake.
  func refuse(
    _ name: Name, _ mistakes: inout MistakeList, _ reason: @autoclosure () -> String
  ) {
    mistakes.add(
      place(of: name), at: field(at: name.rawValue)?.offset ?? offset, reason())
  }

  /// The value of the key, or its default; `nil` if there is neither.
  func scalar(_ name: Name) -> Scalar? { scalar(at: name.rawValue) }

  func scalar(at position: Int) -> Scalar? {
    guard let field = field(at: position) else {
      guard case .defaults(let scalar) = grammar.keys[position].presence else { return nil }
      return scalar
    }
    guard case .scalar(let scalar) = field.value else { return nil }
    return scalar
  }

  func text(_ name: Name) -> String? {
    guard case .string(let text) = scalar(name) else { return nil }
    return text
  }

  func number(_ name: Name) -> Double? {
    guard case .number(let number) = scalar(name) else { return nil }
    return number
  }

  func integer(_ name: Name) -> Int? { number(name).flatMap { Int(exactly: $0) } }

  func bool(_ name: Name) -> Bool? {
    guard case .bool(let bool) = scalar(name) else { return nil }
    return bool
  }

  func minutes(_ name: Name) -> Duration? { number(name).map { .minutes($0) } }

  func word<Word: RawRepresentable<String>>(_ name: Name, as _: Word.Type = Word.self) -> Word? {
    text(name).flatMap(Word.init(rawValue:))
  }

  func path(_ name: Name) -> MetricPath? {
    if case .path(let path) = value(name) { return path }
    return text(name).flatMap { try? MetricPath($0) }
  }

  func selector(_ name: Name) -> Selector? {
    guard case .selector(let selector) = value(name) else { return nil }
    return selector
  }

  func labels(_ name: Name) -> [String: String] {
    guard case .textsByName(let labels) = value(name) else { return [:] }
    return labels
  }

  func object(_ name: Name) -> JSONNode? {
    guard case .object(let node) = value(name) else { return nil }
    return node
  }

  /// `nil` if the key is absent.
  func texts(_ name: Name) -> [String]? { scalars(name)?.texts }

  /// The elements of a list; `nil` if the key is absent, or its value is not a list.
  func scalars(_ name: Name) -> [Scalar]? {
    guard case .scalars(let scalars) = value(name) else { return nil }
    return scalars
  }

  /// Whether the value is `null`.
  func isNull(_ name: Name) -> Bool {
    guard case .null = value(name) else { return false }
    return true
  }

  func list(_ name: Name) -> [JSONNode] {
    guard case .list(let nodes) = value(name) else { return [] }
    return nodes
  }

  private func value(_ name: Name) -> FieldValue? { field(at: name.rawValue)?.value }

  /// The value of any key of the grammar, whether it is one of `Name` or not.
  func value(named name: String) -> FieldValue? { field(name)?.value }
}

extension Grammar {
  fileprivate func refusal(of name: String) -> String {
    if let stem = secretStems.first(where: { name == $0 || name.hasSuffix("_\($0)") }) {
      return "unknown key; secrets do not belong here: put the name of a variable in "
        + "\("\(stem)_env".quoted), or the path of a file in \("\(stem)_file".quoted)"
    }
    let names = keys.map(\.name)
    return didYouMean(name, among: names, isQuoted: true).map { "unknown key; \($0)" }
      ?? "unknown key; \(title) has \(names.joined(separator: ", "))"
  }

  /// Names that are set only through a variable or a file: `url` if there are `url_env` and
  /// `url_file`.
  private var secretStems: [String] {
    keys.map(\.name).filter { $0.hasSuffix("_file") }.map { String($0.dropLast(5)) }
      .filter { position(of: "\($0)_env") != nil && position(of: $0) == nil }
  }
}

extension JSONNode.Member {
  /// The path of this member: `rules[2].threshold`, `labels["a b"]`.
  func place(in object: String) -> String { placeOfKey(key, in: object) }
}

func placeOfKey(_ key: String, in object: String) -> String {
  let isPlain =
    (1...60).contains(key.utf8.count)
    && key.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "$"):
        true
      default: false
      }
    }
  guard isPlain else { return "\(object)[\(key.quoted)]" }
  return object.isEmpty ? key : "\(object).\(key)"
}
