/// The first five of some names, and how many there are besides.
package func listed(_ names: [String]) -> String {
  let more = names.count > 5 ? " and \(names.count - 5) more" : ""
  return names.prefix(5).joined(separator: ", ") + more
}
