internal import Text

/// The document around the content of a page, complete in itself.
enum PageFrame {
  /// - Parameters:
  ///   - title: what a window and a list of files show.
  ///   - body: the content, which begins with a heading of the first level.
  /// - Returns: the document in UTF-8.
  static func document(title: String, body: Markup) -> [UInt8] {
    let document: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="referrer" content="no-referrer">
      <title>\(title, limit: 200)</title>
      <style>
      \(PageStyle.sheet)
      </style>
      </head>
      <body>
      \(hatching)
      <main>
      \(body)
      </main>
      <footer>All times are in UTC. Made by \(Program.name) \(Program.version); this page is \
      self-contained and makes no requests.</footer>
      </body>
      </html>

      """
    return Array(document.html.utf8)
  }

  /// The patterns that distinguish bands without colours.
  private static let hatching: Markup = """
    <svg width="0" height="0" aria-hidden="true" focusable="false" style="position:absolute"><defs>
    <pattern id="h-pending" width="5" height="5" patternUnits="userSpaceOnUse" \
    patternTransform="rotate(45)"><rect class="back" width="5" height="5"/><line \
    class="ink-pending" x1="1.25" x2="1.25" y1="0" y2="5" stroke-width="2.5"/></pattern>
    <pattern id="h-recovering" width="4" height="4" patternUnits="userSpaceOnUse"><rect \
    class="back" width="4" height="4"/><line class="ink-recovering" x1="0" x2="4" y1="1" y2="1" \
    stroke-width="1.5"/></pattern>
    <pattern id="h-unknown" width="6" height="6" patternUnits="userSpaceOnUse" \
    patternTransform="rotate(-45)"><line class="ink-unknown" x1="1" x2="1" y1="0" y2="6" \
    stroke-width="1"/></pattern>
    <pattern id="h-missing" width="6" height="6" patternUnits="userSpaceOnUse"><path \
    class="ink-unknown" d="M0 0L6 6M6 0L0 6" stroke-width=".75" fill="none"/></pattern>
    <pattern id="h-gap" width="6" height="6" patternUnits="userSpaceOnUse"><circle \
    class="dot-gap" cx="3" cy="3" r=".8"/></pattern>
    </defs></svg>
    """

  /// What the bands and lines mean.
  static let legend: Markup = {
    let bands: [(kind: String, words: String)] = [
      ("firing", "firing"), ("pending", "pending: bad, not yet for long enough"),
      ("recovering", "recovering: good, not yet for long enough"),
      ("unknown", "unknown: no evidence"), ("missing", "no value at the path"),
      ("gap", "not sampled"),
    ]
    let rows = bands.map { band -> Markup in
      """
      <li><svg width="28" height="12" aria-hidden="true"><line class="calm" x1="0" x2="28" y1="6" \
      y2="6"/><rect class="\(band.kind)" width="28" height="12"/></svg>\(band.words)</li>

      """
    }
    let lines: [(kind: String, words: String)] = [
      ("line", "value"), ("bridge", "gap between samples"), ("limit", "threshold"),
      ("recovery", "recovery threshold"),
    ]
    let strokes = lines.map { line -> Markup in
      """
      <li><svg width="28" height="12" aria-hidden="true"><line class="\(line.kind)" x1="0" x2="28" \
      y1="6" y2="6"/></svg>\(line.words)</li>

      """
    }
    return "<ul class=\"legend\" aria-label=\"Legend\">\n\(rows + strokes)</ul>\n"
  }()
}
