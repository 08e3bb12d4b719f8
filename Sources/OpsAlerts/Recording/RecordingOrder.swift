internal import AlertEngine
internal import Files
internal import Text

/// The order in which recordings were made.
enum RecordingOrder {
  /// Sorts recordings by their first samples; a shell sorts them by their names.
  ///
  /// - Parameters:
  ///   - files: as they were named.
  ///   - reader: reads their lines.
  /// - Returns: the files; as they were where one of them cannot be read twice.
  /// - Throws: a `FileFailure` where one cannot be read.
  static func sorted(
    _ files: [String], by reader: RecordingReader
  ) throws(FileFailure) -> [String] {
    guard files.count > 1, !files.contains(where: { $0 == "-" || AtomicFile.isStream($0) }) else {
      return files
    }
    var begins: [(file: String, begin: Instant?)] = []
    for file in files { begins.append((file, try begin(of: file, by: reader))) }
    // Where one without any sample stands matters nowhere.
    let sorted = begins.enumerated().sorted { one, other in
      (one.element.begin?.milliseconds ?? .min, one.offset)
        < (other.element.begin?.milliseconds ?? .min, other.offset)
    }
    return sorted.map(\.element.file)
  }

  /// The time of a recording's first sample.
  private static func begin(
    of file: String, by reader: RecordingReader
  ) throws(FileFailure) -> Instant? {
    var chunks = RecordingChunks([file])
    while let chunk = try chunks.read() {
      if let first = RecordingBatch(chunk, by: reader).samples.first { return first.observedAt }
    }
    return nil
  }
}
