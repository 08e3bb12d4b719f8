internal import AlertEngine
internal import Files
internal import Reports
internal import Text

/// Replays recordings: configuration → lanes → samples → transitions as they happen → summary.
struct ReplayRun {
  /// Up to this many bad lines are reported one by one.
  static let mostFailures = 20
  /// The number of batches evaluated while the next one is read, so that no lane waits for another.
  static let batchesAhead = 3

  let options: ReplayOptions
  let environment: RunEnvironment
  /// Used instead of the file, which is then not read.
  var configuration: Configuration?

  init(_ options: ReplayOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() async -> ExitCode {
    let begin = ContinuousClock.now
    defer { environment.progress?.clear() }
    do throws(RunFailure) {
      let plan = try prepare(await search())
      var lanes = ReplayLanes(plan.lanes)
      var samples = RecordedSamples(try filesInOrder(for: plan), for: plan.evaluators[0])
      var sink = try ReportSink(to: options.output, in: environment)
      var report = report(for: plan)
      var story = ReplayStory(of: plan)
      sink.begin(with: report.head())
      while let batch = try await next(&samples) {
        try reportSkipped(batch, &story)
        lanes.evaluate(choose(batch, &story))
        if let events = await lanes.next(ahead: Self.batchesAhead) {
          try sink.write(report.transitions(story.take(events)))
        }
        let read = (samples.share, samples.bytesRead)
        environment.progress?.show(
          since: begin, Self.progress(read, after: begin.duration(to: .now)))
      }
      while let events = await lanes.next(ahead: 0) {
        try sink.write(report.transitions(story.take(events)))
      }
      let result = story.result(of: await lanes.finish())
      guard !result.targets.isEmpty else { throw .recordings(gap(story)) }
      reportWarnings(story, result)
      try sink.write(report.tail(result, skipped: story.skipped))
      try sink.finish()
      guard result.isJudged else {
        throw .recordings(.noSnapshot(files: options.files))
      }
      let isBad = options.failOn.contains { (result.comparison?.count($0) ?? 0) > 0 }
      return isBad ? .alerts : .success
    } catch {
      environment.fail(error)
      return error.code ?? .noEvidence
    }
  }

  /// The progress of a replay: `replaying: 43 %, 12 s left`.
  static func progress(_ read: (share: Double?, bytes: Int), after time: Duration) -> String {
    guard let share = read.share, share > 0 else {
      return "replaying: \(Quantity.text(Double(read.bytes), .bytes(name: "B")))"
    }
    let left = (time * ((1 - share) / share)).inSeconds.rounded(.up)
    return "replaying: \(Int(share * 100)) %, \(Quantity.text(.seconds(left))) left"
  }

  func next(_ samples: inout RecordedSamples) async throws(RunFailure) -> RecordingBatch? {
    do throws(FileFailure) {
      return try await samples.next()
    } catch {
      throw .mistake(.input(error))
    }
  }

  func filesInOrder(for plan: ReplayPlan) throws(RunFailure) -> [String] {
    do throws(FileFailure) {
      return try RecordingOrder.sorted(
        options.files, by: RecordingReader(for: plan.evaluators[0]))
    } catch {
      throw .mistake(.input(error))
    }
  }

  private func report(for plan: ReplayPlan) -> any ReplayReport {
    let isColored = options.output == nil && environment.isColored(options.color)
    if let against = options.against, options.format != .json {
      return ComparisonReport(
        from: against, to: options.config, isMarkdown: options.format == .markdown,
        isColored: isColored)
    }
    if options.suggest != nil, options.format != .json {
      return SuggestionReport(
        isMarkdown: options.format == .markdown, isColored: isColored)
    }
    switch options.format {
    case .text, .markdown:
      return ReplayTextReport(
        rules: plan.configuration.rules.map(\.name), targets: options.targets,
        isVerbose: options.isVerbose, isColored: isColored)
    case .json: return ReplayJSONReport(configurationVersion: plan.configuration.version)
    case .html: return ReplayPageReport(options, plan)
    }
  }

  /// The samples of a batch that the options select.
  func choose(_ batch: RecordingBatch, _ story: inout ReplayStory) -> [RecordedSample] {
    for sample in batch.samples { story.note(sample.observedAt) }
    let isBounded = !options.targets.isEmpty || options.to != nil || options.files.count > 1
    guard isBounded else { return batch.samples }
    let to = options.to?.instant
    return batch.samples.filter { sample in
      if let to, sample.observedAt > to { return false }
      return story.isNew(sample, in: batch.fileNumber)
        && (options.targets.isEmpty || options.targets.contains(sample.target))
    }
  }
}

// MARK: - Problems

extension ReplayRun {
  /// Reports the lines that are not samples.
  private func reportSkipped(
    _ batch: RecordingBatch, _ story: inout ReplayStory
  ) throws(RunFailure) {
    for mistake in batch.mistakes where story.skipped.first.count < Self.mostFailures {
      let line = SkippedLines.Line(
        file: mistake.file, line: mistake.line, column: mistake.column, reason: mistake.reason)
      guard !options.isStrict else { throw .mistake(.recordedLine(line)) }
      story.skipped.first.append(line)
      environment.warn(.skippedLine(line))
    }
    story.skipped.total += batch.mistakeCount
  }

  /// Reports the other warnings.
  private func reportWarnings(_ story: ReplayStory, _ result: ReplayResult) {
    let unlisted = story.skipped.total - story.skipped.first.count
    if unlisted > 0 { environment.warn(.skippedLines(unlisted)) }
    if story.skipped.overlapping > 0 {
      environment.warn(.overlappingSamples(story.skipped.overlapping))
    }
    let found = Set(result.targets.map(\.name))
    for target in options.targets where !found.contains(target) {
      environment.warn(.noSampleOf(target: target))
    }
  }

  /// Why no target has a result.
  func gap(_ story: ReplayStory) -> RecordingGap {
    guard let span = story.span else { return .noSample(files: options.files) }
    return .noneChosen(
      files: options.files, from: span.lowerBound, to: span.upperBound,
      targets: options.targets.isEmpty ? [] : story.targets.sorted())
  }
}
