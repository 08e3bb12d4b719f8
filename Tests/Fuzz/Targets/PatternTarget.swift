@testable import Text

/// A dialect, a pattern in the rest of the first line, and a text: the automaton agrees with the
/// meaning of the pattern's parts, and its steps are enough for itself.
enum PatternTarget {
  static func run(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let line = bytes.dropFirst().prefix { $0 != 0x0A }
    let rest = bytes[min(line.endIndex + 1, bytes.endIndex)...]
    guard let written = String(validating: line, as: UTF8.self),
      let text = String(validating: rest, as: UTF8.self)
    else { return }
    let dialect: Pattern.Dialect = first & 1 == 0 ? .iRegexp : .re2
    let pattern: Pattern
    let node: PatternNode
    do throws(Pattern.Mistake) {
      pattern = try Pattern(written, dialect)
      node = try PatternParser.parse(written, dialect)
    } catch {
      hold(!error.reason.isEmpty, "a mistake has a reason")
      return
    }
    let scalars = Array(text.unicodeScalars.prefix(64))
    for whole in [true, false] {
      let starts = whole ? [0] : Set(0...scalars.count)
      let ends = ends(of: node, from: starts, in: scalars)
      let matches = whole ? ends.contains(scalars.count) : !ends.isEmpty
      var short = String(String.UnicodeScalarView(scalars))
      short.withUTF8 { bytes in
        var steps = Int.max
        let answer = pattern.matches(bytes, whole: whole, steps: &steps)
        hold(answer == matches, "\(written.debugDescription) matches as its parts do")
        var exact = Int.max - steps
        hold(
          pattern.matches(bytes, whole: whole, steps: &exact) == matches,
          "the steps that were spent are enough")
        var fewer = Int.max - steps - 1
        hold(
          steps == Int.max || pattern.matches(bytes, whole: whole, steps: &fewer) == nil,
          "fewer steps are not enough")
      }
    }
  }

  /// The positions after all ways to match a part from some positions.
  private static func ends(
    of node: PatternNode, from starts: Set<Int>, in text: [Unicode.Scalar]
  ) -> Set<Int> {
    switch node {
    case .scalar(let set):
      Set(starts.filter { $0 < text.count && set.contains(text[$0]) }.map { $0 + 1 })
    case .sequence(let parts):
      parts.reduce(starts) { ends(of: $1, from: $0, in: text) }
    case .choice(let parts):
      parts.reduce(into: []) { $0.formUnion(ends(of: $1, from: starts, in: text)) }
    case .repeated(let part, let least, let most):
      repeated(part, least, most, from: starts, in: text)
    case .start: starts.intersection([0])
    case .end: starts.intersection([text.count])
    }
  }

  private static func repeated(
    _ part: PatternNode, _ least: Int, _ most: Int?, from starts: Set<Int>,
    in text: [Unicode.Scalar]
  ) -> Set<Int> {
    var current = starts
    for _ in 0..<least {
      let next = ends(of: part, from: current, in: text)
      if next == current { break }
      current = next
    }
    var all = current
    var rounds = most.map { $0 - least } ?? Int.max
    while rounds > 0 {
      current = ends(of: part, from: current, in: text).subtracting(all)
      guard !current.isEmpty else { break }
      all.formUnion(current)
      rounds -= 1
    }
    return all
  }
}
