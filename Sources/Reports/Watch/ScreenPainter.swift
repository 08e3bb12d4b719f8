/// Turns one picture of the screen into the next with as few bytes as it takes.
package struct ScreenPainter: Sendable {
  private var shown: [String]?

  package init() {}

  /// The whole screen is drawn anew the next time: it was resized, or something else wrote on it.
  package mutating func forget() { shown = nil }

  /// The bytes that bring the screen from what it shows to `lines`; empty where nothing changed.
  ///
  /// A terminal that knows synchronized updates shows all of it at once; on others only lines that
  /// changed are written, and none is blank in between.
  ///
  /// - Parameters:
  ///   - lines: no wider than the screen, and as many as it has or fewer.
  ///   - size: that of the screen.
  /// - Returns: what to write, in one go.
  package mutating func update(to lines: [String], on size: ScreenSize) -> [UInt8] {
    var text = ""
    for (row, line) in lines.enumerated() where shown.map({ $0[at: row] != line }) ?? true {
      // A line over the whole width leaves the cursor on its last cell: nothing is to be wiped.
      let isFull = cellWidth(line.withoutStyle) >= size.columns
      text += "\u{1b}[\(row + 1);1H\(line)" + (isFull ? "" : "\u{1b}[K")
    }
    // There is no place below the last row: the cursor would stay in it.
    if lines.count < size.rows, lines.count < shown?.count ?? .max {
      text += "\u{1b}[\(lines.count + 1);1H\u{1b}[J"
    }
    shown = lines
    guard !text.isEmpty else { return [] }
    return Array("\u{1b}[?2026h\(text)\u{1b}[?2026l".utf8)
  }
}

extension [String] {
  fileprivate subscript(at index: Int) -> String? { indices.contains(index) ? self[index] : nil }
}

extension String {
  /// The text without colours and the like.
  fileprivate var withoutStyle: String {
    guard utf8.contains(0x1B) else { return self }
    var parts = split(separator: "\u{1b}", omittingEmptySubsequences: false)[...]
    var result = String(parts.popFirst() ?? "")
    for part in parts { result += part.drop { $0 != "m" }.dropFirst() }
    return result
  }
}
