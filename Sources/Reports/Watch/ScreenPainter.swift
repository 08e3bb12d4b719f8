/// Updates the screen from one frame to the next with few bytes.
package struct ScreenPainter: Sendable {
  private var shown: [String]?

  package init() {}

  /// Redraws the whole screen with the next update: it was resized, or overwritten.
  package mutating func forget() { shown = nil }

  /// The bytes that update the screen to `lines`; empty if nothing changed.
  ///
  /// Only changed lines are written, in one synchronized update if the terminal supports that.
  ///
  /// - Parameters:
  ///   - lines: no wider than the screen, and no more than it has.
  ///   - size: of the screen.
  /// - Returns: the bytes to write at once.
  package mutating func update(to lines: [String], on size: ScreenSize) -> [UInt8] {
    var text = ""
    for (row, line) in lines.enumerated() where shown.map({ $0[at: row] != line }) ?? true {
      // After a full-width line the cursor is on its last cell, which must not be erased.
      let isFull = cellWidth(line.withoutStyle) >= size.columns
      text += "\u{1b}[\(row + 1);1H\(line)" + (isFull ? "" : "\u{1b}[K")
    }
    // Below the last row there is nothing to erase: the cursor would stay in it.
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
  /// The text without escape sequences.
  fileprivate var withoutStyle: String {
    guard utf8.contains(0x1B) else { return self }
    var parts = split(separator: "\u{1b}", omittingEmptySubsequences: false)[...]
    var result = String(parts.popFirst() ?? "")
    for part in parts { result += part.drop { $0 != "m" }.dropFirst() }
    return result
  }
}
