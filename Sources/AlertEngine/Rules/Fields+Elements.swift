internal import JSON
internal import Text

extension Fields {
  /// Reads the objects of a list.
  ///
  /// - Parameters:
  ///   - list: the key of the list.
  ///   - nameKey: the key of each object's name, if they have names; a duplicate name is a mistake.
  ///   - grammar: the grammar of each object; not made for an empty list.
  ///   - mistakes: the mistakes so far.
  ///   - read: makes an element from the fields; `nil` if they have a mistake.
  /// - Returns: the elements without mistakes.
  func elements<Child: KeyName, Element>(
    _ list: Name, named nameKey: Child?, grammar: @autoclosure () -> Grammar = Child.grammar,
    _ mistakes: inout MistakeList,
    read: (Fields<Child>, inout MistakeList) -> Element?
  ) -> [Element] {
    var firstPlaces: [String: String] = [:]
    var elements: [Element] = []
    let listPlace = place(of: list)
    let nodes = self.list(list)
    guard !nodes.isEmpty else { return [] }
    let grammar = grammar()
    for (index, node) in nodes.enumerated() {
      let fields = Fields<Child>(
        node, at: mistakes.included.place(listPlace, index), grammar: grammar, &mistakes)
      if let nameKey, let name = fields.text(nameKey) {
        if let first = firstPlaces[name] {
          fields.refuse(nameKey, &mistakes, "\(name.quoted) is already the name of \(first)")
        } else {
          let file = mistakes.included.file(at: node.offset)
          firstPlaces[name] = fields.place + (file.map { " of \($0.path.quoted)" } ?? "")
        }
      }
      if let element = read(fields, &mistakes) { elements.append(element) }
    }
    return elements
  }
}
