internal import AlertEngine
internal import Files
internal import Foundation
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
    var alerts: [(target: String, key: AlertKey)] = []
  }

  func run() -> ExitCode {
    do throws(RunFailure) {
      let (state, context) = try load()
      var meanings: [Meaning] = []
      for subject in options.subjects {
        meanings.append(try meaning(of: subject, in: state, context))
      }
      let explained = meanings.map { meaning in
        (
          meaning.event,
          meaning.alerts.compactMap { target, key in
            state.targets[target].flatMap { Explanation(key, of: target, in: $0, context) }
          }.sorted { $0.alert.phase.urgency < $1.alert.phase.urgency }
        )
      }
      switch options.format {
      case .json:
        let document: JSONText = ["explanations": .array(explained, json)]
        return environment.finish(environment.write(document.encoded(.pretty) + [0x0A]))
      case .text: return environment.say(explained.map(text).joined(separator: "\n"))
      }
    } catch {
      environment.fail(error)
      return error.code ?? .state
    }
  }

  private func load() throws(RunFailure) -> (RunState, Explanation.Context) {
    let (configuration, stored): (Configuration, RunState?)
    do throws(ConfigurationFileFailure) {
      configuration = try ConfigurationFile.load(path: options.config)
    } catch { throw .mistake(.configuration(error)) }
    do throws(StateFailure) { stored = try StateFile.read(options.statePath) } catch {
      throw .state(error)
    }
    guard let state = stored else {
      throw .noState(path: options.statePath, folder: FileManager.default.currentDirectoryPath)
    }
    var history: [HistoryEntry] = []
    do throws(FileFailure) {
      history = try HistoryFile.read(HistoryFile.path(of: options.statePath))?.entries ?? []
    } catch { environment.warn(.history(error)) }
    let now = environment.now()
    let context = Explanation.Context(
      configuration, history: history, outbox: state.outbox,
      suppressor: Suppressor(configuration, state, at: now),
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
      memory.alerts.keys.sorted().map { (target: target, key: $0) }
    }.filter { options.targets.isEmpty || options.targets.contains($0.target) }

    let wanted = AlertKey(named: subject)
    let named = alerts.filter { alert in
      alert.key.rule == wanted.rule
        && (wanted.instance == nil || alert.key.instance == wanted.instance)
    }
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
      let alert = alerts.filter { $0.target == target && $0.key == key }
      return Meaning(event: (subject, entries), alerts: alert)
    }
    let known = Set(context.configuration.rules.map(\.name) + alerts.map(\.key.rule))
    throw .mistake(
      subject.isEventID
        ? .unknownEvent(subject, path: options.statePath)
        : known.contains(wanted.rule)
          ? .noAlert(subject, path: options.statePath)
          : .unknown(.rule, wanted.rule, place: "the state", known: known.sorted()))
  }

  private func text(_ event: (id: String, entries: [HistoryEntry])?, _ alerts: [Explanation])
    -> String
  {
    let now = environment.now()
    let isColored = environment.isColored(options.color)
    var parts = alerts.prefix(Self.mostAlerts).map {
      ExplanationReport($0, seenAt: now, isColored: isColored).render()
    }
    if let event {
      let story = HistoryReport(event.entries).text(isColored: isColored)
      parts.insert("Event \(printable(event.id)):\n\(story)", at: 0)
      if alerts.isEmpty { parts.append("Its alert is no longer in the state.\n") }
    }
    let more = alerts.count - Self.mostAlerts
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
