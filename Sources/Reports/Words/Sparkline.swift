package import AlertEngine
internal import JSON

/// The recent numbers of an alert as a line of blocks that shows the threshold.
///
/// Numbers up to the threshold are drawn with the lower four blocks, numbers above it with the upper
/// four, so that a crossing is visible at any scale. A dot is an observation without a number, or
/// one that is no evidence.
package enum Sparkline {
  struct Mark: Equatable {
    let character: Character
    /// Whether the rule's condition holds for this number.
    let isBad: Bool
  }

  package static func text(_ recent: RecentValues, _ condition: Condition?) -> String {
    String(marks(recent, condition).map(\.character))
  }

  /// Draws the numbers, newest last.
  ///
  /// - Parameters:
  ///   - recent: nothing is drawn for fewer than two numbers.
  ///   - condition: has the threshold; if that is not a number, the line is scaled by its own numbers.
  /// - Returns: one mark for each entry.
  static func marks(_ recent: RecentValues, _ condition: Condition?) -> [Mark] {
    let values = recent.entries.map { $0.isEvidence ? $0.value : nil }
    guard values.count(where: { $0 != nil }) >= 2 else { return [] }
    return marks(values, condition)
  }

  /// The same for any numbers, however few.
  static func marks(_ values: [Double?], _ condition: Condition?) -> [Mark] {
    let numbers = values.compactMap(\.self)
    let (least, most) = (numbers.min() ?? 0, numbers.max() ?? 0)
    let threshold = condition?.threshold.number
    return values.map { value in
      guard let number = value else { return Mark(character: "·", isBad: false) }
      let level: Int
      if let threshold {
        level =
          number <= threshold
          ? step(number, from: least, to: threshold, of: 4)
          : 4 + step(number, from: threshold, to: most, of: 4)
      } else {
        level = step(number, from: least, to: most, of: 8)
      }
      let isBad = condition?.isBad(.number(number), whileOpen: false) ?? false
      return Mark(character: blocks[level], isBad: isBad)
    }
  }

  static let blocks = Array("▁▂▃▄▅▆▇█")

  /// The step that a number takes among `count` equal ones.
  private static func step(
    _ number: Double, from least: Double, to most: Double, of count: Int
  ) -> Int {
    guard most > least else { return 0 }
    // Halves, since the difference of two numbers may overflow.
    let share = (number / 2 - least / 2) / (most / 2 - least / 2)
    guard share.isFinite else { return 0 }
    return min(count - 1, max(0, Int(share * Double(count))))
  }
}
