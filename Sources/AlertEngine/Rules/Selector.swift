package import JSON
package import Prometheus

/// Where the series of a rule are in what a target publishes.
package enum Selector: Hashable, Sendable {
  /// A dotted path.
  case path(MetricPath)
  /// A JSONPath query (RFC 9535).
  case query(JSONPath)
  /// A PromQL instant vector selector.
  case metric(MetricSelector)
  /// A fact about the response, which every target has: `@response.status`.
  case response(ResponseField)

  /// The selector as it was written.
  package var text: String {
    switch self {
    case .path(let path): path.text
    case .query(let query): query.text
    case .metric(let metric): metric.text
    case .response(let field): field.text
    }
  }

  /// Whether it selects one series at most, which has no instance name.
  package var isSingular: Bool {
    switch self {
    case .path(let path): !path.hasWildcard
    case .query(let query): query.isSingular
    case .metric: false
    case .response: true
    }
  }

  /// Reads a selector of a JSON document.
  ///
  /// - Parameter text: a JSONPath query if it begins with `$.` or `$[`, a fact about the response if
  ///   it begins with `@response.`, else a dotted path.
  /// - Throws: what is wrong with it.
  package init(path text: String) throws(MetricPath.Mistake) {
    guard let first = text.utf8.first, first == UInt8(ascii: "@") || first == UInt8(ascii: "$")
    else {
      self = .path(try MetricPath(text))
      return
    }
    if let field = ResponseField(text: text) {
      self = .response(field)
    } else if text.hasPrefix(ResponseField.prefix) {
      let fields = ResponseField.allCases.map(\.text).joined(separator: ", ")
      throw MetricPath.Mistake(reason: "expected one of \(fields)")
    } else if text.hasPrefix("$.") || text.hasPrefix("$[") {
      guard text.utf8.count <= MetricPath.mostBytes else { throw .tooLong }
      do throws(JSONPath.Mistake) {
        self = .query(try JSONPath(text))
      } catch {
        throw MetricPath.Mistake(reason: error.reason)
      }
    } else {
      self = .path(try MetricPath(text))
    }
  }
}

/// A fact about a response.
package enum ResponseField: String, CaseIterable, Sendable {
  /// The status of HTTP.
  case status
  /// The time from sending the request to the end of the body.
  case seconds
  /// The size of the body.
  case bytes

  static let prefix = "@response."

  package var text: String { Self.prefix + rawValue }

  init?(text: String) {
    guard text.hasPrefix(Self.prefix) else { return nil }
    self.init(rawValue: String(text.dropFirst(Self.prefix.count)))
  }
}
