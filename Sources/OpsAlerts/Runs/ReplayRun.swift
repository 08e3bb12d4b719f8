internal import AlertEngine

/// Judges recordings: files → samples → lanes → report.
struct ReplayRun {
  let options: ReplayOptions
  let environment: RunEnvironment

  init(_ options: ReplayOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() async -> ExitCode {
    do throws(ConfigurationFileError) {
      let configuration = try ConfigurationFile.load(path: options.config)
      let evaluator = Evaluator(configuration)
      var lane = ReplayLane(evaluator, from: options.from)
      var chunks = RecordingChunks(options.files)
      var reader = RecordingReader(for: evaluator)
      var ahead: [Task<RecordingBatch, Never>] = []
      var lines = 0
      var n = 0
      while true {
        do throws(FileError) {
          while ahead.count < 3, let chunk = try chunks.read() {
            ahead.append(Task.detached { [reader] in RecordingBatch(chunk, by: reader) })
          }
        } catch { environment.fail("\(error)"); return .usage }
        guard !ahead.isEmpty else { break }
        let batch = await ahead.removeFirst().value
        reader = batch.reader
        lines += batch.lines
        lane.judge(batch.samples) { _, _ in n += 1 }
      }
      let r = lane.finish()
      _ = environment.print(
        "\(lines) lines, \(n) transitions, \(r.map { $0.tallies.map { "\($0.key.rule) \($0.firings.count) \($0.firings.total)" } })\n"
      )
      return .success
    } catch {
      environment.fail("\(error)")
      return .usage
    }
  }
}
