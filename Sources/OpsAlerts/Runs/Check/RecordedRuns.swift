internal import AlertEngine
internal import Files
internal import Text

/// The times of the runs in a recording, or of those in a history.
struct RecordedRuns {
  /// In order, by the names of the targets; at least two for each.
  let times: [String: [Instant]]
  /// Whether these are only the runs in which an alert changed its phase.
  let isHistory: Bool
  /// The number of lines that were skipped.
  let unreadable: Int

  /// - Parameters:
  ///   - file: its path; `-` for a recording on standard input.
  ///   - configuration: what the samples are for.
  /// - Throws: a `RunMistake` if the file cannot be read, or no target has two runs.
  init(in file: String, for configuration: Configuration) throws(RunMistake) {
    var times: [String: Set<Instant>] = [:]
    var (skipped, isHistory) = (0, false)
    do throws(FileFailure) {
      var bare = configuration
      bare.rules = []
      var reader = RecordingReader(for: Evaluator(bare))
      var chunks = RecordingChunks([file])
      while let chunk = try chunks.read() {
        let batch = RecordingBatch(chunk, by: reader)
        reader = batch.reader
        for sample in batch.samples { times[sample.target, default: []].insert(sample.observedAt) }
        skipped += batch.mistakeCount
      }
      if times.isEmpty, file != "-", let history = try HistoryFile.read(file) {
        (skipped, isHistory) = (history.unreadable, true)
        for entry in history.entries where entry.kind == .transition {
          times[entry.target ?? "", default: []].insert(entry.at)
        }
      }
    } catch {
      throw .input(error)
    }
    self.times = times.filter { $0.value.count > 1 }.mapValues { $0.sorted() }
    self.isHistory = isHistory
    unreadable = skipped
    if self.times.isEmpty { throw .tooFewRuns(path: file) }
  }
}
