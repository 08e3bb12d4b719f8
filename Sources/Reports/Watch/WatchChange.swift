internal import AlertEngine
internal import Text

/// A change from one sample to the next.
package struct WatchChange: Sendable {
  let at: Instant
  /// The keyword, such as `FIRING` or `NO EVIDENCE`.
  let word: String
  /// `nil` if it is not about one target.
  let target: String?
  let text: String
  let color: TerminalStyle.Color

  init(_ word: String, _ color: TerminalStyle.Color, at: Instant, target: String?, _ text: String) {
    self.at = at
    self.word = word
    self.color = color
    self.target = target
    self.text = text
  }

  /// Its line in a journal.
  package var journalLine: String {
    let name = target.map { " " + printable($0) } ?? ""
    return "\(at.rfc3339) \(word)\(name) \(text)"
  }
}

extension WatchChange {
  init(_ transition: Transition, _ check: Check?, of target: String, at now: Instant) {
    let name = transition.key.text
    let wording = check.map { CheckWording($0, seenAt: now) }
    let value = wording.map { " " + $0.valueAgainstLimit } ?? ""
    func text(_ parts: String?...) -> String {
      let more = parts.compactMap(\.self)
      return name + value + (more.isEmpty ? "" : " · " + more.joined(separator: " · "))
    }
    switch transition.event {
    case .pending:
      self.init(
        "PENDING", .yellow, at: now, target: target, text(wording?.severity, wording?.fires))
    case .firing:
      self.init(
        "FIRING", .red, at: now, target: target, text(wording?.severity, wording?.since))
    case .resolved:
      self.init(
        "RESOLVED", .green, at: now, target: target, text(transition.endWords(seenAt: now)))
    case .cancelled:
      self.init(
        "CANCELLED", .plain, at: now, target: target, text(transition.endWords(seenAt: now)))
    }
  }
}
