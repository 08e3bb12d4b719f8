internal import AlertEngine
internal import Files
internal import Text

/// The time order of recordings.
enum RecordingOrder {
  /// Sorts recordings by their first samples; a shell sorts them by their names.
  ///
  /// - Parameters:
  ///   - files: in the order of the command line.
  ///   - reader: reads their lines.
  /// - Returns: the files; in the given order if one of them cannot be read twice.
  /// - Throws: a `FileFailure` if one cannot be read.
  static func sorted(
    _ files: [String], by reader: RecordingReader
  ) throws(FileFailure) -> [String] {
    guard files.count > 1, !files.contains(where: { $0 == "-" || AtomicFile.isStream($0) }) else {
      return files
    }
    var begins: [(file: String, begin: Instant?)] = []
    for file in files { begins.append((file, try begin(of: file, by: reader))) }
    // The position of a recording without samples does not matter.
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
