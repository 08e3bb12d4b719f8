/// Lists the paths of the numbers, texts and bools in a document.
///
/// - Parameters:
///   - bytes: the document.
///   - limit: the most paths; there are also at most 200 bytes of each, so that a huge document costs
///     no more.
/// - Returns: in the order of the document; of an invalid one, those before the mistake.
package func scalarPaths(in bytes: [UInt8], limit: Int = 2_000) -> [String] {
  var paths: [String] = []
  func walk(_ cursor: inout JSONCursor, _ path: String) throws(ScanFailure) {
    guard paths.count < limit else { return try cursor.skip() }
    func step(_ key: String) -> String {
      (path.isEmpty ? "" : path + ".") + MetricPath.escaped(key, isFirst: path.isEmpty)
    }
    switch try cursor.token() {
    case .null: break
    case .bool, .number, .string: if !path.isEmpty { paths.append(path) }
    case .array:
      try cursor.elements { cursor, index throws(ScanFailure) in
        guard path.utf8.count < 190 else { return try cursor.skip() }
        try walk(&cursor, step("\(index)"))
      }
    case .object:
      try cursor.members { cursor, key throws(ScanFailure) in
        // No dotted path leads through a key that is empty or that no text can hold.
        let isSayable = key.string.start < key.string.end && !key.string.hasLoneSurrogate
        guard isSayable, path.utf8.count + key.string.text(in: cursor.bytes).utf8.count < 200 else {
          return try cursor.skip()
        }
        try walk(&cursor, step(key.string.text(in: cursor.bytes)))
      }
    }
  }
  _ = try? bytes.withUnsafeBufferPointer { bytes throws(JSONFailure) in
    try JSONCursor.read(bytes, .lenient) { cursor throws(ScanFailure) in try walk(&cursor, "") }
  }
  return paths
}
