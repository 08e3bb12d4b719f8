internal import JSON
internal import Text

extension Fields {
  /// Reports keys that contradict each other; an invalid value contradicts nothing.
  func check(_ relation: Grammar.Relation, _ mistakes: inout MistakeList) {
    switch relation {
    case .exactlyOne(let keys): count(keys, isNeeded: true, &mistakes)
    case .atMostOne(let keys): count(keys, isNeeded: false, &mistakes)
    case .atLeastOne(let keys):
      guard !keys.contains(where: { field($0) != nil }) else { return }
      mistakes.add(
        place, at: offset, "expected at least one of \(keys.joined(separator: ", ")), found none")
    case .together(let keys):
      guard let given = keys.first(where: { field($0) != nil }) else { return }
      for key in keys where field(key) == nil {
        mistakes.add(place, at: offset, "\(key.quoted) is missing; \(given) requires it")
      }
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

  func field(_ key: String) -> Field? {
    grammar.position(of: key).flatMap(field(at:))
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
