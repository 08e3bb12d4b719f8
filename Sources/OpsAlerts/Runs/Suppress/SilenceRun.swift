internal import AlertEngine
internal import Foundation
internal import JSON
internal import Reports
internal import Text

/// Adds, lists or ends silences.
struct SilenceRun {
  let options: SilenceOptions
  let environment: RunEnvironment

  init(_ options: SilenceOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() -> ExitCode {
    let change = StateChange(place: options.place, environment: environment)
    do throws(UsageMistake) {
      switch try action() {
      case .add:
        // Reads the configuration.
        environment.endBy(StateChange.limit)
        let draft = try draft(by: options.author ?? change.author)
        return change.make { (state) throws(UsageMistake) in try add(draft, to: &state) }
      case .end:
        let author = options.author ?? change.author
        return change.make { (state) throws(UsageMistake) in try end(in: &state, by: author) }
      case .list: return change.read(list)
      case .merge: return try merge(into: change)
      }
    } catch {
      environment.fail(.mistake(.commandLine(error)))
      return .usage
    }
  }

  private func mistake(_ reason: String) -> UsageMistake {
    UsageMistake(reason, command: silenceCommand.text.name)
  }

  private var match: AlertMatch {
    get throws(UsageMistake) {
      do throws(ValueMistake) { return try options.match } catch {
        throw mistake("silence \(options.words[0]) \(error.reason)")
      }
    }
  }

  /// The action of the command line, whose other words and options fit it.
  private func action() throws(UsageMistake) -> SilenceAction {
    let words = SilenceAction.allCases.map(\.rawValue)
    let word = options.words[0]
    guard let action = SilenceAction(rawValue: word) else {
      throw mistake(
        "silence takes \(listing(words, "or")), not \(shown(word))"
          + suggestion(for: word, among: words))
    }
    let ids = options.words.dropFirst()
    switch action {
    case .add, .list:
      if let id = ids.first {
        throw mistake("silence \(word) takes options only, not \(shown(id))")
      }
    case .merge:
      guard ids.count == 2 else {
        throw mistake("silence merge needs two files: the copy, and the state before both changed")
      }
    case .end: break
    }
    let isOfAdd =
      try !match.isEverything || options.duration != nil || options.until != nil
      || options.starts != nil
      || options.reason != nil || options.isEverything
    if action != .add, isOfAdd {
      throw mistake("only silence add takes alerts, a time and a reason")
    }
    if action == .end, ids.isEmpty != options.endsAll {
      throw mistake("silence end needs the ids of silences, or --all")
    }
    if action != .end, options.endsAll { throw mistake("only silence end takes --all") }
    return action
  }

  // MARK: - add

  private func draft(by author: String) throws(UsageMistake) -> Silence {
    let match = try match
    guard options.isEverything || !match.isEverything else {
      throw mistake(
        "silence add needs alerts: --rule, --instance, --target, --severity or --label, or "
          + "--everything")
    }
    guard let reason = options.reason else { throw mistake("silence add needs --reason") }
    let now = environment.now()
    let starts = options.starts?.instant(after: now) ?? now
    let ends: Instant
    if let duration = options.duration {
      ends = starts + duration
    } else if let until = options.until {
      ends = until.instant(after: max(now, starts))
    } else {
      throw mistake("silence add needs --for or --until")
    }
    guard ends > max(starts, now) else {
      let end = Quantity.time(ends, seenAt: now)
      throw mistake(
        ends > starts
          ? "the silence would already have ended, at \(end)"
          : "the silence would end before it begins, at \(end)")
    }
    guard ends - starts <= Silence.longest else {
      throw mistake("a silence lasts 30 days at most")
    }
    try checkNames(in: match)
    return Silence(
      id: "", match: match, reason: reason, author: author, createdAt: now,
      starts: starts, ends: ends)
  }

  /// Refuses names that the configuration does not have: such a silence would silence nothing.
  private func checkNames(in match: AlertMatch) throws(UsageMistake) {
    let configuration: Configuration
    do throws(ConfigurationFileFailure) {
      configuration = try ConfigurationFile.load(path: options.place.config)
    } catch {
      if FileManager.default.fileExists(atPath: options.place.config) {
        environment.warn(.uncheckedNames(path: options.place.config))
      }
      return
    }
    let rules = configuration.rules.map(\.name) + [EndpointSettings.ruleName]
    let targets = configuration.targets.map(\.name)
    let checked: [(noun: String, patterns: [NamePattern], names: [String])] = [
      ("rule", match.rules, rules),
      ("target", targets.isEmpty ? [] : match.targets, targets),
    ]
    for (noun, patterns, names) in checked {
      for pattern in patterns where !names.contains(where: pattern.matches) {
        throw mistake(
          "the configuration has no \(noun) \(pattern.text.quoted)"
            + suggestion(for: pattern.text, among: names))
      }
    }
  }

  private func add(
    _ draft: Silence, to state: inout RunState
  ) throws(UsageMistake) -> StateChange.Result {
    var silence = draft
    state.silences.prune(at: draft.createdAt)
    while state.silences.count >= Silence.most,
      let ended = state.silences.firstIndex(where: { $0.ends <= draft.createdAt })
    { state.silences.remove(at: ended) }
    guard state.silences.count < Silence.most else {
      throw mistake("the state has \(Silence.most) silences already: end some")
    }
    silence.id = Silence.newID(at: draft.createdAt, among: state.silences)
    state.silences.append(silence)
    let subjects = (try? ConfigurationFile.load(path: options.place.config))?.subjects ?? [:]
    let text = SilenceText(seenAt: draft.createdAt).added(silence, state.targets, of: subjects)
    return StateChange.Result(
      text: text, entries: [silence.entry(.added, at: draft.createdAt, by: silence.author)])
  }

  // MARK: - end

  private func end(
    in state: inout RunState, by author: String
  ) throws(UsageMistake) -> StateChange.Result {
    let now = environment.now()
    let ids = options.words.dropFirst()
    for id in ids where !state.silences.contains(where: { $0.id == id && $0.ends > now }) {
      if state.silences.contains(where: { $0.id == id }) {
        throw mistake("silence \(id) has already ended")
      }
      guard id != "all" else { throw mistake("to end all silences, use --all") }
      let known = state.silences.filter { $0.ends > now }.map(\.id)
      throw mistake(
        "there is no silence \(shown(id))"
          + (known.isEmpty ? "" : "; there are \(listed(known, most: 10))"))
    }
    var ended: [Silence] = []
    for index in state.silences.indices where state.silences[index].ends > now {
      guard options.endsAll || ids.contains(state.silences[index].id) else { continue }
      state.silences[index].starts = min(now, state.silences[index].starts)
      state.silences[index].ends = now
      ended.append(state.silences[index])
    }
    return StateChange.Result(
      text: SilenceText(seenAt: now).ended(ended),
      entries: ended.map { $0.entry(.ended, at: now, by: author) })
  }

  // MARK: - merge

  /// Takes over silences and acknowledgements from a copy that people changed while a run evaluated.
  private func merge(into change: StateChange) throws(UsageMistake) -> ExitCode {
    let paths = (copy: options.words[1], base: options.words[2])
    let copy: RunState?
    let base: RunState?
    do throws(StateFailure) {
      copy = try StateFile.read(paths.copy)
      base = try StateFile.read(paths.base)
    } catch {
      environment.fail(.state(error))
      return .state
    }
    guard let copy else { throw mistake("there is no file \(shown(paths.copy))") }
    guard copy.savedAt == base?.savedAt else {
      throw mistake("a run has changed \(shown(paths.copy)) since \(shown(paths.base))")
    }
    return change.make { (state) in
      state.takeOverChanges(from: copy)
      return StateChange.Result(text: "merged silences and acknowledgements\n")
    }
  }

  // MARK: - list

  private func list(_ state: RunState) -> String {
    switch options.format {
    case .text: SilenceText(seenAt: environment.now()).list(state.silences)
    case .json: SilenceText(seenAt: environment.now()).json(state.silences)
    }
  }
}

extension Silence {
  fileprivate func entry(
    _ event: HistoryEntry.Event, at instant: Instant, by author: String
  ) -> HistoryEntry {
    HistoryEntry(
      at: instant, kind: .silence, event: event, reason: reason, value: match.words, by: author,
      silence: id)
  }
}
