/// One line of a screen: styled pieces of text.
struct ScreenLine {
  private struct Piece {
    var text: String
    let color: TerminalStyle.Color
    let isBold: Bool
  }

  private var pieces: [Piece] = []
  /// In cells.
  private(set) var width = 0

  init() {}

  init(_ text: String, _ color: TerminalStyle.Color = .plain, isBold: Bool = false) {
    add(text, color, isBold: isBold)
  }

  mutating func add(_ text: String, _ color: TerminalStyle.Color = .plain, isBold: Bool = false) {
    guard !text.isEmpty else { return }
    pieces.append(Piece(text: text, color: color, isBold: isBold))
    width += cellWidth(text)
  }

  /// Adds spaces up to a column; nothing if the line is already longer.
  mutating func pad(to column: Int) {
    if column > width { add(String(repeating: " ", count: column - width)) }
  }

  /// The line with escape sequences, cut to a width with `…`.
  func rendered(_ style: TerminalStyle, columns: Int) -> String {
    var left = width > columns ? max(0, columns - 1) : columns
    var result = ""
    for piece in pieces {
      let text = piece.text.fitting(left)
      left -= cellWidth(text)
      if !text.isEmpty {
        let painted = style.paint(text, piece.color)
        result += piece.isBold ? style.bold(painted) : painted
      }
      if text != piece.text { break }
    }
    return width > columns && columns > 0 ? result + "…" : result
  }
}

extension String {
  /// As much of the text as fits into a number of cells.
  func fitting(_ cells: Int) -> String {
    guard cellWidth(self) > cells else { return self }
    var used = 0
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      used += scalar.cellWidth
      guard used <= cells else { break }
      result.append(scalar)
    }
    return String(result)
  }

  /// The text, cut to a number of cells with `…` if it is longer.
  func cut(to cells: Int) -> String {
    cellWidth(self) <= cells ? self : cells <= 0 ? "" : fitting(cells - 1) + "…"
  }

  /// The text wrapped at spaces; the last line is cut.
  func wrapped(to cells: Int, lines most: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ") {
      let longer = line.isEmpty ? String(word) : line + " " + word
      if line.isEmpty || lines.count + 1 == most || cellWidth(longer) <= cells {
        line = longer
      } else {
        lines.append(line)
        line = "  " + word
      }
    }
    return (lines + [line]).map { $0.cut(to: cells) }
  }
}
