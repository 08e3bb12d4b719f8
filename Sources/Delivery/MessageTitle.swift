internal import AlertEngine
internal import Text

/// The title of one event, put together of parts that are cut by their weight.
struct MessageTitle {
  private var head: String
  private var name: String
  private var value: String
  private var limit: String
  private var target: String

  init(_ item: MessageItem) {
    let facts = item.facts
    let value = printable(facts.value, limit: 200)
    let isMeasured = Self.isMeasured(value)
    head = (item.notification.isTest ? "[TEST] " : "") + "[\(item.word)] "
    name = item.name
    if value.isEmpty {
      self.value = ""
    } else if isMeasured {
      // Not the value of now, where there is none.
      let isLast = facts.doubt != nil || facts.ending != nil
      self.value = (isLast ? " last " : " ") + printable(value, limit: 60)
    } else {
      self.value = ": " + printable(value, limit: 48)
    }
    limit = facts.limit.isEmpty ? "" : " (\(printable(facts.limit, limit: 40)))"
    target = printable(item.notification.target, limit: 200)
  }

  /// In at most 100 scalars.
  var text: String {
    var title = self
    title.shorten(\.name, to: 20)
    title.shorten(\.target, to: 14)
    title.shorten(\.value, to: 20)
    return printable(title.whole, limit: Message.longestTitle)
  }

  private var whole: String { "\(head)\(name)\(value)\(limit) on \(target)" }

  /// Leaves out the middle of a part, as far as the title is too long.
  private mutating func shorten(_ part: WritableKeyPath<MessageTitle, String>, to least: Int) {
    let excess = whole.unicodeScalars.count - Message.longestTitle
    let scalars = self[keyPath: part].unicodeScalars
    let count = max(least, scalars.count - excess)
    guard excess > 0, count < scalars.count else { return }
    let end = (count - 1) / 2
    self[keyPath: part] =
      String(scalars.prefix(count - 1 - end)) + "…" + String(scalars.suffix(end))
  }

  /// Whether it is a value and not a sentence that says why there is none.
  private static func isMeasured(_ value: String) -> Bool {
    guard let first = value.unicodeScalars.first else { return false }
    return value == "true" || value == "false" || first == "-" || first == "\""
      || ("0"..."9").contains(first)
  }
}
