internal import AlertEngine
internal import Files

extension ReplayRun {
  /// What the rule of `--suggest` measured, from a first pass over the recording; `nil` without that
  /// option.
  func search() async throws(RunFailure) -> SuggestionSearch? {
    guard let name = options.suggest else { return nil }
    guard !options.files.contains(where: { $0 == "-" || AtomicFile.isStream($0) }) else {
      throw mistake("--suggest reads the recording twice: name files instead of a stream")
    }
    let plan = try prepare()
    guard let rule = plan.configuration.rules.first(where: { $0.name == name }) else {
      throw mistake("\(EndpointSettings.ruleName) has no threshold for --suggest")
    }
    let condition = rule.condition
    guard condition.comparison.isOrdering else {
      throw mistake(
        "--suggest needs a rule that compares by size; \(name) compares with "
          + condition.comparison.rawValue)
    }
    guard condition.threshold.number != nil else {
      throw mistake("--suggest cannot choose the threshold of \(name), which is in the snapshot")
    }
    let result = try await result(of: plan)
    do throws(SuggestionSearch.Lack) {
      return try SuggestionSearch(
        for: rule, alertsPerWeek: options.alertsPerWeek, in: result)
    } catch {
      throw .recordings(.tooLittle(error))
    }
  }

  /// What is suggested for the rule of `--suggest`.
  func suggestion() async throws(RunFailure) -> Suggestion? {
    try await result(of: try prepare(await search())).suggestion
  }

  /// Replays the recording without a report.
  private func result(of plan: ReplayPlan) async throws(RunFailure) -> ReplayResult {
    var story = ReplayStory(of: plan)
    var lanes = ReplayLanes(plan.lanes)
    var samples = RecordedSamples(try filesInOrder(for: plan), for: plan.evaluators[0])
    while let batch = try await next(&samples) {
      lanes.evaluate(choose(batch, &story))
      if let events = await lanes.next(ahead: Self.batchesAhead) { _ = story.take(events) }
    }
    while let events = await lanes.next(ahead: 0) { _ = story.take(events) }
    let result = story.result(of: await lanes.finish())
    guard !result.targets.isEmpty else { throw .recordings(gap(story)) }
    return result
  }

  func mistake(_ reason: String) -> RunFailure {
    .mistake(.commandLine(UsageMistake(reason, command: replayCommand.text.name)))
  }
}
