internal import JSON
internal import Text

/// What to write instead of a value that is invalid for its key, if the intention is clear.
///
/// Never shows a text that may hold a secret.
enum ValueAdvice {
  /// - Parameters:
  ///   - value: the invalid value.
  ///   - kind: what is expected.
  ///   - place: ends with the key: `rules[2].duration_minutes`.
  /// - Returns: a clause in lower case: `write 0.05`.
  static func clause(on value: JSONNode.Value, as kind: Key.Kind, at place: String) -> String? {
    switch kind {
    case .number, .integer: number(value, at: place).map { "write \($0.plain)" }
    case .minutes:
      // A duration that is too long needs no other form.
      text(of: value).flatMap { Duration(notation: $0) } == nil
        ? clause(on: value, as: .number(nil), at: place) : nil
    case .bool: bool(value).map { "write \($0)" }
    case .text(.baseURL, _), .text(.metricsURL, _):
      text(of: value).map { $0.contains("://[") } == true
        ? "use a host name that has an IPv4 address" : nil
    case .text(let form, _): form.mayHoldSecret ? nil : text(value, where: form.matches)
    case .path, .selector, .metric, .scalar, .texts: text(value)
    case .word: isNull(value) ? text(value) : nil
    case .list: isObject(value) ? "put it in [ ]" : nil
    case .values(.integer, _): number(of: value).map { "write [\($0.plain)]" }
    case .values: text(of: value).map { "write [\($0.quoted)]" }
    case .listOr(let kind, let list):
      clause(on: value, as: list, at: place) ?? clause(on: value, as: kind, at: place)
    case .nullable(let kind): clause(on: value, as: kind, at: place)
    case .object, .series: nil
    }
  }

  /// The number that a text or a bool stands for.
  private static func number(_ value: JSONNode.Value, at place: String) -> Double? {
    guard case .string(let text) = value, text.utf8.count <= 30 else { return nil }
    let word = String(text.filter { $0 != " " })
    if word.hasSuffix("%") { return Double(word.dropLast()).map { ($0 * 1e10).rounded() / 1e12 } }
    if let number = Double(word), number.isFinite { return number }
    if let number = Double(word.replacing(",", with: ".", maxReplacements: 1)) { return number }
    guard let duration = Duration(notation: word.replacing("min", with: "m")) else { return nil }
    if place.hasSuffix("_minutes") { return duration.inMinutes }
    return place.hasSuffix("_hours") ? duration.inMinutes / 60 : nil
  }

  private static func bool(_ value: JSONNode.Value) -> Bool? {
    switch value {
    case .string(let text):
      switch text.lowercased() {
      case "true", "yes", "on", "1": true
      case "false", "no", "off", "0": false
      default: nil
      }
    case .number(let number): number == 1 ? true : number == 0 ? false : nil
    case .null, .bool, .array, .object: nil
    }
  }

  /// The text that a number or a bool stands for.
  private static func text(
    _ value: JSONNode.Value, where isValid: (String) -> Bool = { _ in true }
  ) -> String? {
    switch value {
    case .number(let number): isValid(number.plain) ? "write \(number.plain.quoted)" : nil
    case .bool(let bool): isValid("\(bool)") ? "write \("\(bool)".quoted)" : nil
    case .null: "leave out the key, or give it a value"
    case .string, .array, .object: nil
    }
  }

  private static func text(of value: JSONNode.Value) -> String? {
    guard case .string(let text) = value else { return nil }
    return text
  }

  private static func number(of value: JSONNode.Value) -> Double? {
    guard case .number(let number) = value else { return nil }
    return number
  }

  private static func isNull(_ value: JSONNode.Value) -> Bool {
    guard case .null = value else { return false }
    return true
  }

  private static func isObject(_ value: JSONNode.Value) -> Bool {
    guard case .object = value else { return false }
    return true
  }
}
