internal import AlertEngine
internal import Files
internal import Foundation
internal import JSON
internal import Reports
internal import Text

/// Proposes rules for an endpoint: snapshots → proposals → limits → configuration → list.
struct InitRun {
  private static let mostBad = 5

  let options: InitOptions
  let environment: RunEnvironment

  private var path: String { options.evaluation.config }

  func run() async -> ExitCode {
    do throws(RunFailure) {
      guard !FileManager.default.fileExists(atPath: path) else {
        throw .mistake(.configurationExists(path: path))
      }
      if let recording = options.recording, recording == "-" || AtomicFile.isStream(recording) {
        throw mistake("--recording reads the file several times: name a file instead of a stream")
      }
      var (proposals, now) = try await proposals()
      guard !proposals.chosen.isEmpty else {
        throw .nothingProposed(bad: proposals.bad.map { line($0, at: now) })
      }
      let sources = try await takeLimits(of: &proposals)
      try write(Proposals.file(proposals.chosen.map(\.members)))
      return environment.say(list(proposals, sources, at: now))
    } catch {
      environment.fail(error)
      return error.code ?? .noEvidence
    }
  }

  private func proposals() async throws(RunFailure) -> (Proposals, Instant) {
    let run = EvaluationRun(options.evaluation, in: environment)
    let isLive = options.evaluation.snapshot == nil
    let client = isLive ? environment.startClient(within: options.evaluation.deadline) : nil
    defer { client?.shutDown() }
    // Whoever types a snapshot may take their time.
    let limit = isLive ? options.evaluation.deadline : nil
    environment.endBy(limit)
    let sources = try run.chooseTargets(of: .withoutRules)
    environment.endBy(nil)
    var received: [Proposals.Received] = []
    for pause in [nil, options.twice].prefix(options.twice == nil ? 1 : 2) {
      if let pause, (try? await environment.clock.sleep(for: pause)) == nil { throw .interrupted }
      environment.endBy(limit)
      let parts = run.fetch(
        sources, after: RunState(), through: client, within: options.evaluation.deadline)
      var answers: [TargetAnswer] = []
      for await part in parts { answers += part.answers }
      environment.endBy(nil)
      for answer in answers {
        switch answer.content {
        case .snapshot(let bytes, _): received.append((bytes, answer.at))
        case .failed(let failure): throw .target(.one(answer.source.name, .unreachable(failure)))
        case .notAttempted: throw .target(.notAttempted([answer.source.name]))
        }
      }
    }
    guard let last = received.last else { throw .interrupted }
    let format = options.evaluation.snapshotFormat ?? SnapshotFormat(revealedBy: last.bytes)
    do throws(JSONFailure) {
      return (try Proposals(received, as: format ?? .prometheus), last.at)
    } catch {
      let body = UnreadableBody(format: format ?? .prometheus, failure: error)
      throw .target(.one(sources[0].name, .unreadable(body)))
    }
  }

  /// Takes the limits from the recording; returns where that of a rule is from, if not the usual one.
  private func takeLimits(
    of proposals: inout Proposals
  ) async throws(RunFailure) -> [String: String] {
    let file = Proposals.file(proposals.chosen.map(\.members))
    guard let recording = options.recording, let configuration = try? Configuration.decode(file)
    else { return [:] }
    var sources: [String: String] = [:]
    for (index, rule) in proposals.chosen.map(\.rule).enumerated()
    where rule.condition.comparison.isOrdering {
      var replay = ReplayOptions()
      (replay.files, replay.suggest) = ([recording], rule.name)
      var run = ReplayRun(replay, in: environment)
      run.configuration = configuration
      do throws(RunFailure) {
        guard let proposed = try await run.suggestion()?.proposed?.rule,
          let threshold = proposed.condition.threshold.number
        else { continue }
        proposals.chosen[index].take(threshold, proposed.duration)
        let limit = Quantity.text(proposed.condition.threshold, rule.unit)
        sources[rule.name] =
          "limit \(limit) for \(Quantity.text(proposed.duration)) from "
          + printable(recording)
      } catch {
        guard case .recordings(.tooLittle) = error else { throw error }
        sources[rule.name] = "the usual limit: \(Diagnostic.error(error).sentence)"
      }
    }
    return sources
  }

  /// Writes a new file; whatever else appears at its path in the meantime stays.
  private func write(_ bytes: [UInt8]) throws(RunFailure) {
    do throws(FileFailure) {
      try AtomicFile.makeFolder(AtomicFile.split(path).folder)
      let draft = try AtomicDraft(of: path)
      try draft.write(bytes)
      try draft.publishNew()
    } catch {
      throw error.code == EEXIST ? .mistake(.configurationExists(path: path)) : .file(error)
    }
  }

  private func list(
    _ proposals: Proposals, _ sources: [String: String], at now: Instant
  ) -> String {
    let count = Quantity.count(proposals.chosen.count, "rule")
    var lines = ["\(printable(path)) is written: \(count)"]
    var why = ""
    for proposal in proposals.chosen {
      if proposal.why != why { lines.append(proposal.why) }
      why = proposal.why
      let source = sources[proposal.rule.name]
      lines.append(line(proposal, at: now, isUsual: source?.hasPrefix("limit") != true))
      if let source { lines.append("    " + source) }
    }
    if sources.count < proposals.chosen.count {
      lines.append(
        "limits are the usual ones" + (sources.isEmpty ? "" : " where nothing else is said"))
    }
    if !proposals.bad.isEmpty { lines.append("left out, since they are beyond their limits now:") }
    lines += proposals.bad.prefix(Self.mostBad).map { line($0, at: now) }
    let more = proposals.surplus + max(0, proposals.bad.count - Self.mostBad)
    if more > 0 { lines.append("left out: \(Quantity.count(more, "rule")) like these") }
    return (lines + ["next: " + next, ""]).joined(separator: "\n")
  }

  /// A rule, what it watches, and its worst value now.
  private func line(
    _ proposal: Proposals.Proposal, at now: Instant, isUsual: Bool = true
  ) -> String {
    let words = proposal.worst.map { CheckWording($0, seenAt: now) }
    let value = (isUsual ? words?.valueAgainstLimit : words?.valueAndLimit.value) ?? ""
    let many = proposal.checks.count > 1 ? ", worst of \(proposal.checks.count)" : ""
    let selector = printable(proposal.rule.measurement.selector.text)
    return "  \(proposal.rule.name)  \(selector): \(value)\(many)"
  }

  /// The command that evaluates the endpoint, or tries the rules on the saved snapshot.
  private var next: String {
    let evaluation = options.evaluation
    let config = path == ConfigurationFile.defaultPath ? "" : " --config \(word(path))"
    if let snapshot = evaluation.snapshot {
      let file = if case .file(let path) = snapshot { word(path) } else { "FILE" }
      return "\(Program.name) check\(config) --snapshot \(file)"
    }
    // A query may be a secret.
    let url =
      evaluation.metricsURL.map { " --metrics-url \($0.contains("?") ? "URL" : word($0))" }
      ?? evaluation.baseURL.map { " --base-url \(word($0))" } ?? ""
    let others = evaluation.targetOption == nil ? "" : " (with the same options of the endpoint)"
    return Program.name + config + url + others
  }

  /// A word for a shell.
  private func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      ("a"..."z").contains(Character(UnicodeScalar(byte | 0x20)))
        || "0123456789_-./:=@%+,[]".utf8.contains(byte)
    }
    return isPlain ? text : "'" + printable(text).replacingBytes("'", with: #"'\''"#) + "'"
  }

  private func mistake(_ reason: String) -> RunFailure {
    .mistake(.commandLine(UsageMistake(reason, command: initCommand.text.name)))
  }
}
