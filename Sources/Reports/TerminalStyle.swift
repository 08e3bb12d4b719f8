/// Colours for a terminal, or none.
package struct TerminalStyle: Sendable {
  package enum Color: String {
    case plain = "0"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case magenta = "35"
  }

  let isOn: Bool

  package init(isOn: Bool) {
    self.isOn = isOn
  }

  package func paint(_ text: String, _ color: Color) -> String {
    isOn && color != .plain ? "\u{1b}[\(color.rawValue)m\(text)\u{1b}[0m" : text
  }

  package func bold(_ text: String) -> String {
    isOn ? "\u{1b}[1m\(text)\u{1b}[0m" : text
  }
}
