internal import JSON
internal import Text

extension Fields {
  /// Reads every object of a list.
  ///
  /// - Parameters:
  ///   - list: the key of the list.
  ///   - nameKey: where each has its name, if it has one; a name used twice is a mistake.
  ///   - grammar: what each is checked against; not made for an empty list.
  ///   - mistakes: those found so far.
  ///   - read: makes an element of the fields; `nil` where something in them is a mistake.
  /// - Returns: the elements that could be made.
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
        node, at: "\(listPlace)[\(index)]", grammar: grammar, &mistakes)
      if let nameKey, let name = fields.text(nameKey) {
        if let first = firstPlaces[name] {
          fields.refuse(nameKey, &mistakes, "\(name.quoted) is already the name of \(first)")
        } else {
          firstPlaces[name] = fields.place
        }
      }
      if let element = read(fields, &mistakes) { elements.append(element) }
    }
    return elements
  }
}
