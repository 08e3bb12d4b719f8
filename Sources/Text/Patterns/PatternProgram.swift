/// A pattern as instructions (Thompson's construction), from which the automaton is made.
struct PatternProgram {
  enum Instruction {
    /// Moves over a scalar, the set of which has the same place among the sets.
    case scalar
    case jump(Int)
    case split(Int, Int)
    case start
    case end
  }

  private static let mostScalars = 4_096
  private static let mostEmitted = 50_000

  private(set) var instructions: [Instruction] = []
  private(set) var sets: [ScalarSet] = []
  /// For each instruction, how many sets those before it have.
  private var places: [Int] = []
  /// How many parts have been appended, including those without instructions.
  private(set) var emitted = 0

  private mutating func append(_ instruction: Instruction) {
    places.append(sets.count)
    instructions.append(instruction)
  }

  /// Appends a part of a pattern; it is matched where its instructions end.
  mutating func emit(_ node: PatternNode) throws(Pattern.Mistake) {
    emitted += 1
    guard sets.count < Self.mostScalars, emitted < Self.mostEmitted else {
      throw Pattern.Mistake(
        reason: "the pattern is too large: its repetitions, written out, have more than "
          + "4,096 characters")
    }
    switch node {
    case .scalar(let set):
      append(.scalar)
      sets.append(set)
    case .sequence(let parts):
      for part in parts { try emit(part) }
    case .choice(let parts):
      var exits: [Int] = []
      for part in parts.dropLast() {
        let split = instructions.count
        append(.jump(split))
        try emit(part)
        exits.append(instructions.count)
        append(.jump(split))
        instructions[split] = .split(split + 1, instructions.count)
      }
      if let last = parts.last { try emit(last) }
      for exit in exits { instructions[exit] = .jump(instructions.count) }
    case .repeated(let part, let atLeast, let atMost):
      for _ in 0..<atLeast { try emit(part) }
      if let atMost {
        try emit(part, atMost: atMost - atLeast)
      } else {
        let split = instructions.count
        append(.jump(split))
        try emit(part)
        append(.jump(split))
        instructions[split] = .split(split + 1, instructions.count)
      }
    case .start: append(.start)
    case .end: append(.end)
    }
  }

  /// Appends a part that may be matched up to a number of times.
  private mutating func emit(_ part: PatternNode, atMost count: Int) throws(Pattern.Mistake) {
    var splits: [Int] = []
    for _ in 0..<count {
      splits.append(instructions.count)
      append(.jump(0))
      try emit(part)
    }
    for split in splits { instructions[split] = .split(split + 1, instructions.count) }
  }

  /// The places that are reached without moving over a scalar, as a row of bits.
  ///
  /// - Parameters:
  ///   - instruction: where to begin.
  ///   - atStart: whether no scalar has been moved over.
  ///   - width: how many words a row has.
  ///   - steps: reduced by the number of instructions that are followed.
  /// - Returns: the row; at the first two bits behind the places, whether the pattern is matched.
  func places(
    from instruction: Int, atStart: Bool, _ width: Int, _ steps: inout Int
  ) -> [UInt64] {
    var row = [UInt64](repeating: 0, count: width)
    // After an end, no further scalar can follow. Instructions are seen once on each side of it.
    var seen = [Bool](repeating: false, count: 2 * (instructions.count + 1))
    var pending = [(instruction, isAtEnd: false)]
    while let (index, isAtEnd) = pending.popLast() {
      let side = 2 * index + (isAtEnd ? 1 : 0)
      guard !seen[side] else { continue }
      seen[side] = true
      steps -= 1
      guard index < instructions.count else {
        row.insert(sets.count + (isAtEnd ? 1 : 0))
        continue
      }
      switch instructions[index] {
      case .scalar: if !isAtEnd { row.insert(places[index]) }
      case .jump(let target): pending.append((target, isAtEnd))
      case .split(let one, let other): pending += [(one, isAtEnd), (other, isAtEnd)]
      case .start: if atStart { pending.append((index + 1, isAtEnd)) }
      case .end: pending.append((index + 1, true))
      }
    }
    return row
  }
}

extension [UInt64] {
  /// Sets one of a row's bits.
  mutating func insert(_ bit: Int) { self[bit / 64] |= 1 << UInt64(bit % 64) }
}
