/// A pattern as sets of places: where in the pattern a text may be after each scalar.
///
/// A place is one scalar of the pattern; a set of places is a row of bits. Two further bits of a row
/// say that the pattern has been matched. Matching allocates nothing.
struct PatternAutomaton: Sendable {
  private let sets: [ScalarSet]
  /// How many words a row has.
  private let width: Int
  /// The row at the start of the text.
  private let first: [UInt64]
  /// The row of a match that begins after it.
  private let others: [UInt64]
  /// The rows after each place.
  private var following: [UInt64] = []
  /// For each ASCII character, the places that it matches.
  private var matchingASCII: [UInt64] = []

  /// Makes the automaton, unless that takes too many steps.
  init(_ node: PatternNode, steps: inout Int) throws(Pattern.Mistake) {
    var program = PatternProgram()
    defer { steps -= program.emitted }
    try program.emit(node)
    sets = program.sets
    width = (sets.count + 2 + 63) / 64
    first = program.places(from: 0, atStart: true, width, &steps)
    others = program.places(from: 0, atStart: false, width, &steps)
    for (index, instruction) in program.instructions.enumerated() where steps >= 0 {
      guard case .scalar = instruction else { continue }
      following += program.places(from: index + 1, atStart: false, width, &steps)
    }
    steps -= sets.reduce(0) { $0 + 16 * (1 + $1.ranges.count) }
    guard steps >= 0 else {
      throw Pattern.Mistake(reason: "the pattern takes too many steps to read")
    }
    matchingASCII = Array(repeating: 0, count: 128 * width)
    for (place, set) in sets.enumerated() {
      for value in 0..<128 where set.contains(Unicode.Scalar(UInt8(value))) {
        matchingASCII[value * width + place / 64] |= 1 << UInt64(place % 64)
      }
    }
  }

  /// Whether a text matches; `nil` if the steps are used up.
  func matches(_ bytes: UnsafeBufferPointer<UInt8>, whole: Bool, steps: inout Int) -> Bool? {
    guard steps >= 0 else { return nil }
    var left = steps
    defer { steps = left }
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * width) { memory in
      memory.initialize(repeating: 0)
      var current = UnsafeMutableBufferPointer(rebasing: memory[..<width])
      var next = UnsafeMutableBufferPointer(rebasing: memory[width...])
      for word in 0..<width { current[word] = first[word] }
      var offset = 0
      while offset < bytes.count {
        if !whole, has(sets.count, in: current) { return true }
        let scalar = bytes.scalar(at: &offset)
        for word in 0..<width { next[word] = whole ? 0 : others[word] }
        left -= 1 + width
        var isAlive = !whole
        for word in 0..<width {
          var places = current[word]
          if scalar.isASCII { places &= matchingASCII[Int(scalar.value) * width + word] }
          while places != 0 {
            let place = word * 64 + places.trailingZeroBitCount
            places &= places - 1
            guard place < sets.count else { continue }
            if !scalar.isASCII {
              left -= sets[place].ranges.count
              guard sets[place].contains(scalar) else { continue }
            }
            left -= width
            isAlive = true
            for target in 0..<width { next[target] |= following[place * width + target] }
          }
        }
        guard left >= 0 else { return nil }
        guard isAlive else { return false }
        swap(&current, &next)
      }
      return has(sets.count, in: current) || has(sets.count + 1, in: current)
    }
  }

  private func has(_ bit: Int, in row: UnsafeMutableBufferPointer<UInt64>) -> Bool {
    row[bit / 64] >> UInt64(bit % 64) & 1 == 1
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The scalar at an offset of valid UTF-8; moves the offset over it.
  @inline(__always)
  fileprivate func scalar(at offset: inout Int) -> Unicode.Scalar {
    let lead = self[offset]
    offset += 1
    if lead < 0x80 { return Unicode.Scalar(lead) }
    let count = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3
    var value = UInt32(lead) & (0x3F >> UInt32(count))
    for _ in 0..<count where offset < self.count {
      value = value << 6 | UInt32(self[offset] & 0x3F)
      offset += 1
    }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }
}
