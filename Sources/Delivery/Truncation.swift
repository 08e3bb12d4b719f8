/// Cuts texts to what a service accepts.
enum Truncation {
  /// How many parts fit.
  ///
  /// - Parameters:
  ///   - count: how many there are.
  ///   - fits: whether so many fit; if they do, fewer do as well.
  /// - Returns: the most that fit; 0 even if 0 does not fit.
  static func most(of count: Int, _ fits: (Int) -> Bool) -> Int {
    guard !fits(count) else { return count }
    var (least, most) = (0, max(0, count - 1))
    while least < most {
      let middle = (least + most + 1) / 2
      if fits(middle) { least = middle } else { most = middle - 1 }
    }
    return least
  }

  /// The text, or its longest beginning that fits, followed by `…`; scalars stay whole.
  static func cut(_ text: String, _ fits: (String) -> Bool) -> String {
    guard !fits(text) else { return text }
    let scalars = text.unicodeScalars
    let count = most(of: scalars.count) { fits(beginning(of: scalars, $0)) }
    return beginning(of: scalars, count)
  }

  /// The text, escaped, cut to a limit in UTF-16 units.
  static func cut(_ text: String, to limit: Int, escaped: (String) -> String) -> String {
    escaped(cut(text) { escaped($0).utf16.count <= limit })
  }

  /// As many links on one line as fit into a limit in UTF-16 units; `nil` if there are none.
  static func links(_ links: [String], to limit: Int) -> String? {
    func line(_ count: Int) -> String { links.prefix(count).joined(separator: " · ") }
    let count = most(of: links.count) { line($0).utf16.count <= limit }
    return count == 0 ? nil : line(count)
  }

  /// The lines, or as many as fit, followed by how many more there are.
  ///
  /// - Parameters:
  ///   - lines: the most important first.
  ///   - fits: whether the service accepts these.
  /// - Returns: what fits.
  static func lines(_ lines: [String], _ fits: ([String]) -> Bool) -> [String] {
    beginning(of: lines, most(of: lines.count) { fits(beginning(of: lines, $0)) })
  }

  private static func beginning(of scalars: String.UnicodeScalarView, _ count: Int) -> String {
    String(scalars.prefix(count)) + "…"
  }

  private static func beginning(of lines: [String], _ count: Int) -> [String] {
    lines.prefix(count) + (count < lines.count ? ["and \(lines.count - count) more"] : [])
  }
}
