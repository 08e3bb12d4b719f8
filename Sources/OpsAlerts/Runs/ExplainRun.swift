internal import AlertEngine
internal import Files
internal import JSON
internal import Reports
internal import Text

/// Explains alerts and events from the state, the history and the configuration.
struct ExplainRun {
  let options: ExplainOptions
  let environment: RunEnvironment

  /// More alerts than this are not all explained.
  private static let mostAlerts = 5

  init(_ options: ExplainOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  /// What an operand means.
  private struct Meaning {
    /// The id of an event, and what is known of it.
    var event: (id: String, entries: [HistoryEntry])?
    /// The most urgent first.
    var alerts: [Place] = []
  }

  /// An alert of the state.
  private struct Place {
    let target: String
    let key: AlertKey
    let phase: Phase

    /// The key by which it goes, and the one by which it went when it fired.
    var keys: [AlertKey] { [key] + [phase.episode?.formerKey].compactMap(\.self) }
  }

  func run() -> ExitCode {
    do throws(RunFailure) {
      let (state, context) = try load()
      var meanings: [Meaning] = []
      for subject in options.subjects {
        meanings.append(try meaning(of: subject, in: state, context))
      }
      func explain(_ place: Place) -> Explanation? {
        state.targets[place.target].flatMap {
          Explanation(place.key, of: place.target, in: $0, context)
        }
      }
      switch options.format {
      case .json:
        let document: JSONText = [
          "explanations": .array(meanings) { json($0.event, $0.alerts.compactMap(explain)) }
        ]
        return environment.finish(environment.write(document.encoded(.pretty) + [0x0A]))
      case .text:
        return environment.say(
          meanings.map { meaning in
            let most = meaning.alerts.prefix(Self.mostAlerts)
            let more = meaning.alerts.count - most.count
            return text(meaning.event, most.compactMap(explain), more: more)
          }.joined(separator: "\n"))
      }
    } catch {
      environment.fail(error)
      return error.code ?? .state
    }
  }

  private func load() throws(RunFailure) -> (RunState, Explanation.Context) {
    let (configuration, stored): (Configuration, RunState?)
    do throws(ConfigurationFileFailure) {
      configuration = try ConfigurationFile.load(path: options.place.config)
    } catch { throw .mistake(.configuration(error)) }
    do throws(StateFailure) { stored = try StateFile.read(options.place.statePath) } catch {
      throw .state(error)
    }
    guard let state = stored else { throw options.place.noState }
    var history: [HistoryEntry] = []
    do throws(FileFailure) {
      history = try HistoryFile.read(HistoryFile.path(of: options.place.statePath))?.entries ?? []
    } catch { environment.warn(.history(error)) }
    let now = environment.now()
    let suppressor = Suppressor(configuration, state, at: now)
    let context = Explanation.Context(
      configuration, history: history,
      outbox: state.outbox.held(by: suppressor, configuration, state, environment, at: now),
      suppressor: suppressor,
      skippedReceivers: Set(state.skippedReceivers), at: now)
    return (state, context)
  }

  /// - Throws: a mistake if nothing has this name or id.
  private func meaning(
    of subject: String, in state: RunState, _ context: Explanation.Context
  ) throws(RunFailure) -> Meaning {
    for name in options.targets where state.targets[name] == nil {
      throw .mistake(
        .unknown(.target, name, place: "the state", known: state.targets.keys.sorted()))
    }
    let alerts = state.targets.sorted { $0.key < $1.key }.flatMap { target, memory in
      memory.alerts.sorted { $0.key < $1.key }.map { key, alert in
        Place(target: target, key: key, phase: alert.phase)
      }
    }.filter { options.targets.isEmpty || options.targets.contains($0.target) }
      .sorted { $0.phase.urgency < $1.phase.urgency }

    let named = alerts.filter { $0.keys.contains { $0.isNamed(subject) } }
    guard named.isEmpty else { return Meaning(alerts: named) }

    var entries = context.history.filter { $0.id == subject }
    let rows = state.outbox.queues.values.flatMap { $0.rows + $0.deadLetters }
    if entries.isEmpty, let row = rows.first(where: { $0.id == subject }) {
      let event = row.notification
      entries = [
        HistoryEntry(
          at: event.at, kind: .transition, event: .init(event.event), target: event.target,
          key: event.key, id: subject, value: event.facts.value)
      ]
    }
    if let target = entries.first?.target, let key = entries.first?.key {
      let alert = alerts.filter { $0.target == target && $0.keys.contains(key) }
      return Meaning(event: (subject, entries), alerts: alert)
    }
    let known = Set(context.configuration.rules.map(\.name) + alerts.map(\.key.rule))
    let rule = AlertKey(named: subject).rule
    throw .mistake(
      subject.isEventID
        ? .unknownEvent(subject, path: options.place.statePath)
        : known.contains(rule)
          ? .noAlert(subject, path: options.place.statePath)
          : .unknown(.rule, rule, place: "the state", known: known.sorted()))
  }

  private func text(
    _ event: (id: String, entries: [HistoryEntry])?, _ alerts: [Explanation], more: Int
  ) -> String {
    let now = environment.now()
    let isColored = environment.isColored(options.color)
    var parts = alerts.map {
      ExplanationReport($0, seenAt: now, isColored: isColored).render()
    }
    if let event {
      let story = HistoryReport(event.entries).text(isColored: isColored)
      parts.insert("Event \(printable(event.id)):\n\(story)", at: 0)
      if alerts.isEmpty { parts.append("Its alert is no longer in the state.\n") }
    }
    if more > 0 { parts.append("and \(more) more: name an instance, or a target with --target\n") }
    return parts.joined(separator: "\n")
  }

  private func json(_ event: (id: String, entries: [HistoryEntry])?, _ alerts: [Explanation])
    -> JSONText
  {
    let entry = StateCodec.historyEntry.onOneLine.text
    let known: JSONText? = event.map { event in
      ["id": .string(event.id), "entries": .array(event.entries, entry)]
    }
    return [
      "event": known ?? .omitted,
      "alerts": .array(alerts) { explanation in
        let report = ExplanationReport(explanation, seenAt: environment.now(), isColored: false)
        let (alert, outlook) = (explanation.alert, explanation.outlook)
        return [
          "target": .string(explanation.target), "rule": .string(explanation.key.rule),
          "instance": .string(explanation.key.instance),
          "phase": .string(alert.phase.kind.rawValue),
          "severity": .string(explanation.identity?.severity.rawValue),
          "sentence": .string(report.rule),
          "why": .string(report.why), "active_at": .instant(alert.phase.breach?.activeAt),
          "fired_at": .instant(alert.phase.episode?.firedAt),
          "samples": .array(explanation.samples) { sample in
            .line([
              "at": .instant(sample.at), "value": .number(sample.value),
              "verdict": .string(sample.verdict?.rawValue),
            ])
          },
          "next": .string(report.next), "cadence_minutes": .minutes(outlook?.cadence),
          "next_sample_at": .instant(outlook?.next),
          "earliest": .optional(outlook?.decision) { decision in
            .line([
              "event": .string(outlook?.event.rawValue), "at": .instant(decision.at),
              "samples": .integer(decision.samples),
            ])
          },
          "events": .array(explanation.events, entry),
          "suppression": .string(explanation.suppression?.words(seenAt: environment.now())),
          "not_told": .array(explanation.untold) { receiver, why in
            .line(["receiver": .string(receiver), "why": .string(report.words(why))])
          },
        ]
      },
    ]
  }
}

extension Phase {
  /// The most urgent first.
  fileprivate var urgency: Int {
    switch kind {
    case .firing: 0
    case .recovering: 1
    case .pending: 2
    case .inactive: 3
    }
  }
}

extension String {
  fileprivate var isEventID: Bool { utf8.count == 16 && UInt64(self, radix: 16) != nil }
}
