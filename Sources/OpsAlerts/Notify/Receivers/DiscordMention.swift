internal import AlertEngine

/// Who is called on Discord when something fires: nobody else can be, whatever a text holds.
package struct DiscordMention: Sendable {
  /// `<@123>`, `<@&123>`, `@everyone`, `@here`, or several of them with blanks between.
  let text: String
  private var users: [String] = []
  private var roles: [String] = []
  private var isEveryone = false

  /// Reads a mention of the configuration.
  ///
  /// - Parameter text: as people write it in Discord, with ids.
  /// - Throws: a `ReceiverMistake` where Discord would not take it for a mention.
  package init(_ text: String) throws(ReceiverMistake) {
    self.text = text
    let words = text.split(separator: " ")
    // No word at all is as wrong as one that is no mention.
    for word in words.isEmpty || text.utf8.count > 500 ? ["-"] : words {
      if word == "@everyone" || word == "@here" {
        isEveryone = true
      } else if let role = Self.id(in: word, after: "<@&") {
        roles.append(role)
      } else if let user = Self.id(in: word, after: "<@") ?? Self.id(in: word, after: "<@!") {
        users.append(user)
      } else {
        throw ReceiverMistake(
          "mention: Discord calls nobody by \"\(printable(text, limit: 60))\": write <@123> with "
            + "the id of a user, <@&123> with that of a role, @here or @everyone")
      }
    }
  }

  /// Writes what a message may call: nothing where there is no mention.
  static func write(_ mention: DiscordMention?, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("parse")
      writer.array(mention?.isEveryone == true ? ["everyone"] : []) { $0.string($1) }
      for (key, ids) in [("users", mention?.users ?? []), ("roles", mention?.roles ?? [])]
      where !ids.isEmpty {
        writer.key(key)
        writer.array(ids) { $0.string($1) }
      }
    }
  }

  private static func id(in word: Substring, after start: String) -> String? {
    guard word.hasPrefix(start), word.hasSuffix(">") else { return nil }
    let id = word.dropFirst(start.count).dropLast()
    let isID = (1...20).contains(id.utf8.count) && id.utf8.allSatisfy { (0x30...0x39).contains($0) }
    return isID ? String(id) : nil
  }
}
