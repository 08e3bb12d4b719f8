/// Lists the paths of the numbers, texts and bools in a document, as far as a path can lead there: not
/// through an empty key, nor deeper than 32 segments.
///
/// - Parameters:
///   - bytes: the document.
///   - limit: the most paths; there are also at most 200 bytes of each, so that a huge document costs
///     no more.
/// - Returns: in the order of the document; of an invalid one, those before the mistake.
package func scalarPaths(in bytes: [UInt8], limit: Int = 2_000) -> [String] {
  var paths: [String] = []
  func walk(_ cursor: inout JSONCursor, _ path: String, _ level: Int) throws(ScanFailure) {
    guard paths.count < limit, level <= MetricPath.mostSegments else { return try cursor.skip() }
    func step(_ key: String) -> String {
      (path.isEmpty ? "" : path + ".") + MetricPath.escaped(key, isFirst: path.isEmpty)
    }
    switch try cursor.token() {
    case .null: break
    case .bool, .number, .string: if level > 0 { paths.append(path) }
    case .array:
      try cursor.elements { cursor, index throws(ScanFailure) in
        guard path.utf8.count < 190 else { return try cursor.skip() }
        try walk(&cursor, step("\(index)"), level + 1)
      }
    case .object:
      try cursor.members { cursor, key throws(ScanFailure) in
        let name = key.string.text(in: cursor.bytes)
        guard !name.isEmpty, !key.string.hasLoneSurrogate, path.utf8.count + name.utf8.count < 200
        else {
          return try cursor.skip()
        }
        try walk(&cursor, step(name), level + 1)
      }
    }
  }
  _ = try? bytes.withUnsafeBufferPointer { bytes throws(JSONFailure) in
    try JSONCursor.read(bytes, .lenient) { cursor throws(ScanFailure) in try walk(&cursor, "", 0) }
  }
  return paths
}
