internal import Foundation
internal import Text

/// One header of a mail, folded; nothing in it can begin another.
struct EmailHeader {
  /// The bytes in one encoded word: 52 of base64, so that the word stays below the 75 characters
  /// that RFC 2047 allows, and its line below 76.
  private static let wordBytes = 39
  private static let longestLine = 76

  /// Without a final line end; continuation lines begin with a space.
  let line: String

  /// An unencoded value.
  static func text(_ name: String, _ value: String) -> EmailHeader {
    EmailHeader(line: "\(name): \(oneLine(value))")
  }

  /// Addresses, one per line; a name before one is encoded unless it is ASCII.
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

  /// A text for people: unencoded if it is short ASCII, else in encoded words.
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

  /// The text without line breaks, control and format characters.
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
  /// The date format of RFC 5322: `Sat, 21 Nov 2026 10:15:00 +0000`.
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
