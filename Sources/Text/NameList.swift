/// The first few names and the number of the others: `a, b, c, d, e and 7 more`.
///
/// - Parameters:
///   - names: in the order in which they are listed.
///   - most: how many are listed at most.
///   - total: how many there are, if `names` holds only some of them.
/// - Returns: one line; empty if there are no names.
package func listed(_ names: [String], most: Int = 5, of total: Int? = nil) -> String {
  let more = (total ?? names.count) - min(most, names.count)
  return names.prefix(most).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
}
