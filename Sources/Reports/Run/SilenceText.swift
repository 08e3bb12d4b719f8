package import AlertEngine
internal import JSON
package import Text

/// What the command `silence` prints.
package struct SilenceText {
  let now: Instant

  package init(seenAt now: Instant) {
    self.now = now
  }

  /// A new silence, and the alerts that it matches now.
  ///
  /// - Parameters:
  ///   - silence: the silence.
  ///   - targets: what the state keeps of each target.
  ///   - subjects: what alerts are about, by the names of their rules; none if they are not known.
  /// - Returns: two lines.
  package func added(
    _ silence: Silence, _ targets: [String: TargetState], of subjects: [String: Subject]
  ) -> String {
    let start = silence.starts > now ? "from \(time(silence.starts)) " : ""
    let open = targets.sorted { $0.key < $1.key }.flatMap { target, state in
      state.alerts.filter { key, alert in
        alert.phase.kind != .inactive
          && silence.match.matches(
            AlertIdentity(
              target: target, key: key, alert.phase, alert.details, of: subjects[key.rule]))
      }.sorted { $0.key < $1.key }.map { key, alert in
        "\(key.text) on \(printable(target, limit: 60)) (\(alert.phase.kind.rawValue))"
      }
    }
    let matched = open.isEmpty ? "no alert that is open now" : listed(open, most: 10)
    return """
      \(silence.id): \(silence.match.words) silenced \(start)until \(time(silence.ends))
        matches \(matched)

      """
  }

  package func ended(_ silences: [Silence]) -> String {
    guard !silences.isEmpty else { return "no silence to end\n" }
    return silences.map { "\($0.id) ended: \($0.match.words) (\($0.cause))\n" }.joined()
  }

  package func list(_ silences: [Silence]) -> String {
    let groups: [(title: String, silences: [Silence])] = [
      ("active", silences.filter { $0.isActive(at: now) }),
      ("upcoming", silences.filter { $0.starts > now }),
      ("ended", silences.filter { $0.ends <= now }),
    ]
    let lines = groups.flatMap { title, silences -> [String] in
      guard !silences.isEmpty else { return [] }
      return ["\(title):"]
        + silences.sorted { $0.ends < $1.ends }.map { silence in
          let start = silence.starts > now ? "from \(time(silence.starts)) " : ""
          return "  \(silence.id)  \(silence.match.words)  \(start)until \(time(silence.ends))  "
            + "(\(silence.cause))"
        }
    }
    return lines.isEmpty ? "no silences\n" : lines.joined(separator: "\n") + "\n"
  }

  package func json(_ silences: [Silence]) -> String {
    let list: JSONText = [
      "silences": .array(silences) { silence in
        [
          "id": .string(silence.id),
          "state": .string(
            silence.isActive(at: now) ? "active" : silence.starts > now ? "upcoming" : "ended"),
          "match": Self.json(silence.match),
          "starts": .instant(silence.starts),
          "ends": .instant(silence.ends),
          "created_at": .instant(silence.createdAt),
          "reason": .string(silence.reason),
          "author": .string(silence.author),
        ]
      }
    ]
    return list.printed() + "\n"
  }

  private static func json(_ match: AlertMatch) -> JSONText {
    func list(_ patterns: [NamePattern]) -> JSONText {
      patterns.isEmpty ? .omitted : .array(patterns) { .string($0.text) }
    }
    let severities = Severity.allCases.filter(match.severities.contains)
    return [
      "rules": list(match.rules), "instances": list(match.instances),
      "targets": list(match.targets),
      "severities": severities.isEmpty ? .omitted : .array(severities) { .string($0.rawValue) },
      "labels": match.labels.isEmpty ? .omitted : .object(match.labels) { .string($0.text) },
    ]
  }

  private func time(_ instant: Instant) -> String { Quantity.time(instant, seenAt: now) }
}
