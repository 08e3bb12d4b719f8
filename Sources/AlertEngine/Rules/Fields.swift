/// The values of one object that are as its grammar asks; what is not is a mistake by then.
struct Fields<Name: KeyName> {
  /// Where the object stands in the document: `rules[2]`.
  let place: String
  private let offset: Int
  private var values: [String: FieldValue] = [:]
  private var offsets: [String: Int] = [:]

  /// Holds an object against its grammar; what is no object at all has no fields.
  init(_ node: JSONNode, at place: String, _ mistakes: inout MistakeList) {
    self.place = place
    self.offset = node.offset
    guard case .object(let members) = node.value else {
      mistakes.add(place, at: offset, "expected an object, found \(node.shown)")
      return
    }
    let grammar = Name.grammar
    for member in members {
      guard let key = grammar[member.key] else {
        mistakes.add(
          member.place(in: place), at: member.keyOffset, grammar.refusal(of: member.key))
        continue
      }
      offsets[key.name] = member.value.offset
      if case .unsupported(let reason) = key.kind {
        mistakes.add(member.place(in: place), at: member.keyOffset, reason)
      } else {
        values[key.name] = FieldValue(
          member.value, as: key.kind, at: member.place(in: place), &mistakes)
      }
    }
    for key in grammar.keys where key.presence == .required && offsets[key.name] == nil {
      mistakes.add(place, at: offset, "\(key.name.quoted) is missing")
    }
  }

  /// Whether the key is there, its value right or wrong.
  func has(_ name: Name) -> Bool { offsets[name.rawValue] != nil }

  /// Says that the value of a key, or the lack of it, is a mistake.
  func refuse(
    _ name: Name, _ mistakes: inout MistakeList, _ reason: @autoclosure () -> String
  ) {
    mistakes.add(
      placeOfKey(name.rawValue, in: place), at: offsets[name.rawValue] ?? offset, reason())
  }

  /// Says that the object as a whole is a mistake.
  func refuse(_ mistakes: inout MistakeList, _ reason: @autoclosure () -> String) {
    mistakes.add(place, at: offset, reason())
  }

  /// What is written, or the default of the table of keys; `nil` when there is neither.
  func scalar(_ name: Name) -> Scalar? {
    if case .scalar(let scalar) = values[name.rawValue] { return scalar }
    guard !has(name), case .defaults(let scalar) = name.key.presence else { return nil }
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

  func minutes(_ name: Name) -> Duration? { number(name).map { .minutes($0) } }

  func word<Word: RawRepresentable<String>>(_ name: Name, as _: Word.Type = Word.self) -> Word? {
    text(name).flatMap(Word.init(rawValue:))
  }

  func path(_ name: Name) -> MetricPath? {
    if case .path(let path) = values[name.rawValue] { return path }
    return text(name).flatMap { try? MetricPath($0) }
  }

  func labels(_ name: Name) -> [String: String] {
    guard case .labels(let labels) = values[name.rawValue] else { return [:] }
    return labels
  }

  func object(_ name: Name) -> JSONNode? {
    guard case .object(let node) = values[name.rawValue] else { return nil }
    return node
  }

  func list(_ name: Name) -> [JSONNode] {
    guard case .list(let nodes) = values[name.rawValue] else { return [] }
    return nodes
  }
}

extension Grammar {
  fileprivate func refusal(of name: String) -> String {
    guard let nearest = nearest(to: name, among: keys.map(\.name)) else {
      return "unknown key; \(title) has \(keys.map(\.name).joined(separator: ", "))"
    }
    return "unknown key, did you mean \(nearest.quoted)?"
  }
}

extension JSONNode.Member {
  /// Where this member stands: `rules[2].threshold`, `labels["a b"]`.
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
