/// What a service publishes at some paths, and one of many ways to write it.
struct PublishedDocument {
  enum Cell {
    case number(Double)
    case text(String)
    case bool(Bool)
    case null
    case missing
  }

  /// The keys that lead to each value; none leads through another's.
  private(set) var cells: [(keys: [String], cell: Cell)] = []

  subscript(keys: String...) -> Cell {
    get { cells.first { $0.keys == keys }?.cell ?? .missing }
    set { set(newValue, at: keys) }
  }

  mutating func set(_ cell: Cell, at keys: [String]) {
    if let place = cells.firstIndex(where: { $0.keys == keys }) {
      cells[place].cell = cell
    } else {
      cells.append((keys, cell))
    }
  }

  /// How a document is written: the same for most of one recording.
  struct Spelling {
    /// Other members at the first level.
    var extras: [String] = []
    /// Between any two tokens.
    var blank = ""
    var isReversed = false
    /// An object of which every value is missing is there all the same.
    var keepsEmpty = false
    /// How numbers are written.
    var number: @Sendable (Double) -> String = { "\($0)" }
  }

  /// The document's text.
  func text(_ spelling: Spelling) -> String {
    "{" + spelling.blank
      + (members(under: [], spelling) + spelling.extras)
      .joined(separator: "," + spelling.blank) + "}" + spelling.blank
  }

  private func members(under prefix: [String], _ spelling: Spelling) -> [String] {
    var keys: [String] = []
    for (path, _) in cells where path.count > prefix.count && path.starts(with: prefix) {
      if keys.last != path[prefix.count], !keys.contains(path[prefix.count]) {
        keys.append(path[prefix.count])
      }
    }
    if spelling.isReversed { keys.reverse() }
    return keys.compactMap { key in
      value(at: prefix + [key], spelling).map { "\"\(key)\":\(spelling.blank)\($0)" }
    }
  }

  private func value(at keys: [String], _ spelling: Spelling) -> String? {
    if let (_, cell) = cells.first(where: { $0.keys == keys }) {
      switch cell {
      case .number(let number): return spelling.number(number)
      case .text(let text): return "\"\(text)\""
      case .bool(let bool): return "\(bool)"
      case .null: return "null"
      case .missing: return nil
      }
    }
    let members = members(under: keys, spelling)
    guard !members.isEmpty || spelling.keepsEmpty else { return nil }
    return "{\(members.joined(separator: "," + spelling.blank))}"
  }
}

extension PublishedDocument.Cell {
  /// The same as a token of a rule test's series.
  var token: String {
    switch self {
    case .number(let number): "\(number)"
    case .text(let text): "'\(text)'"
    case .bool(let bool): "\(bool)"
    case .null: "null"
    case .missing: "_"
    }
  }
}
