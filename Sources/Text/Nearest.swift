/// `did you mean error_rate?`, if a known word is close enough to a mistyped one.
///
/// - Parameters:
///   - word: the mistyped word.
///   - known: the valid words.
///   - isQuoted: whether to quote the known word, as in a JSON document.
/// - Returns: a question in lower case, safe for a terminal; `nil` if no word is close.
package func didYouMean(_ word: String, among known: [String], isQuoted: Bool = false) -> String? {
  nearest(to: word, among: known).map {
    "did you mean \(isQuoted ? $0.quoted : printable($0))?"
  }
}

/// The known word that is closest to a mistyped one, if one is close enough to be meant.
///
/// - Parameters:
///   - word: the mistyped word.
///   - known: the valid words.
/// - Returns: the word of this program for a habit from elsewhere; else the closest by edit distance
///   (a swap of neighbours counts as one, case does not count), the first of equals. If more than a
///   third of the word would have to change, the first that begins with it, or the longest that it
///   begins with; else `nil`.
func nearest(to word: String, among known: [String]) -> String? {
  guard word.utf8.count <= 64 else { return nil }
  if let meant = meant(by: word, among: known) { return meant }
  let written = word.lowercased()
  let letters = written.utf8.drop { $0 == UInt8(ascii: "-") }.count
  let limit = letters < 2 ? 0 : max(1, letters / 3)
  var best: (word: String, distance: Int)?
  for candidate in known {
    let distance = editDistance(Array(written.utf8), Array(candidate.lowercased().utf8))
    if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  if let best { return best.word }
  if word.utf8.count >= 3, let longer = known.first(where: { $0.lowercased().hasPrefix(written) }) {
    return longer
  }
  return known.filter { $0.utf8.count >= 4 && written.hasPrefix($0.lowercased()) }
    .max { $0.utf8.count < $1.utf8.count }
}

/// The known name that has most words in common with another one: `request_metrics.errors.rate` for
/// `metrics.error_rate`.
///
/// - Returns: the first of equals; `nil` if too few words are the same.
package func nearestByWords(to name: String, among known: some Sequence<String>) -> String? {
  func words(_ name: String) -> Set<String> {
    let parts = name.lowercased().split { !$0.isLetter && !$0.isNumber }
    return Set(parts.map { $0.count > 3 && $0.hasSuffix("s") ? String($0.dropLast()) : String($0) })
  }
  let wanted = words(name)
  var best: (name: String, likeness: Double)?
  for candidate in known where candidate != name {
    let own = words(candidate)
    let likeness = 2 * Double(own.intersection(wanted).count) / Double(own.count + wanted.count)
    if likeness >= 0.6, likeness > best?.likeness ?? 0 { best = (candidate, likeness) }
  }
  return best?.name
}

/// The known word for what people write out of habit from other tools; `nil` for any other word.
package func meant(by word: String, among known: [String]) -> String? {
  (habits[word] ?? habits[word.lowercased()])?.first { meant in
    known.contains { meant == $0 || meant.hasPrefix($0 + " ") }
  }
}

/// The optimal string alignment distance of two short words.
private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...other.count)
  for row in one.indices {
    var current = [row + 1]
    for column in other.indices {
      var cost = min(
        last[column] + (one[row] == other[column] ? 0 : 1), last[column + 1] + 1,
        current[column] + 1)
      if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
        cost = min(cost, beforeLast[column - 1] + 1)
      }
      current.append(cost)
    }
    beforeLast = last
    last = current
  }
  return last[other.count]
}
