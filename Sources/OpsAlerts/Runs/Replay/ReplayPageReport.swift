internal import AlertEngine
internal import Reports

/// A replay as a page, rendered at the end.
struct ReplayPageReport: ReplayReport {
  private var facts: ReplayPage.Facts
  private var first: [ReplayTransition] = []
  private var more = 0

  init(_ options: ReplayOptions, _ plan: ReplayPlan) {
    facts = ReplayPage.Facts(
      configuration: options.config, configurationVersion: plan.configuration.version,
      files: options.files, from: options.from?.instant, to: options.to?.instant)
  }

  func head() -> [UInt8] { [] }

  mutating func transitions(_ transitions: [ReplayTransition]) -> [UInt8] {
    let room = ReplayPage.mostTransitions - first.count
    first += transitions.prefix(room)
    more += max(0, transitions.count - room)
    return []
  }

  mutating func tail(_ result: ReplayResult, skipped: SkippedLines) -> [UInt8] {
    facts.skipped = skipped
    return ReplayPage.render(result, transitions: first, moreTransitions: more, facts: facts)
  }
}
