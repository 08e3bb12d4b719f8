/// A part of a pattern.
indirect enum PatternNode {
  case scalar(ScalarSet)
  case sequence([PatternNode])
  case choice([PatternNode])
  case repeated(PatternNode, atLeast: Int, atMost: Int?)
  /// Matches before the first scalar.
  case start
  /// Matches after the last scalar.
  case end
}

/// A set of Unicode scalars, as a class of a pattern describes it.
struct ScalarSet {
  var ranges: [ClosedRange<UInt32>] = []
  var categories: Set<Unicode.GeneralCategory> = []
  var isNegated = false
  var ignoresCase = false

  init(_ ranges: [ClosedRange<UInt32>] = [], isNegated: Bool = false) {
    self.ranges = ranges
    self.isNegated = isNegated
  }

  /// The scalar, if it is the only one.
  var only: Unicode.Scalar? {
    guard let range = ranges.first, ranges.count == 1, range.count == 1, categories.isEmpty,
      !isNegated, !ignoresCase
    else { return nil }
    return Unicode.Scalar(range.lowerBound)
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    (has(scalar) || ignoresCase && scalar.otherCases.contains(where: has)) != isNegated
  }

  private func has(_ scalar: Unicode.Scalar) -> Bool {
    ranges.contains(scalar)
      || !categories.isEmpty && categories.contains(scalar.properties.generalCategory)
  }

  /// Adds what another set contains.
  mutating func add(_ other: ScalarSet) {
    guard other.isNegated else {
      ranges += other.ranges
      categories.formUnion(other.categories)
      return
    }
    if !other.categories.isEmpty {
      categories.formUnion(Set(Self.categories.values).subtracting(other.categories))
    }
    guard !other.ranges.isEmpty else { return }
    var next: UInt32 = 0
    for range in other.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if next < range.lowerBound { ranges.append(next...range.lowerBound - 1) }
      next = max(next, range.upperBound + 1)
    }
    if next <= 0x10FFFF { ranges.append(next...0x10FFFF) }
  }

  /// The general categories of Unicode by their two letters.
  private static let categories: [String: Unicode.GeneralCategory] = [
    "Lu": .uppercaseLetter, "Ll": .lowercaseLetter, "Lt": .titlecaseLetter, "Lm": .modifierLetter,
    "Lo": .otherLetter, "Mn": .nonspacingMark, "Mc": .spacingMark, "Me": .enclosingMark,
    "Nd": .decimalNumber, "Nl": .letterNumber, "No": .otherNumber, "Pc": .connectorPunctuation,
    "Pd": .dashPunctuation, "Ps": .openPunctuation, "Pe": .closePunctuation,
    "Pi": .initialPunctuation, "Pf": .finalPunctuation, "Po": .otherPunctuation,
    "Sm": .mathSymbol, "Sc": .currencySymbol, "Sk": .modifierSymbol, "So": .otherSymbol,
    "Zs": .spaceSeparator, "Zl": .lineSeparator, "Zp": .paragraphSeparator, "Cc": .control,
    "Cf": .format, "Co": .privateUse, "Cn": .unassigned,
  ]

  /// The scalars of a general category, such as `Lu`, or of all that begin with a letter.
  init?(category name: String) {
    guard !name.isEmpty else { return nil }
    categories = Set(
      Self.categories.lazy.filter { $0.key == name || name.count == 1 && $0.key.hasPrefix(name) }
        .map(\.value))
    if categories.isEmpty { return nil }
  }
}

extension Unicode.Scalar {
  /// This scalar in lower and upper case, where that is a single scalar.
  fileprivate var otherCases: [Unicode.Scalar] {
    [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { text in
      text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
    }
  }
}
