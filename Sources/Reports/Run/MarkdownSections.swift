/// A Markdown document that is cut to a size: what matters least goes first.
struct MarkdownSections {
  /// How much a row matters, most first.
  enum Weight: Int, CaseIterable {
    case errors, notTold, firing, firingDetails, recovering, pending, unknown, details, ended, told
    case healthyTargets, healthy
  }

  /// Rows that stand together between a head and a tail; without any row it is not there.
  struct Section {
    let head: String
    var rows: [(weight: Weight, text: String)]
    let tail: String
    /// What its rows are, for the line that tells how many were left out: `checks`.
    let noun: String
  }

  /// Always there, and short.
  let begin: String
  var sections: [Section] = []

  init(begin: String) {
    self.begin = begin
  }

  mutating func add(
    _ head: String, _ rows: [(weight: Weight, text: String)], tail: String = "\n", noun: String
  ) {
    guard !rows.isEmpty else { return }
    sections.append(Section(head: head, rows: rows, tail: tail, noun: noun))
  }

  /// Room for what tells how much was left out of a section, in bytes.
  private static let note = 96
  /// Room for the last line, which tells it of the whole.
  private static let lastNote = 400

  /// As much of the document as fits.
  ///
  /// - Parameter limit: the most bytes it may have; where not even its begin fits, it is empty.
  /// - Returns: the text, of at most so many bytes.
  func text(limit: Int) -> String {
    var room = limit - begin.utf8.count - Self.lastNote
    guard room >= 0 else { return begin.utf8.count <= limit ? begin : "" }
    let kept = kept(within: &room)
    var text = begin
    var left: [String: Int] = [:]
    for (section, count) in zip(sections, kept) {
      let rest = section.rows.count - count
      if rest > 0 { left[section.noun, default: 0] += rest }
      guard count > 0 else { continue }
      text += section.head + section.rows.prefix(count).map(\.text).joined() + section.tail
      if rest > 0 { text += "_and \(rest) more \(section.noun), left out for want of room_\n\n" }
    }
    guard !left.isEmpty else { return text }
    let counts = left.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    return text + "**Cut to size, left out: \(counts.joined(separator: ", ")).** "
      + "The JSON report (`--output`) has all of it.\n"
  }

  /// How many rows of each section are kept, the first of each.
  private func kept(within room: inout Int) -> [Int] {
    var kept = Array(repeating: 0, count: sections.count)
    var isClosed = Array(repeating: false, count: sections.count)
    for weight in Weight.allCases {
      var isFull = false
      for (place, section) in sections.enumerated() where !isClosed[place] {
        while kept[place] < section.rows.count, section.rows[kept[place]].weight == weight {
          let row = section.rows[kept[place]].text.utf8.count
          let frame =
            kept[place] == 0 ? section.head.utf8.count + section.tail.utf8.count + Self.note : 0
          guard row + frame <= room else {
            isClosed[place] = true
            isFull = true
            break
          }
          room -= row + frame
          kept[place] += 1
        }
      }
      if isFull { break }
    }
    return kept
  }
}
