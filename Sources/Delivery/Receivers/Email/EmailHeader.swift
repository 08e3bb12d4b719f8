internal import Foundation
internal import Text

/// One header of a mail, folded, with nothing in it that could begin another.
struct EmailHeader {
  /// The bytes that one encoded word holds: 52 of base64, so that the word stays well under the 75
  /// characters that RFC 2047 allows, and its line under 76.
  private static let wordBytes = 39
  private static let longestLine = 76

  /// Without a line end behind it; folded lines are parted by one, and begin with a blank.
  let line: String

  /// A value as it stands.
  static func text(_ name: String, _ value: String) -> EmailHeader {
    EmailHeader(line: "\(name): \(oneLine(value))")
  }

  /// Addresses, one a line; a name in front of one is encoded where it is not ASCII.
  static func mailboxes(_ name: String, _ mailboxes: [String]) -> EmailHeader {
    let values = mailboxes.map { mailbox in
      let text = oneLine(mailbox)
      guard let start = text.lastIndex(of: "<"), !text[..<start].utf8.allSatisfy({ $0 < 0x80 })
      else { return text }
      let person = text[..<start].trimmingCharacters(in: CharacterSet(charactersIn: "\" "))
      return "\(encodedWords(person))\n \(text[start...])"
    }
    return EmailHeader(line: "\(name): \(values.joined(separator: ",\n "))")
  }

  /// A text for people: as it stands where that is short ASCII, else in encoded words.
  static func encoded(_ name: String, _ value: String) -> EmailHeader {
    let plain = "\(name): \(value)"
    let isPlain = plain.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    guard !isPlain || plain.utf8.count > longestLine || value.contains("=?") else {
      return EmailHeader(line: plain)
    }
    return EmailHeader(line: "\(name): \(encodedWords(oneLine(value)))")
  }

  private static func encodedWords(_ text: String) -> String {
    var words: [[UInt8]] = [[]]
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      if words[words.count - 1].count + bytes.count > wordBytes { words.append([]) }
      words[words.count - 1] += bytes
    }
    return words.map { "=?utf-8?B?\(Data($0).base64EncodedString())?=" }
      .joined(separator: "\n ")
  }

  /// The text without what breaks lines or steers terminals.
  private static func oneLine(_ text: String) -> String {
    let kept = text.unicodeScalars.filter { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: false
      default: true
      }
    }
    return String(String.UnicodeScalarView(kept))
  }
}

extension Instant {
  /// The form of dates that RFC 5322 prescribes: `Sat, 21 Nov 2026 10:15:00 +0000`.
  var mailDate: String {
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    // The first of 1970 was a Thursday.
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let daysSinceEpoch = Int((Double(milliseconds) / 86_400_000).rounded(.down))
    let weekday = weekdays[(daysSinceEpoch % 7 + 7) % 7]
    let text = rfc3339
    let date = text.prefix { $0 != "T" }.split(separator: "-")
    let clock = text.drop { $0 != "T" }.dropFirst().prefix(8)
    guard isWritable, date.count == 3, let month = Int(date[1]), (1...12).contains(month) else {
      return "Thu, 01 Jan 1970 00:00:00 +0000"
    }
    return "\(weekday), \(date[2]) \(months[month - 1]) \(date[0]) \(clock) +0000"
  }
}
