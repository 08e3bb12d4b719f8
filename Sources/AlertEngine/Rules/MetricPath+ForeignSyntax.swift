package import JSON
internal import Text

extension MetricPath {
  /// What to write instead, if a key of this path looks like the syntax of another tool, which has
  /// no meaning here: `write items.0.size`.
  package var foreignSyntaxAdvice: String? {
    func write(_ text: String) -> String {
      let isPath =
        text.hasPrefix("$") ? (try? JSONPath(text)) != nil : (try? MetricPath(text)) != nil
      return isPath
        ? "write \(text.quoted)"
        : "write a JSONPath query, such as \("$.queues[?@.name=='mail'].depth".quoted)"
    }
    if text.contains("{"), text.hasSuffix("}") {
      return "write it as \("metric".quoted), for a target that publishes Prometheus text"
    }
    if text.contains(" | ") { return "a path has no functions; see aggregate, parse and scale" }
    if segments.contains(.key("#", index: nil)) {
      return write(text.replacing(".#", with: ".*").replacing("#.", with: "*."))
    }
    if text.contains(" / ") {
      return "use the measure quotient, with denominator_path"
    }
    if let open = text.utf8.firstIndex(of: UInt8(ascii: "(")), text.hasSuffix(")") {
      let function = text[..<open]
      let argument = text[text.index(after: open)...].dropLast()
      switch function {
      case "len", "length", "count", "size":
        return "use \(#""aggregate": "count""#) with \("\(argument).*".quoted)"
      case "sum", "min", "max", "avg":
        return "use \(#""aggregate": "\#(function)""#) with \(String(argument).quoted)"
      default: return nil
      }
    }
    if text.hasPrefix("/"), text.utf8.count > 1, !text.utf8.contains(UInt8(ascii: ".")) {
      return write(String(text.dropFirst()).replacing("/", with: "."))
    }
    if segments.contains(.key("**", index: nil)) {
      return write(("$." + text).replacing(".**.", with: "..").replacing("$.**.", with: "$.."))
    }
    guard let open = text.utf8.firstIndex(of: UInt8(ascii: "[")),
      let close = text[open...].utf8.firstIndex(of: UInt8(ascii: "]"))
    else { return nil }
    let inside = text[text.index(after: open)..<close]
    if inside == "*" || !inside.isEmpty && inside.utf8.allSatisfy(\.isASCIIDigit) {
      let dotted = text.replacing("[", with: ".").replacing("]", with: "")
      return write(String(dotted.drop { $0 == "." }))
    }
    let parts = inside.split(separator: "=", maxSplits: 1).map { String($0) }
    guard parts.count == 2, !parts[0].contains("?") else {
      let query = text.contains("@") ? text : text.replacing("[?", with: "[?@.")
      return write("$." + query)
    }
    let value = parts[1].filter { $0 != "\"" && $0 != "'" && $0 != "=" }
    let filter = "[?@.\(parts[0])=='\(value)']"
    return write("$.\(text[..<open])\(filter)\(text[text.index(after: close)...])")
  }
}

extension UInt8 {
  fileprivate var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
