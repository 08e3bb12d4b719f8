internal import JSON
internal import Text

extension PathTrace {
  /// Where a path ends, and what is there:
  /// `queues.0 has depth, name, oldest_s: did you mean depth?`.
  var words: String {
    let here = reached.isEmpty ? "the snapshot" : printable(reached, limit: 200)
    switch place {
    case .object(let keys, let others):
      guard !keys.isEmpty else { return "\(here) is \(others == 0 ? "an empty" : "an") object" }
      let more = others > 0 ? " and \(others) more" : ""
      let list = keys.map { printable($0, limit: 40) }.joined(separator: ", ")
      let advice = isComplete ? "use one of them" : advice
      return "\(here) has \(list)\(more)" + (advice.map { ": \($0)" } ?? "")
    case .array(count: 0): return "\(here) is an empty array"
    case .array(let count):
      return "\(here) is an array of \(count): \(advice ?? "use an index or *")"
    case .null: return "\(here) is null"
    case .scalar(let kind): return "\(here) is \(kind)"
    }
  }
}
