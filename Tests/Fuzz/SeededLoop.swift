#if SEEDED_LOOP
  internal import Foundation

  /// Takes the place of libFuzzer where the toolchain lacks it: changes inputs at random, without
  /// looking at the coverage.
  ///
  /// Arguments: the seconds, the seed, the file that holds the current input, and files to begin
  /// with. Without seconds it runs each file once.
  @main
  enum SeededLoop {
    static func main() throws {
      let arguments = CommandLine.arguments
      guard arguments.count > 3, let seconds = Double(arguments[1]), let seed = UInt64(arguments[2])
      else {
        for path in arguments.dropFirst() { FuzzTarget.chosen.run(try bytes(path)) }
        return
      }
      let current = URL(fileURLWithPath: arguments[3])
      let inputs = try arguments.dropFirst(4).map(bytes).filter { !$0.isEmpty } + [[0x7B, 0x7D]]
      var random = SplitMix(state: seed)
      var executions = 0
      let end = ContinuousClock.now + .seconds(seconds)
      while ContinuousClock.now < end {
        var input = inputs[Int.random(in: inputs.indices, using: &random)]
        for _ in 0..<Int.random(in: 1...8, using: &random) {
          change(&input, inputs[Int.random(in: inputs.indices, using: &random)], &random)
        }
        try Data(input).write(to: current)
        FuzzTarget.chosen.run(input)
        executions += 1
      }
      try FileManager.default.removeItem(at: current)
      print("stat::number_of_executed_units: \(executions)")
      print("stat::average_exec_per_sec: \(Int(Double(executions) / seconds))")
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
      [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private static func change(
      _ input: inout [UInt8], _ other: [UInt8], _ random: inout SplitMix
    ) {
      let place = Int.random(in: 0...input.count, using: &random)
      let end = min(input.count, place + Int.random(in: 0...16, using: &random))
      let start = Int.random(in: other.indices, using: &random)
      let part = other[start..<min(other.count, start + Int.random(in: 1...32, using: &random))]
      switch Int.random(in: 0..<4, using: &random) {
      case 0: input.replaceSubrange(place..<end, with: part)
      case 1: input.removeSubrange(place..<end)
      case 2: input.insert(contentsOf: part, at: place)
      default: if place < input.count { input[place] = .random(in: 0...255, using: &random) }
      }
    }
  }

  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      return word ^ (word >> 31)
    }
  }
#endif
