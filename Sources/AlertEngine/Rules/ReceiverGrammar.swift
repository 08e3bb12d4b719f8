extension Grammar {
  /// The grammar of the configuration, with these types of receivers.
  package static func configuration(receivers types: [ReceiverType]) -> Grammar {
    RootKey.grammar.with(types)
  }

  /// The grammar of an included file, with these types of receivers.
  package static func included(receivers types: [ReceiverType]) -> Grammar {
    IncludedKey.grammar.with(types)
  }

  private func with(_ types: [ReceiverType]) -> Grammar {
    let name = RootKey.receivers.key.name
    let receivers = Key.Kind.list(of: .receiver(of: types), atMost: RootKey.mostReceivers)
    let keys = keys.map { key in
      var key = key
      if key.name == name { key.kind = receivers }
      return key
    }
    return Grammar(title, keys: keys, relations: relations)
  }

  /// The grammar of a receiver of any of these types: the keys that all have, followed by those of
  /// each type.
  package static func receiver(of types: [ReceiverType]) -> Grammar {
    var keys = ReceiverKey.allCases.map(\.key)
    keys[ReceiverKey.type.rawValue].kind = .word(types.map(\.name))
    let sources = types.flatMap { $0.sources.map(\.source) }.unique
    let names = types.flatMap { $0.keys.map(\.name) }.unique
    let options = names.map { Option($0, of: types) }
    // Keys that several types have come first.
    let sorted = options.filter { $0.takers.count > 1 } + options.filter { $0.takers.count == 1 }
    keys += sources.flatMap { [$0.variableKey, $0.fileKey] } + sorted.map(\.key)
    var relations = sources.flatMap { Self.relations(of: $0, in: types) }
    relations += sorted.filter { !$0.isRequired }.map { $0.presence(in: types) }
    relations += sorted.filter(\.isRequired).map { $0.presence(in: types) }
    relations += sorted.flatMap(\.forms)
    let programs = types.filter { !$0.isForPeople }.map(\.name)
    if !programs.isEmpty {
      relations.append(
        .forbidden(ReceiverKey.hours.key.name, where: "type", is: programs))
    }
    return Grammar(ReceiverKey.grammar.title, keys: keys, relations: relations)
  }

  /// Exactly one of the two keys for types that require it, at most one for types that allow it,
  /// none for the others.
  private static func relations(
    of source: ReceiverSource, in types: [ReceiverType]
  ) -> [Relation] {
    let names = [source.variableKey.name, source.fileKey.name]
    func words(where holds: (ReceiverType.Need?) -> Bool) -> [String] {
      types.filter { type in holds(type.sources.first { $0.source == source }?.need) }.map(\.name)
    }
    let needing = words { $0 == .required }
    let others = words { $0 != .required && $0 != nil }
    let refusing = words { $0 == nil }
    return (needing.isEmpty ? [] : [.oneOf(names, where: "type", is: needing)])
      + (others.isEmpty ? [] : [.atMostOneOf(names, where: "type", is: others)])
      + (refusing.isEmpty ? [] : names.map { .forbidden($0, where: "type", is: refusing) })
  }

  /// A key that only some types have, with those types.
  private struct Option {
    let takers: [ReceiverType]
    /// The key in the common grammar of all types.
    private(set) var key: Key
    let isRequired: Bool

    init(_ name: String, of types: [ReceiverType]) {
      takers = types.filter { type in type.keys.contains { $0.name == name } }
      let keys = takers.flatMap { type in type.keys.filter { $0.name == name } }
      key = keys[0]
      isRequired = key.isRequired
      if Set(keys.map(\.meaning)).count > 1 {
        key.meaning = zip(takers, keys).map { "in `\($0.name)`, \($1.meaning)" }
          .joined(separator: "; ")
      }
      if isRequired {
        let words = takers.map { "`\($0.name)`" }.joined(separator: ", ")
        key.presence = .derived("required by \(words)")
      }
    }

    /// The key is allowed only for the types that have it; if they require it, all of them do.
    func presence(in types: [ReceiverType]) -> Relation {
      let words = takers.map(\.name)
      return isRequired
        ? .needed(key.name, where: "type", is: words)
        : .forbidden(
          key.name, where: "type", is: types.map(\.name).filter { !words.contains($0) })
    }

    var forms: [Relation] {
      takers.compactMap { type in
        type.forms[key.name].map { .form(key.name, $0, where: "type", is: [type.name]) }
      }
    }
  }
}

extension Array where Element: Hashable {
  /// Each element once, in the order of first occurrence.
  fileprivate var unique: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
