/// The colours of a page, in light and dark mode.
///
/// Text has a contrast of at least 4.5 with the paper, marks of 3 (WCAG 2.2 AA). No meaning depends on
/// colour alone: words, heights and hatching carry it too.
enum PagePalette: String, CaseIterable {
  case paper, panel, ink, muted, faint, grid, link, line, firing, pending, recovering, unknown, calm

  /// As CSS writes it: `#1f2328`.
  var light: String {
    switch self {
    case .paper: "#fdfcfa"
    case .panel: "#f4f2ee"
    case .ink: "#1d2125"
    case .muted: "#5a6068"
    case .faint: "#82878e"
    case .grid: "#e4e1db"
    case .link: "#1a5296"
    case .line: "#24507f"
    case .firing: "#b3261e"
    case .pending: "#8a5a00"
    case .recovering: "#0b6a6a"
    case .unknown: "#73787f"
    case .calm: "#2c6b45"
    }
  }

  var dark: String {
    switch self {
    case .paper: "#15181b"
    case .panel: "#1e2226"
    case .ink: "#e6e7e8"
    case .muted: "#a5abb2"
    case .faint: "#7c838b"
    case .grid: "#2d3237"
    case .link: "#8fbcf2"
    case .line: "#93bdf0"
    case .firing: "#ff8b7e"
    case .pending: "#e2b04a"
    case .recovering: "#5fc7c1"
    case .unknown: "#969da5"
    case .calm: "#7fca98"
    }
  }

  /// Whether text is written in it.
  var isForText: Bool {
    switch self {
    case .ink, .muted, .link, .firing, .pending, .recovering, .calm: true
    case .paper, .panel, .faint, .grid, .line, .unknown: false
    }
  }

  /// Whether a picture can be understood only if it contrasts with the paper.
  var isForMarks: Bool {
    switch self {
    case .faint, .line, .firing, .pending, .recovering, .unknown: true
    case .paper, .panel, .ink, .muted, .grid, .link, .calm: false
    }
  }

  /// All of them as the variables of a style sheet.
  static func variables(_ color: (PagePalette) -> String) -> String {
    allCases.map { "--\($0.rawValue):\(color($0))" }.joined(separator: ";")
  }
}
