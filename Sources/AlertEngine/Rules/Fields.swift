internal import JSON
internal import Text

/// The valid values of one object; everything invalid in it has been reported as a mistake.
struct Fields<Name: KeyName> {
  /// The path of the object in the document: `rules[2]`.
  let place: String
  private let grammar: Grammar
  private let offset: Int
  /// One for each key of the grammar; `nil` if the object does not have the key.
  private var fields: [Field?]

  private struct Field {
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
    fields = Array(repeating: nil, count: grammar.keys.count)
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
      fields[position] = Field(offset: member.value.offset, value: value)
    }
    for (key, field) in zip(grammar.keys, fields) where field == nil && key.isRequired {
      mistakes.add(place, at: offset, "\(key.name.quoted) is missing")
    }
    for relation in grammar.relations { check(relation, &mistakes) }
  }

  /// Whether the key is present, with a valid value or not.
  func has(_ name: Name) -> Bool { fields[name.rawValue] != nil }

  /// The path of a key's value, present or not: `tests[2].series`.
  func place(of name: Name) -> String { placeOfKey(name.key.name, in: place) }

  /// Reports that the value of a key, or its absence, is a mistake.
  func refuse(
    _ name: Name, _ mistakes: inout MistakeList, _ reason: @autoclosure () -> String
  ) {
    mistakes.add(
      place(of: name), at: fields[name.rawValue]?.offset ?? offset, reason())
  }

  /// The value of the key, or its default; `nil` if there is neither.
  func scalar(_ name: Name) -> Scalar? { scalar(at: name.rawValue) }

  private func scalar(at position: Int) -> Scalar? {
    guard let field = fields[position] else {
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

  private func value(_ name: Name) -> FieldValue? { fields[name.rawValue]?.value }

  /// The value of any key of the grammar, whether it is one of `Name` or not.
  func value(named name: String) -> FieldValue? { field(name)?.value }
}

extension Fields {
  /// Reports keys that contradict each other; an invalid value contradicts nothing.
  private func check(_ relation: Grammar.Relation, _ mistakes: inout MistakeList) {
    switch relation {
    case .exactlyOne(let keys): count(keys, isNeeded: true, &mistakes)
    case .atMostOne(let keys): count(keys, isNeeded: false, &mistakes)
    case .atLeastOne(let keys):
      guard !keys.contains(where: { field($0) != nil }) else { return }
      mistakes.add(
        place, at: offset, "expected at least one of \(keys.joined(separator: ", ")), found none")
    case .oneOf(let keys, let other, let words):
      guard let word = written(other), words.contains(word) else { return }
      count(keys, isNeeded: true, because: " (\(other) \(word) requires one)", &mistakes)
    case .atMostOneOf(let keys, let other, let words):
      guard let word = written(other), words.contains(word) else { return }
      count(keys, isNeeded: false, &mistakes)
    case .needed(let key, let other, let words):
      guard let word = written(other) else { return }
      switch (words.contains(word), field(key)) {
      case (true, nil):
        mistakes.add(place, at: offset, "\(key.quoted) is missing; \(other) \(word) requires it")
      case (false, let field?):
        mistakes.add(
          placeOfKey(key, in: place), at: field.offset,
          "not allowed with \(other) \(word); remove it")
      case (true, _?), (false, nil): break
      }
    case .forbidden(let key, let other, let words):
      guard let field = field(key), let word = written(other), words.contains(word) else {
        return
      }
      mistakes.add(
        placeOfKey(key, in: place), at: field.offset, "not allowed with \(other) \(word); remove it"
      )
    case .numeric(let key, let other, let words):
      guard let field = field(key), case .scalar(let scalar) = field.value, !scalar.isNumber,
        let word = written(other), words.contains(word)
      else { return }
      let keyPlace = placeOfKey(key, in: place)
      let advice = ValueAdvice.clause(on: scalar.node, as: .number(nil), at: keyPlace)
      mistakes.add(
        keyPlace, at: field.offset,
        "expected a number, found \(scalar.shown) (\(other) \(word) requires it)"
          + (advice.map { "; \($0)" } ?? ""))
    case .listed(let key, let other, let words):
      guard let field = field(key), let value = field.value, let word = written(other),
        words.contains(word) != value.isList
      else { return }
      let expected = value.isList ? "one value" : "a list"
      var advice = ""
      if case .scalar(let scalar) = value { advice = "; write [\(scalar.written)]" }
      mistakes.add(
        placeOfKey(key, in: place), at: field.offset,
        "expected \(expected) (\(other) \(word) requires it)\(advice)")
    case .form(let key, let form, let other, let words):
      guard let field = field(key), case .scalar(.string(let text)) = field.value,
        let word = written(other), words.contains(word), !form.matches(text)
      else { return }
      mistakes.add(
        placeOfKey(key, in: place), at: field.offset,
        "expected \(form.expectation), found the string \(text.quoted) "
          + "(\(other) \(word) requires it)")
    }
  }

  /// Reports if there are too many or too few of these keys.
  private func count(
    _ keys: [String], isNeeded: Bool, because: String = "", _ mistakes: inout MistakeList
  ) {
    let written = keys.filter { field($0) != nil }
    guard written.count > 1 || isNeeded && written.isEmpty else { return }
    let found = written.isEmpty ? "none" + because : written.joined(separator: " and ")
    mistakes.add(
      place, at: offset,
      "expected \(isNeeded ? "exactly" : "at most") one of \(keys.joined(separator: ", ")), "
        + "found \(found)")
  }

  private func field(_ key: String) -> Field? {
    grammar.position(of: key).flatMap { fields[$0] }
  }

  /// The word at a key, or its default.
  private func written(_ key: String) -> String? {
    guard case .string(let word) = grammar.position(of: key).flatMap(scalar(at:)) else {
      return nil
    }
    return word
  }
}

extension [Scalar] {
  /// The strings among them.
  var texts: [String] {
    compactMap { if case .string(let text) = $0 { text } else { nil } }
  }
}

extension FieldValue {
  fileprivate var isList: Bool {
    if case .scalars = self { true } else { false }
  }
}

extension Scalar {
  /// As it is written in JSON.
  fileprivate var written: String {
    switch self {
    case .number(let number): number.plain
    case .string(let text): text.quoted
    case .bool(let bool): "\(bool)"
    }
  }

  var isNumber: Bool {
    switch self {
    case .number: true
    case .string, .bool: false
    }
  }

  fileprivate var node: JSONNode.Value {
    switch self {
    case .number(let number): .number(number)
    case .string(let text): .string(text)
    case .bool(let bool): .bool(bool)
    }
  }
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

private func placeOfKey(_ key: String, in object: String) -> String {
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
