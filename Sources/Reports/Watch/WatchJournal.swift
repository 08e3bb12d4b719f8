internal import AlertEngine
package import Text

/// The lines that a watch writes without a terminal, for a journal.
package struct WatchJournal: Sendable {
  /// Between two heartbeats.
  package static let heartbeat = Duration.seconds(3600)

  private let interval: Duration
  private var samplesAtLast = 0

  package init(every interval: Duration) {
    self.interval = interval
  }

  /// The first line: the targets and their status.
  ///
  /// - Parameters:
  ///   - record: after the first sample.
  ///   - now: the time of day.
  /// - Returns: one line.
  package func begin(_ record: WatchRecord, at now: Instant) -> String {
    "\((record.at ?? now).rfc3339) WATCHING \(status(of: record)) · every \(Quantity.exact(interval))"
  }

  /// A heartbeat: the status, and the samples since the last one.
  ///
  /// - Parameters:
  ///   - record: the samples so far.
  ///   - time: since the start of the watch.
  ///   - now: the time of day.
  /// - Returns: one line.
  package mutating func heartbeat(
    _ record: WatchRecord, at time: Duration, now: Instant
  ) -> String {
    defer { samplesAtLast = record.samples }
    let taken = record.samples - samplesAtLast
    let age = record.ageOfEvidence(at: time).map { "\(Quantity.text($0)) ago" } ?? "never"
    return "\(now.rfc3339) HEARTBEAT \(status(of: record)) · "
      + Quantity.count(taken, "sample")
      + " since the last heartbeat · last snapshot \(age) · "
      + "\(record.undelivered.count) not delivered"
  }

  /// The last line.
  ///
  /// - Parameters:
  ///   - reason: what ended the watch: `by q`.
  ///   - record: the samples so far.
  ///   - time: since the start of the watch.
  ///   - now: the time of day.
  /// - Returns: one line.
  package func end(
    _ reason: String, _ record: WatchRecord, at time: Duration, now: Instant
  ) -> String {
    let count = Quantity.count(record.samples, "sample")
    return "\(now.rfc3339) ENDED \(reason), after \(Quantity.text(time)) and \(count) · "
      + status(of: record)
  }

  /// `api.example: fail: 1 firing, 4 ok of 5 checks (error_rate fires)`.
  private func status(of record: WatchRecord) -> String {
    guard !record.standings.isEmpty else { return "no sample yet" }
    let firing = record.standings.lazy.flatMap { standing in
      standing.rows.lazy.filter { $0.state == .firing }.map { row -> String in
        let name = CheckWording(row.check, seenAt: Instant(milliseconds: 0)).name
        guard record.standings.count > 1 else { return name }
        return "\(printable(standing.target.name)) \(name)"
      }
    }
    let names = Array(firing.prefix(3))
    let count = record.counts[.firing] ?? 0
    let more = count > names.count ? " and \(count - names.count) more" : ""
    let verb = count == 1 ? "fires" : "fire"
    let list = names.isEmpty ? "" : " (\(names.joined(separator: ", "))\(more) \(verb))"
    return "\(record.title): \(record.status.rawValue): \(record.countWords)\(list)"
  }
}
