internal import AlertEngine
internal import Text

/// The title of one event; its parts are shortened by their importance.
struct MessageTitle {
  private var head: String
  private var name: String
  private var value: String
  private var limit: String
  private var target: String

  init(_ item: MessageItem) {
    let facts = item.facts
    let value = printable(facts.value, limit: 200)
    head = (item.notification.isTest ? "[TEST] " : "") + "[\(item.word)] "
    name = item.name
    if value.isEmpty {
      self.value = ""
    } else if !facts.limit.isEmpty {
      // There is no current value.
      let isLast = facts.doubt != nil || facts.ending != nil
      self.value = (isLast ? " last " : " ") + printable(value, limit: 60)
    } else {
      self.value = ": " + printable(value, limit: 48)
    }
    limit = facts.limit.isEmpty ? "" : " (\(printable("limit \(facts.limit)", limit: 40)))"
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

  /// Leaves out as much of the middle of a part as the title is too long.
  private mutating func shorten(_ part: WritableKeyPath<MessageTitle, String>, to least: Int) {
    let excess = whole.unicodeScalars.count - Message.longestTitle
    let scalars = self[keyPath: part].unicodeScalars
    let count = max(least, scalars.count - excess)
    guard excess > 0, count < scalars.count else { return }
    let end = (count - 1) / 2
    self[keyPath: part] =
      String(scalars.prefix(count - 1 - end)) + "…" + String(scalars.suffix(end))
  }
}
