internal import AlertEngine
internal import Files

/// The samples of recordings in order, read ahead of their evaluation.
struct RecordedSamples: ~Copyable {
  /// How many chunks are decoded at once: enough for every core, and bounded.
  private static let chunksAhead = 4

  private var chunks: RecordingChunks
  private var reader: RecordingReader
  private var ahead: [Task<RecordingBatch, Never>] = []
  /// The number of lines of the file in earlier batches.
  private var linesBefore = 0

  /// The bytes of all files; `nil` if one of them is not a regular file.
  private let size: Int?

  /// The part of the files that has been read, 0 to 1; `nil` if their size is not known.
  var share: Double? { size.map { $0 > 0 ? min(1, Double(chunks.bytesRead) / Double($0)) : 1 } }

  var bytesRead: Int { chunks.bytesRead }

  init(_ files: [String], for evaluator: Evaluator) {
    chunks = RecordingChunks(files)
    size = files.reduce(0) { sum, file in
      sum.flatMap { sum in RecordingChunks.size(of: file).map { sum + $0 } }
    }
    reader = RecordingReader(for: evaluator)
  }

  /// The next samples, their mistakes with the lines of the whole file.
  ///
  /// - Returns: `nil` at the end.
  /// - Throws: a `FileFailure` if a file cannot be read.
  mutating func next() async throws(FileFailure) -> RecordingBatch? {
    while ahead.count < Self.chunksAhead, let chunk = try chunks.read() {
      ahead.append(Task.detached { [reader] in RecordingBatch(chunk, by: reader) })
    }
    guard !ahead.isEmpty else { return nil }
    var batch = await ahead.removeFirst().value
    // What it learned about the shape of the lines helps with the next ones.
    reader = batch.reader
    if batch.isFirstOfFile { linesBefore = 0 }
    for index in batch.mistakes.indices { batch.mistakes[index].line += linesBefore }
    linesBefore += batch.lines
    return batch
  }
}
