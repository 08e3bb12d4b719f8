internal import AlertEngine
internal import Text

/// The options of `silence`.
struct SilenceOptions: CommandOptions, Hashable {
  var place = StatePlace()
  /// The action, and the ids of `end` or the files of `merge`.
  var words: [String] = []
  var rules: [NamePattern] = []
  var instances: [NamePattern] = []
  var targets: [NamePattern] = []
  var severities: [Severity] = []
  var labels: [LabelPattern] = []
  /// More of them, in one text.
  var text: MatchText?
  var isEverything = false
  var duration: Duration?
  var until: Moment?
  var starts: Moment?
  var reason: String?
  var author: String?
  var endsAll = false
  var format = PlainFormat.text
  var timeZone: String?

  init() {}

  /// The alerts that the options and `--match` name together.
  var match: AlertMatch {
    get throws(ValueMistake) {
      var match = text?.match ?? AlertMatch()
      match.rules += rules
      match.instances += instances
      match.targets += targets
      match.severities.formUnion(severities)
      for label in labels { try match.add(label) }
      return match
    }
  }
}

/// What `silence` does.
enum SilenceAction: String, CaseIterable, Sendable {
  case add, list, end, merge
}

/// A label of an alert, and what its value must be.
struct LabelPattern: Hashable, Sendable {
  var name: String
  var value: NamePattern
}

/// The options of `ack`.
struct AcknowledgeOptions: CommandOptions, Hashable {
  var place = StatePlace()
  /// The alerts: `RULE` or `RULE/INSTANCE`.
  var alerts: [String] = []
  /// More alerts, in one text.
  var text: MatchText?
  var target: String?
  var author: String?
  var note: String?
  var isUndone = false
  var timeZone: String?

  init() {}
}

/// A time on the command line.
enum Moment: Hashable, Sendable {
  case at(RecordedTime)
  /// The next time at which clocks show this.
  case next(TimeOfDay)

  /// The instant, in the current zone.
  func instant(after now: Instant) -> Instant {
    switch self {
    case .at(let time): return time.instant
    case .next(let time):
      let zone = ClockZone.current
      let shown = zone.shifted(now).milliseconds
      let midnight = Instant(milliseconds: shown - shown.floorDivided(by: 86_400_000).remainder)
      let today = zone.unshifted(midnight + .seconds(time.minutes * 60))
      return today > now
        ? today : zone.unshifted(midnight + .seconds(86_400 + time.minutes * 60))
    }
  }
}

extension OptionValue<Moment> {
  /// RFC 3339; or a minute or a time of the day as in reports.
  static let moment = OptionValue(
    placeholder: "TIME",
    read: { (text) throws(ValueMistake) in
      if let time = TimeOfDay(text) { return .next(time) }
      do throws(ValueMistake) {
        return .at(try OptionValue<RecordedTime>.recorded(isEnd: false).read(text))
      } catch {
        throw ValueMistake(
          "needs a time like 14:00, 2026-11-21 10:15 or 2026-11-21T10:15:00Z, found \(shown(text))")
      }
    },
    write: { "\($0)" })
}

extension OptionValue<NamePattern> {
  static func pattern(_ placeholder: String) -> Self {
    OptionValue(
      placeholder: placeholder,
      read: { (text) throws(ValueMistake) in NamePattern(try oneLine(text, limit: 200)) },
      write: \.text)
  }
}

extension OptionValue<LabelPattern> {
  static let label = OptionValue(
    placeholder: "NAME=VALUE",
    read: { (text) throws(ValueMistake) in
      let parts = text.parts(at: "=", maxSplits: 1)
      guard parts.count == 2, TextForm.labelName.matches(parts[0]), !parts[1].isEmpty else {
        throw ValueMistake("needs a label and its value, like team=search, found \(shown(text))")
      }
      return LabelPattern(
        name: parts[0], value: NamePattern(try oneLine(parts[1], limit: 200)))
    },
    write: { "\($0.name)=\($0.value.text)" })
}

extension OptionValue<String> {
  /// One line of text for people.
  static func line(_ placeholder: String, limit: Int) -> Self {
    OptionValue(
      placeholder: placeholder,
      read: { (text) throws(ValueMistake) in try oneLine(text, limit: limit) },
      write: { $0 })
  }
}

/// A text without control characters, of at most this many Unicode scalars.
private func oneLine(_ text: String, limit: Int) throws(ValueMistake) -> String {
  guard TextForm.line.matches(text) else {
    throw ValueMistake("needs one line of text without control characters")
  }
  guard text.unicodeScalars.count <= limit else {
    throw ValueMistake("needs at most \(limit) characters")
  }
  return text
}
