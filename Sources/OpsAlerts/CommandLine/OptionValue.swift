internal import AlertEngine
internal import JSON
internal import Text

/// Parses the value of an option, and writes a default for the help.
struct OptionValue<Value: Sendable>: Sendable {
  /// The value's name in the help: `PATH`.
  var placeholder: String
  var completion = Completion.nothing
  /// The text is never empty.
  var read: @Sendable (String) throws(ValueMistake) -> Value
  var write: @Sendable (Value) -> String
}

/// What is wrong with a value, continuing a sentence that starts with the option: `needs a number`.
struct ValueMistake: Error {
  var reason: String

  init(_ reason: String) { self.reason = reason }
}

/// What a shell completes for an option's value.
enum Completion: Hashable, Sendable {
  case nothing
  case files
  case words([String])
}

extension OptionValue<String> {
  static let path = text("PATH", .files)
  static let url = text("URL")
  static let name = text("NAME")
  static let variants = text("VARIANTS")

  /// The name of an environment variable; the error does not repeat the text, which may be the
  /// variable's value.
  static let variable = OptionValue(
    placeholder: "NAME",
    read: { (text) throws(ValueMistake) in
      let isName = text.utf8.enumerated().allSatisfy { index, byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "_"):
          true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): index > 0
        default: false
        }
      }
      guard isName else {
        throw ValueMistake("needs the name of an environment variable, not its value")
      }
      return text
    },
    write: { $0 })

  static let timeZone = OptionValue(
    placeholder: "NAME",
    read: { (text) throws(ValueMistake) in
      guard ClockZone(named: text) != nil else {
        throw ValueMistake(
          "needs the name of a time zone such as Europe/Berlin or UTC, found \(shown(text))")
      }
      return text
    },
    write: { $0 })

  private static func text(_ placeholder: String, _ completion: Completion = .nothing) -> Self {
    OptionValue(
      placeholder: placeholder, completion: completion,
      read: { (text) throws(ValueMistake) in text }, write: { $0 })
  }
}

extension OptionValue<Instant> {
  static let time = OptionValue(
    placeholder: "TIME",
    read: { (text) throws(ValueMistake) in
      guard let instant = Instant(rfc3339: text) else {
        throw ValueMistake("needs a time like 2026-11-21T10:15:00Z, found \(shown(text))")
      }
      return instant
    },
    write: \.rfc3339)
}

extension OptionValue<RecordedTime> {
  /// A time in a recording: RFC 3339, or a minute as in reports, `2026-11-21 10:15`, or a day, both in
  /// the zone of the report.
  ///
  /// - Parameter isEnd: whether such a minute or day means its end instead of its start.
  /// - Returns: the value of `--from` or `--to`.
  static func recorded(isEnd: Bool) -> OptionValue {
    OptionValue(
      placeholder: "TIME",
      read: { (text) throws(ValueMistake) in
        if let instant = Instant(rfc3339: text) { return .instant(instant) }
        let forms: [(text: String, length: Duration)] = [
          (text.replacing(" ", with: "T", maxReplacements: 1) + ":00Z", .seconds(60)),
          (text + "T00:00:00Z", .seconds(86_400)),
        ]
        for (form, length) in forms {
          guard let begin = Instant(rfc3339: form) else { continue }
          return .shown(isEnd ? begin + length - .milliseconds(1) : begin)
        }
        throw ValueMistake(
          "needs a time like 2026-11-21T10:15:00Z, or 2026-11-21 10:15, "
            + "found \(shown(text))")
      },
      write: \.instant.rfc3339)
  }
}

extension OptionValue<HistoryStart> {
  /// A duration before now, or a time as in `--from`.
  static let historyStart = OptionValue(
    placeholder: "D|TIME",
    read: { (text) throws(ValueMistake) in
      if let ago = try? OptionValue<Duration>.duration.read(text) { return .ago(ago) }
      do throws(ValueMistake) {
        return .time(try OptionValue<RecordedTime>.recorded(isEnd: false).read(text))
      } catch {
        throw ValueMistake(
          "needs a duration like 7d, at most 30 days, or a time like 2026-11-21 10:15, "
            + "found \(shown(text))")
      }
    },
    write: { start in
      switch start {
      case .ago(let duration): OptionValue<Duration>.duration.write(duration)
      case .time(let time): OptionValue<RecordedTime>.recorded(isEnd: false).write(time)
      }
    })
}

extension OptionValue<SnapshotSource> {
  static let snapshot = OptionValue(
    placeholder: "FILE", completion: .files,
    read: { (text) throws(ValueMistake) in text == "-" ? .standardInput : .file(text) },
    write: { source in
      switch source {
      case .standardInput: "-"
      case .file(let path): path
      }
    })
}

extension OptionValue<HeaderVariable> {
  /// A header and the variable that holds its value; the error repeats neither, since the text may
  /// hold the value itself.
  static let headerVariable = OptionValue(
    placeholder: "HEADER=NAME",
    read: { (text) throws(ValueMistake) in
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, TextForm.variable.matches(parts[1]) else {
        throw ValueMistake(
          "needs a header and the name of the variable that holds its value, like "
            + "X-Api-Key=OPS_API_KEY")
      }
      guard TextForm.headerName.matches(parts[0]) else {
        throw ValueMistake("needs \(TextForm.headerName.expectation)")
      }
      return HeaderVariable(name: parts[0], variable: parts[1])
    },
    write: { "\($0.name)=\($0.variable)" })
}

extension OptionValue<AcceptedStatuses> {
  /// Statuses separated by commas, or `any`.
  static let statuses = OptionValue(
    placeholder: "LIST|any", completion: .words([AcceptedStatuses.anyWord]),
    read: { (text) throws(ValueMistake) in
      guard text != AcceptedStatuses.anyWord else { return .any }
      let possible = AcceptedStatuses.possible
      var statuses: Set<Int> = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let status = Int(part), possible.contains(status) else {
          throw ValueMistake(
            "needs statuses from \(possible.lowerBound) to \(possible.upperBound) separated by "
              + "commas, or any, found \(shown(text))")
        }
        statuses.insert(status)
      }
      return .alsoThese(statuses)
    },
    write: { statuses in
      switch statuses {
      case .success: "200 to 299"
      case .alsoThese(let more): more.sorted().map(String.init).joined(separator: ",")
      case .any: AcceptedStatuses.anyWord
      }
    })
}

extension OptionValue<StateChoice> {
  static let stateFile = OptionValue(
    placeholder: "PATH", completion: .files,
    read: { (text) throws(ValueMistake) in .file(text) },
    write: { choice in
      switch choice {
      case .standard: StateOwner(configuration: "STEM").standardPath
      case .file(let path): path
      case .without: "none"
      }
    })
}

extension OptionValue<Int> {
  static func count(_ range: ClosedRange<Int>) -> Self {
    OptionValue(
      placeholder: "N",
      read: { (text) throws(ValueMistake) in
        guard text.utf8.allSatisfy(isDigit), let count = Int(text), range.contains(count) else {
          throw ValueMistake(
            "needs a whole number from \(range.lowerBound) to \(range.upperBound), "
              + "found \(shown(text))")
        }
        return count
      },
      write: { "\($0)" })
  }
}

extension OptionValue<Double> {
  static let rate = OptionValue(
    placeholder: "N",
    read: { (text) throws(ValueMistake) in
      guard let rate = Double(text), (0...100).contains(rate) else {
        throw ValueMistake("needs a number from 0 to 100, found \(shown(text))")
      }
      return rate
    },
    write: \.plain)
}

extension OptionValue where Value: RawRepresentable<String> & CaseIterable {
  /// One of a few words.
  static func choice() -> Self {
    let words = Value.allCases.map(\.rawValue)
    return OptionValue(
      placeholder: words.joined(separator: "|"), completion: .words(words),
      read: { (text) throws(ValueMistake) in
        if let value = Value(rawValue: text) { return value }
        throw ValueMistake(
          "takes \(listing(words, "or")), not \(shown(text))\(suggestion(for: text, among: words))")
      },
      write: \.rawValue)
  }
}

extension OptionValue<Duration> {
  /// From 1 ms to 30 days, in milliseconds.
  static let duration = OptionValue(
    placeholder: "D",
    read: { (text) throws(ValueMistake) in
      guard let milliseconds = wholeMilliseconds(text) else {
        throw ValueMistake("needs a duration like 90s, 10m, 2h or 500ms, found \(shown(text))")
      }
      guard milliseconds >= 1, milliseconds <= 30 * 86_400_000 else {
        throw ValueMistake(
          "needs a duration of at least 1ms and at most 30 days (30d), found \(shown(text))")
      }
      return .milliseconds(Int64(milliseconds))
    },
    write: { duration in
      let milliseconds = duration.wholeMilliseconds
      guard milliseconds % 1_000 == 0 else { return "\(milliseconds)ms" }
      let isMinutes = milliseconds > 60_000 && milliseconds % 60_000 == 0
      return isMinutes ? "\(milliseconds / 60_000)m" : "\(milliseconds / 1_000)s"
    })

  /// The rounded milliseconds of `1.5h` and the like; `nil` if the text is not a duration.
  private static func wholeMilliseconds(_ text: String) -> Double? {
    let number = text.utf8.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
    let parts = number.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), let count = Double(Substring(number))
    else { return nil }
    let unit: Double
    switch text[number.endIndex...] {
    case "ms": unit = 1
    case "", "s": unit = 1_000
    case "m": unit = 60_000
    case "h": unit = 3_600_000
    case "d": unit = 86_400_000
    default: return nil
    }
    return (count * unit).rounded()
  }
}

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
