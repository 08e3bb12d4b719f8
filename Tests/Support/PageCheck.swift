package import Testing

/// The properties that every page must have: well-formed and self-contained.
package struct PageCheck {
  private var open: [String] = []
  private var ids: Set<String> = []
  private var referred: Set<String> = []
  private var levels: [Int] = []
  /// Elements whose first child must be of a certain kind.
  private var expected: String?
  private var problems: [String] = []
  /// The names of all elements.
  package private(set) var names: Set<String> = []

  /// Reads a page as strictly as the program writes it.
  @discardableResult
  package static func expectSound(
    _ page: String, sourceLocation: SourceLocation = #_sourceLocation
  ) -> Set<String> {
    var check = PageCheck()
    check.read(Array(page.utf8))
    let missing = check.referred.subtracting(check.ids)
    if !missing.isEmpty { check.problems.append("no such id: \(missing.sorted().prefix(3))") }
    if !check.open.isEmpty { check.problems.append("not closed: \(check.open)") }
    let steps = zip(check.levels, check.levels.dropFirst())
    if check.levels.first != 1 || steps.contains(where: { $1 > $0 + 1 }) {
      check.problems.append("a level of headings is left out: \(check.levels)")
    }
    #expect(check.problems.isEmpty, "\(check.problems.prefix(5))", sourceLocation: sourceLocation)
    return check.names
  }

  private mutating func read(_ page: [UInt8]) {
    var place = page.startIndex
    while let begin = page[place...].firstIndex(of: UInt8(ascii: "<")) {
      guard let end = page[begin...].firstIndex(of: UInt8(ascii: ">")) else {
        return problems.append("a tag without an end")
      }
      let text = page[place..<begin]
      if open.last != "style", text.contains(UInt8(ascii: ">")) { problems.append("a bare >") }
      if open.last == "style" {
        let style = String(decoding: text, as: UTF8.self)
        if style.contains("@import") || style.replacing("url(#", with: "").contains("url(") {
          problems.append("the style asks for something")
        }
      }
      take(String(decoding: page[(begin + 1)..<end], as: UTF8.self))
      place = end + 1
    }
  }

  private static let voids: Set = ["meta"]
  private static let known: Set = [
    "a", "b", "bdi", "body", "caption", "circle", "code", "defs", "desc", "details", "div",
    "figure",
    "footer", "g", "h1", "h2", "h3", "head", "html", "li", "line", "main", "meta", "p", "path",
    "pattern", "rect", "script", "section", "span", "style", "summary", "svg", "table", "tbody",
    "td", "text",
    "tfoot", "th", "thead", "title", "tr", "ul",
  ]

  private mutating func take(_ tag: String) {
    if tag == "!DOCTYPE html" { return }
    if tag.utf8.first == UInt8(ascii: "/") {
      let name = String(tag.dropFirst())
      if open.popLast() != name { problems.append("</\(name)> where it does not belong") }
      return
    }
    let isEmpty = tag.utf8.last == UInt8(ascii: "/")
    var parts = Tag(isEmpty ? String(tag.dropLast()) : tag)
    guard let name = parts.name(), Self.known.contains(name) else {
      return problems.append("<\(tag.prefix(80))> is none of the page's own")
    }
    names.insert(name)
    if let expected, expected != name { problems.append("no <\(expected)> but <\(name)>") }
    expected = name == "table" ? "caption" : nil
    if name.utf8.count == 2, name.utf8.first == UInt8(ascii: "h"), let level = Int(name.dropFirst())
    {
      levels.append(level)
    }
    while let (key, value) = parts.attribute() { note(key, value, of: name) }
    if !parts.isAtEnd { problems.append("<\(tag.prefix(80))> has something odd") }
    if !isEmpty, !Self.voids.contains(name) { open.append(name) }
  }

  private mutating func note(_ key: String, _ value: String, of name: String) {
    switch key {
    case "id":
      if !ids.insert(value).inserted { problems.append("the id \(value) stands twice") }
    case "aria-labelledby": referred.formUnion(value.split(separator: " ").map(String.init))
    case "role" where name == "svg": expected = "title"
    case "href" where value.hasPrefix("#"): referred.insert(String(value.dropFirst()))
    case "href":
      if !value.hasPrefix("https://") { problems.append("leads to \(value.prefix(80))") }
    case "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height", "d":
      if value.contains("n") && value != "device-width" {
        problems.append("\(key) is no number: \(value.prefix(80))")
      }
    case "src", "srcset", "data", "action",
      _ where key.hasPrefix("on"):
      problems.append("<\(name)> has \(key)")
    default: break
    }
  }

  /// Parses the inside of a tag from the front.
  private struct Tag {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func name() -> String? {
      let name = rest.prefix { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
      rest = rest.dropFirst(name.count)
      return String(name)
    }

    /// `name="value"`, or a name alone.
    mutating func attribute() -> (String, String)? {
      guard rest.first == 0x20 || rest.first == 0x0A else { return nil }
      let inner = rest.dropFirst()
      let key = inner.prefix {
        (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D || $0 == 0x31 || $0 == 0x32
      }
      guard !key.isEmpty, let name = String(key) else { return nil }
      rest = inner.dropFirst(key.count)
      guard rest.starts(with: "=\"".utf8) else { return (name, "") }
      let value = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "\"") }
      rest = rest.dropFirst(value.count + 3)
      return (name, String(decoding: Array(value), as: UTF8.self))
    }
  }
}
