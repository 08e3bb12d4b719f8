internal import Text

/// A piece of a page that is safe to join with others.
///
/// Literals are the page's own; text that is interpolated is untrusted, and is escaped on the way
/// in, for content and quoted attributes alike. There is no other way in.
struct Markup: ExpressibleByStringInterpolation, Sendable {
  private(set) var html: String

  init(stringLiteral literal: String) {
    html = literal
  }

  init(stringInterpolation interpolation: StringInterpolation) {
    html = interpolation.html
  }

  init(_ parts: some Sequence<Markup>) {
    html = parts.reduce(into: "") { $0 += $1.html }
  }

  var isEmpty: Bool { html.isEmpty }

  static func += (one: inout Markup, other: Markup) { one.html += other.html }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var html = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      html.reserveCapacity(literalCapacity + interpolationCount * 16)
    }

    mutating func appendLiteral(_ literal: String) { html += literal }

    mutating func appendInterpolation(_ text: String, limit: Int = 400) {
      html += Markup.escaped(text, limit: limit)
    }

    mutating func appendInterpolation(_ number: Int) { html += String(number) }

    mutating func appendInterpolation(_ markup: Markup) { html += markup.html }

    mutating func appendInterpolation(_ markups: [Markup]) {
      for markup in markups { html += markup.html }
    }
  }

  /// The only way for text into a page: no part of the result is a tag, an entity or a workflow
  /// command, or changes the reading order.
  ///
  /// - Parameters:
  ///   - text: anything.
  ///   - limit: the most Unicode scalars of it that are shown.
  /// - Returns: text without markup, also safe in an attribute in double quotes.
  private static func escaped(_ text: String, limit: Int) -> String {
    MarkupText.escaped(inert(printable(text, limit: limit)))
  }
}

extension Markup {
  /// A coordinate with as many decimal places as a screen shows: `12.5`.
  static func coordinate(_ number: Double) -> String {
    guard number.isFinite else { return "0" }
    let hundredths = Int((max(-1e6, min(1e6, number)) * 100).rounded())
    let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    let fraction =
      rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
    return (hundredths < 0 ? "-" : "") + String(whole) + fraction
  }

  /// A share of the width: 0.125 is `12.5%`.
  static func percent(_ share: Double) -> String { coordinate(share * 100) + "%" }
}
