internal import Text

extension Duration {
  /// Parses a duration in the notation of rule tests: `90s`, `1h30m`, `1.5m`, `0`.
  ///
  /// Up to five numbers with the units `d`, `h`, `m`, `s` or `ms`, rounded to milliseconds.
  init?(notation text: some StringProtocol) {
    var rest = Array(text.utf8)[...]
    guard !rest.elementsEqual("0".utf8) else {
      self = .zero
      return
    }
    var milliseconds = 0.0
    var parts = 0
    while !rest.isEmpty {
      guard let number = Self.number(&rest), let unit = Self.unit(&rest) else { return nil }
      milliseconds += number * unit
      parts += 1
    }
    guard (1...5).contains(parts) else { return nil }
    self = .milliseconds(Int64(milliseconds.rounded()))
  }

  /// Up to nine digits, followed by up to three decimal places.
  private static func number(_ rest: inout ArraySlice<UInt8>) -> Double? {
    func digits(_ limit: Int) -> Double? {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard (1...limit).contains(digits.count) else { return nil }
      rest = rest.dropFirst(digits.count)
      return digits.reduce(0) { $0 * 10 + Double($1 & 0x0F) }
    }
    guard let whole = digits(9) else { return nil }
    guard rest.first == UInt8(ascii: ".") else { return whole }
    rest = rest.dropFirst()
    let before = rest.count
    guard let fraction = digits(3) else { return nil }
    let scale = [1, 10, 100, 1_000][before - rest.count]
    return whole + fraction / Double(scale)
  }

  /// The milliseconds of the unit that follows.
  private static func unit(_ rest: inout ArraySlice<UInt8>) -> Double? {
    let units: [(name: String, milliseconds: Double)] = [
      ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]
    guard let unit = units.first(where: { rest.starts(with: $0.name.utf8) }) else { return nil }
    rest = rest.dropFirst(unit.name.utf8.count)
    return unit.milliseconds
  }

  /// The duration in that notation: `0s`; `1m30s` for 90 seconds.
  package var notation: String {
    var rest = wholeMilliseconds
    guard rest > 0 else { return "0s" }
    var text = ""
    for (unit, milliseconds): (String, Int64) in [
      ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ] where rest >= milliseconds {
      text += "\(rest / milliseconds)\(unit)"
      rest %= milliseconds
    }
    return text
  }
}

/// The times of a test's samples, relative to its start: ascending, at least one.
package struct SampleTimes: Hashable, Sendable {
  /// Several evenly spaced times.
  private struct Run: Hashable {
    var first: Duration
    var step: Duration
    var count: Int
    /// How many times precede this run.
    var start: Int

    var last: Duration { first + step * (count - 1) }
  }

  /// The latest time of a sample relative to the start: ten years.
  static let longest = Duration.seconds(3_650 * 86_400)

  private var runs: [Run] = []

  package private(set) var count = 0

  private init() {}

  /// Samples at a regular interval, the first at the start.
  init(every step: Duration, count: Int) {
    append(Run(first: .zero, step: step, count: count, start: 0))
  }

  private mutating func append(_ run: Run) {
    runs.append(run)
    count += run.count
  }

  /// The time of a sample.
  ///
  /// - Parameter index: less than `count`.
  package subscript(index: Int) -> Duration {
    let run = run { $0.start <= index }
    return run.first + run.step * (index - run.start)
  }

  /// Whether all of them are evenly spaced.
  package var isRegular: Bool { runs.count == 1 }

  var last: Duration { runs.last?.last ?? .zero }

  /// The last sample at or before a time; `nil` if the time is before the first one.
  func index(notAfter time: Duration) -> Int? {
    guard let first = runs.first, first.first <= time else { return nil }
    let run = run { $0.first <= time }
    guard run.count > 1 else { return run.start }
    return run.start + min(run.count - 1, Int((time - run.first) / run.step))
  }

  /// The sample at exactly this time.
  func index(of time: Duration) -> Int? {
    index(notAfter: time).flatMap { self[$0] == time ? $0 : nil }
  }

  /// The last run that satisfies a condition, which holds for a prefix of the runs.
  private func run(where holds: (Run) -> Bool) -> Run {
    var (low, high) = (0, runs.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if holds(runs[middle]) { low = middle } else { high = middle }
    }
    return runs[low]
  }
}

extension SampleTimes {
  /// Parses irregular times: `0s 60s 2m+1mx10 30m`, where `T+DxN` are N times, D apart, starting at
  /// T.
  ///
  /// - Throws: what is wrong with the text.
  init(notation text: String) throws(NotationMistake) {
    self.init()
    for (number, token) in text.split(separator: " ").enumerated() {
      let word = Word(text: String(token), number: number + 1)
      let run = try Self.run(word, start: count)
      if let last = runs.last?.last, run.first <= last {
        throw word.mistake("is not after \(last.notation)")
      }
      guard run.last <= Self.longest else {
        throw word.mistake("is more than 10 years after the start")
      }
      guard count + run.count <= SampleSeries.mostSamples else {
        throw NotationMistake("expected at most \(SampleSeries.mostSamples) times, found more")
      }
      append(run)
    }
    guard count > 0 else { throw NotationMistake("expected at least one time") }
  }

  private static func run(_ word: Word, start: Int) throws(NotationMistake) -> Run {
    let parts = word.text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 1 {
      guard let time = Duration(notation: parts[0]) else { throw word.noTime }
      return Run(first: time, step: .zero, count: 1, start: start)
    }
    let steps = parts[1].split(separator: "x", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = Duration(notation: parts[0]), let step = Duration(notation: steps[0]) else {
      throw word.noTime
    }
    guard steps.count == 2 else { throw word.mistake("needs xN after it, the number of times") }
    let count = try word.count(of: Array(steps[1].utf8)[...])
    guard step > .zero else { throw word.mistake("has a step of 0; use a longer one") }
    return Run(first: first, step: step, count: count, start: start)
  }
}

/// What is wrong with a text of times or samples, in lower case: `"0.08x" (token 2) needs …`.
struct NotationMistake: Error {
  var reason: String

  init(_ reason: String) { self.reason = reason }
}

/// One of the words between the spaces of a notation.
struct Word {
  var text: String
  /// Counted from 1.
  var number: Int

  func mistake(_ reason: String) -> NotationMistake {
    NotationMistake("\(text.quoted) (token \(number)) \(reason)")
  }

  fileprivate var noTime: NotationMistake {
    mistake("is not a time: expected 0s, 90s or 1h30m, for example, or T+DxN for N times, D apart")
  }

  /// The N after an `x`.
  func count(of digits: ArraySlice<UInt8>) throws(NotationMistake) -> Int {
    guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }),
      digits.count <= 9, let count = Int(String(decoding: digits, as: UTF8.self)),
      (1...SampleSeries.mostSamples).contains(count)
    else {
      throw mistake("needs a whole number from 1 to \(SampleSeries.mostSamples) after its x")
    }
    return count
  }
}
