extension String {
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  package func paddedLeft(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }

  package func trimmingTrailingSpaces() -> String {
    String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
  }

  /// Lines of at most `width` characters, broken at spaces; a longer word gets a line of its own.
  ///
  /// There is always at least one line.
  package func wrapped(to width: Int) -> [String] { split(separator: " ").inLines(of: width) }
}

extension Sequence where Element: StringProtocol {
  /// Words in lines of at most `width` characters; a longer word gets a line of its own.
  ///
  /// There is always at least one line.
  package func inLines(of width: Int) -> [String] {
    var lines: [String] = []
    for word in self {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.isEmpty ? [""] : lines
  }
}
