/// The path of a service's snapshot.
///
/// - Parameter path: that of the service, which may be empty.
/// - Returns: the path without trailing slashes and then `/api`, and with `/ops/metrics`, unless it
///   ends so.
package func snapshotPath(ofServiceAt path: some StringProtocol) -> String {
  var path = path[...]
  while path.last == "/" { path.removeLast() }
  if path.hasSuffix("/ops/metrics") { return String(path) }
  return path.dropLast(path.hasSuffix("/api") ? 4 : 0) + "/ops/metrics"
}
