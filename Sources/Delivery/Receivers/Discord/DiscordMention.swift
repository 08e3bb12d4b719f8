internal import JSON

/// The users and roles to mention when an alert fires; no text can mention anyone else.
struct DiscordMention {
  static let nobody = DiscordMention("")

  /// `<@123>`, `<@&123>`, `@everyone`, `@here`, or several of them separated by spaces.
  let text: String
  private var users: [String] = []
  private var roles: [String] = []
  private var isEveryone = false

  /// A mention as in the configuration; anything else mentions nobody.
  init(_ text: String) {
    self.text = text
    for word in text.split(separator: " ") {
      if word == "@everyone" || word == "@here" {
        isEveryone = true
      } else if let role = Self.id(in: word, after: "<@&") {
        roles.append(role)
      } else if let user = Self.id(in: word, after: "<@") {
        users.append(user)
      }
    }
  }

  /// What a message may mention.
  var allowed: JSONText {
    [
      "parse": .array(isEveryone ? ["everyone"] : []),
      "users": users.isEmpty ? .omitted : .array(users) { .string($0) },
      "roles": roles.isEmpty ? .omitted : .array(roles) { .string($0) },
    ]
  }

  private static func id(in word: Substring, after start: String) -> String? {
    guard word.hasPrefix(start), word.hasSuffix(">") else { return nil }
    let id = word.dropFirst(start.count).dropLast()
    let isID = (1...20).contains(id.utf8.count) && id.utf8.allSatisfy { (0x30...0x39).contains($0) }
    return isID ? String(id) : nil
  }
}
