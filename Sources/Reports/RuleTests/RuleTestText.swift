internal import Text

/// The report on rule tests as text, in lines of at most 80 columns.
package struct RuleTestText {
  private static let width = 80
  private static let indent = "      "

  private let style: TerminalStyle
  private let isVerbose: Bool

  /// Makes reports.
  ///
  /// - Parameters:
  ///   - isColored: whether it is for a terminal with colours.
  ///   - isVerbose: whether passed tests are listed and drawn, too.
  package init(isColored: Bool, isVerbose: Bool) {
    style = TerminalStyle(isOn: isColored)
    self.isVerbose = isVerbose
  }

  /// The whole report, with a newline at its end.
  package func render(_ report: RuleTestReport) -> String {
    var lines: [String] = []
    for file in report.files {
      lines += heading(file)
      for result in file.results where isVerbose || !result.isPassed { lines += self.lines(result) }
    }
    let legend = RuleTestPicture.legend(of: report.files.flatMap(\.results).flatMap(\.pictures))
    if !legend.isEmpty {
      // The last picture may be in an earlier file.
      lines += (lines.last == "" ? [] : [""]) + legend + [""]
    }
    lines.append(style.paint(report.summary, report.failed == 0 ? .green : .red))
    return lines.joined(separator: "\n") + "\n"
  }

  /// The file of the tests that follow, and how many of them passed.
  private func heading(_ file: RuleTestReport.File) -> [String] {
    let counts = RuleTestReport.counts(of: file.results.count, failed: file.failed)
    return ["\(printable(file.name)): \(counts)"]
      + (isVerbose || file.failed > 0 ? [""] : [])
  }

  /// The differences of a test, its pictures and their legend, without colours.
  static func plain(_ result: RuleTestReport.Result) -> [String] {
    let lines = RuleTestText(isColored: false, isVerbose: false).findings(result)
    return lines + [""] + RuleTestPicture.legend(of: result.pictures).map { indent + $0 }
  }

  private func lines(_ result: RuleTestReport.Result) -> [String] {
    let mark = result.isPassed ? style.paint("ok    ", .green) : style.paint("FAIL  ", .red)
    var lines = Self.wrapped(result.name).enumerated().map { index, line in
      (index == 0 ? mark : Self.indent) + style.bold(line)
    }
    lines += findings(result)
    return lines + [""]
  }

  private func findings(_ result: RuleTestReport.Result) -> [String] {
    var lines = result.sentences.flatMap(Self.wrapped).map { Self.indent + $0 }
    for picture in result.pictures { lines += [""] + drawing(picture) }
    if result.undrawn > 0 { lines += ["", Self.indent + "\(result.undrawn) more alerts differ"] }
    return lines
  }

  private func drawing(_ picture: RuleTestPicture) -> [String] {
    let rows = picture.rows.map { name, text in
      Self.indent + name + String(repeating: " ", count: 10 - name.count)
        + (name.isEmpty ? style.paint(text, .red) : text)
    }
    let notes = picture.notes.flatMap(Self.wrapped).map { Self.indent + $0 }
    return Self.wrapped(picture.title).map { Self.indent + $0 }
      + rows.map { $0.trimmingTrailingSpaces() }
      + notes
  }

  /// Lines that fit next to the indent, broken at blanks if possible.
  private static func wrapped(_ text: String) -> [String] {
    let most = width - indent.count
    let words = unbroken(printable(text, limit: 2_000).split(separator: " "))
    return words.flatMap { pieces(of: $0, most) }.inLines(of: most)
  }

  /// A word in pieces that fit a line.
  private static func pieces(of word: String, _ most: Int) -> [Substring] {
    guard word.count > most else { return [word[...]] }
    return [word.prefix(most)] + pieces(of: String(word.dropFirst(most)), most)
  }

  /// The words; a number with its sign and unit is one: `> 5 %`.
  private static func unbroken(_ words: [Substring]) -> [String] {
    var result: [String] = []
    var isOpen = false
    for word in words {
      let isUnit =
        result.last?.last?.isNumber == true
        && (word.first == "%"
          || word.prefix { $0.isLetter }.count <= 2 && word.first?.isLetter == true)
      if isOpen || isUnit, let last = result.popLast() {
        result.append(last + " " + word)
      } else {
        result.append(String(word))
      }
      isOpen = ["<", ">", "≤", "≥", "=", "≠"].contains(word)
    }
    return result
  }
}
