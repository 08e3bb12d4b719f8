internal import AlertEngine
internal import Files
internal import Reports
internal import Text

/// Judges recordings: configuration → lanes → samples → transitions as they come → what was found.
struct ReplayRun {
  /// So many bad lines are told one by one.
  static let mostFailures = 20
  /// So many batches of samples are judged while the next one is read: no lane waits for another.
  private static let batchesAhead = 3

  let options: ReplayOptions
  let environment: RunEnvironment

  init(_ options: ReplayOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() async -> ExitCode {
    do throws(RunFailure) {
      let plan = try prepare()
      var lanes = ReplayLanes(plan.lanes)
      var samples = RecordedSamples(try filesInOrder(for: plan), for: plan.evaluators[0])
      var sink = try ReportSink(to: options.output, in: environment)
      var report = report(for: plan)
      var story = ReplayStory(of: plan)
      sink.begin(with: report.head())
      while let batch = try await next(&samples) {
        try complain(of: batch, &story)
        lanes.judge(choose(batch, &story))
        if let told = await lanes.told(ahead: Self.batchesAhead) {
          try sink.write(report.transitions(story.take(told)))
        }
      }
      while let told = await lanes.told(ahead: 0) {
        try sink.write(report.transitions(story.take(told)))
      }
      let result = story.result(of: await lanes.finish())
      guard !result.targets.isEmpty else { throw nothing(story) }
      complain(of: story, result)
      try sink.write(report.tail(result, skipped: story.skipped))
      try sink.finish()
      guard result.isJudged else {
        throw RunFailure(code: .noEvidence, sentence: "no snapshot was left to judge in \(files)")
      }
      return .success
    } catch {
      environment.fail(error.sentence)
      return error.code
    }
  }

  private func next(_ samples: inout RecordedSamples) async throws(RunFailure) -> RecordingBatch? {
    do throws(FileFailure) {
      return try await samples.next()
    } catch {
      throw .usage("\(error)")
    }
  }

  private func filesInOrder(for plan: ReplayPlan) throws(RunFailure) -> [String] {
    do throws(FileFailure) {
      return try RecordingOrder.sorted(
        options.files, by: RecordingReader(for: plan.evaluators[0]))
    } catch {
      throw .usage("\(error)")
    }
  }

  private func report(for plan: ReplayPlan) -> any ReplayReport {
    switch options.format {
    case .text:
      ReplayTextReport(
        rules: plan.configuration.rules.map(\.name), targets: options.targets,
        isColored: options.output == nil && environment.isColored(options.color))
    case .json: ReplayJSONReport(configurationVersion: plan.configuration.version)
    case .html: ReplayPageReport(options, plan)
    }
  }

  /// The samples of a batch that were asked for.
  private func choose(_ batch: RecordingBatch, _ story: inout ReplayStory) -> [RecordedSample] {
    for sample in batch.samples { story.note(sample.observedAt) }
    let isBounded = !options.targets.isEmpty || options.to != nil || options.files.count > 1
    guard isBounded else { return batch.samples }
    return batch.samples.filter { sample in
      if let to = options.to, sample.observedAt > to { return false }
      return story.isNew(sample, in: batch.fileNumber)
        && (options.targets.isEmpty || options.targets.contains(sample.target))
    }
  }
}

// MARK: - What is wrong

extension ReplayRun {
  /// Says which lines are no samples.
  private func complain(
    of batch: RecordingBatch, _ story: inout ReplayStory
  ) throws(RunFailure) {
    for mistake in batch.mistakes where story.skipped.first.count < Self.mostFailures {
      let line = SkippedLines.Line(
        file: mistake.file, line: mistake.line, column: mistake.column, reason: mistake.reason)
      guard !options.isStrict else { throw .usage(line.sentence) }
      story.skipped.first.append(line)
      environment.warn("skipped \(line.sentence)")
    }
    story.skipped.total += batch.mistakeCount
  }

  /// Says what else the reader of the report must know.
  private func complain(of story: ReplayStory, _ result: ReplayResult) {
    let untold = story.skipped.total - story.skipped.first.count
    if untold > 0 { environment.warn("skipped \(untold) more lines") }
    if let sentence = story.skipped.overlapSentence { environment.warn(sentence) }
    let found = Set(result.targets.map(\.name))
    for target in options.targets where !found.contains(target) {
      environment.warn("no sample is of the target \(printable(target, limit: 60))")
    }
  }

  private var files: String {
    listed(options.files.map { $0 == "-" ? "standard input" : printable($0) })
  }

  private func nothing(_ story: ReplayStory) -> RunFailure {
    guard let span = story.span else {
      return RunFailure(
        code: .noEvidence,
        sentence: "there is no sample in \(files): a recording has lines as --record writes them, "
          + "{\"observed_at\": …, \"target\": …, \"snapshot\": …}")
    }
    let what =
      "no sample was asked for in \(files): --from, --to and --target leave none of those from "
      + "\(span.lowerBound.rfc3339) to \(span.upperBound.rfc3339)"
    let known =
      options.targets.isEmpty || story.targets.isEmpty
      ? "" : "; its targets are \(listed(story.targets.sorted().map { printable($0, limit: 60) }))"
    return RunFailure(code: .noEvidence, sentence: what + known)
  }
}
