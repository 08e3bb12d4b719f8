/// A Markdown document that is truncated to a size, the least important rows first.
struct MarkdownSections {
  /// The importance of a row, highest first.
  enum Weight: Int, CaseIterable {
    case errors, notNotified, firing, firingDetails, recovering, pending, unknown, details, ended,
      notified
    case healthyTargets, healthy
  }

  /// Rows between a head and a tail; a section without rows is omitted.
  struct Section {
    let head: String
    var rows: [(weight: Weight, text: String)]
    let tail: String
    /// What its rows are, for the note on how many were left out: `checks`.
    let noun: String
  }

  /// Always there, and short.
  let begin: String
  var sections: [Section] = []

  mutating func add(
    _ head: String, _ rows: [(weight: Weight, text: String)], tail: String = "\n", noun: String
  ) {
    guard !rows.isEmpty else { return }
    sections.append(Section(head: head, rows: rows, tail: tail, noun: noun))
  }

  /// Room for the note on what was left out of a section, in bytes.
  private static let note = 96
  /// Room for the last line, on what was left out of the document.
  private static let lastNote = 400

  /// As much of the document as fits.
  ///
  /// - Parameter limit: the largest size in bytes.
  /// - Returns: the text; empty if not even its beginning fits.
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
      if rest > 0 { text += "_and \(rest) more \(section.noun), left out to fit_\n\n" }
    }
    guard !left.isEmpty else { return text }
    let counts = left.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    return text + "**Truncated, left out: \(counts.joined(separator: ", ")).** "
      + "The JSON report (`--output`) is complete.\n"
  }

  /// The number of rows kept of each section, from its first.
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
