package import AlertEngine
package import Text

/// What one message says, before any service's form: one event, or several in a digest.
///
/// All its texts are of one line and safe for a terminal; a receiver escapes them for its service.
package struct Message: Sendable {
  package enum Form: Hashable, Sendable {
    case full
    /// Text alone, for a service that refused the full form.
    case plain
  }

  /// The longest title, in Unicode scalars.
  package static let longestTitle = 100
  /// A message that goes out later than this after its event says how late it is.
  package static let notableDelay = Duration.seconds(120)
  /// The same for reminders, which come with the first run after they are due.
  package static let notableReminderDelay = Duration.seconds(3_600)

  /// At least one, in the order in which they happened.
  package let notifications: [AlertNotification]
  /// The receiver's name in the configuration.
  package let receiver: String
  package let now: Instant
  package var form: Form

  /// One for each event; what fires worst comes first, and the events of one alert stay in order.
  package let items: [MessageItem]
  /// The event's id; for a digest a digest of its events' ids, the same when they are.
  package let id: String
  /// The last event of each alert: how it stands.
  private let standing: [AlertNotification]

  package init(
    _ notifications: [AlertNotification], to receiver: String, at now: Instant,
    form: Form = .full
  ) {
    self.notifications = notifications
    self.receiver = receiver
    self.now = now
    self.form = form

    let fingerprints = notifications.map(\.fingerprint)
    let last = Dictionary(zip(fingerprints, notifications), uniquingKeysWith: { $1 })
    standing = Array(last.values)
    let ranks = last.mapValues { last in
      last.severity.rank + (last.isResolved ? Severity.allCases.count : 0)
    }
    let ranked = zip(fingerprints, notifications).enumerated().map { index, pair in
      (rank: ranks[pair.0] ?? 0, index: index, notification: pair.1)
    }
    items = ranked.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }
      .map { MessageItem($0.notification, sentAt: now) }

    if let only = notifications.first, notifications.count == 1 {
      id = only.id
    } else {
      var hash = FNV1a()
      for notification in notifications { hash.combine(field: notification.id) }
      id = hash.hex
    }
  }

  package var isDigest: Bool { notifications.count > 1 }

  /// Whether every alert that this message tells of is over by its last event.
  package var isResolved: Bool { standing.allSatisfy(\.isResolved) }

  /// The worst severity of what still fires, or of all where nothing does.
  package var severity: Severity {
    let firing = standing.filter { !$0.isResolved }
    let told = firing.isEmpty ? standing : firing
    return told.map(\.severity).min { $0.rank < $1.rank } ?? .info
  }

  /// What happened, in at most 100 characters: `[CRITICAL] error_rate 7.12 % (limit > 5 %) on api`.
  package var title: String {
    guard isDigest else { return items.first?.title ?? "" }
    let firing = standing.count { !$0.isResolved }
    let counts = [(firing, "firing\(severities)"), (standing.count - firing, "resolved")]
      .filter { $0.0 > 0 }
    let parts = counts.enumerated().map { index, part in
      let noun = index > 0 ? "" : part.0 == 1 ? "alert " : "alerts "
      return "\(part.0) \(noun)\(part.1)"
    }
    let targets = Set(notifications.map(\.target))
    let place = targets.count == 1 ? targets.first ?? "" : "\(targets.count) targets"
    let test = notifications.contains(where: \.isTest) ? "[TEST] " : ""
    let word = isResolved ? "RESOLVED" : severity.rawValue.uppercased()
    return printable(
      "\(test)[\(word)] \(parts.joined(separator: ", ")) on \(place)", limit: Self.longestTitle)
  }
}

extension Message {
  /// ` (1 critical, 200 warning)`, where what fires is of several severities.
  private var severities: String {
    let firing = standing.filter { !$0.isResolved }
    let counts = Severity.allCases.compactMap { severity in
      let count = firing.count { $0.severity == severity }
      return count == 0 ? nil : "\(count) \(severity.rawValue)"
    }
    return counts.count > 1 ? " (\(counts.joined(separator: ", ")))" : ""
  }

  /// What stands below the title: of one event all that is known, of a digest a line for each.
  package var lines: [String] {
    guard !isDigest, let item = items.first else { return items.map(\.line) }
    return [item.timeline] + item.remarks + item.links.filter { !$0.isAddress }.map(\.text)
  }

  /// The addresses to open; of a digest those that all its events have.
  package var addresses: [MessageItem.Link] {
    (items.first?.links ?? []).filter { link in
      link.isAddress && items.dropFirst().allSatisfy { $0.links.contains(link) }
    }
  }

  /// The last line: `Event 0123456789abcdef`.
  package var reference: String { (isDigest ? "Digest " : "Event ") + id }

  /// The whole message as plain text, for services that show nothing else.
  package var plainText: String { plainText { _ in true } }

  /// As much of the plain text as a service takes; title and reference always stay.
  ///
  /// - Parameter fits: whether the service takes this text; it takes a title and a reference.
  /// - Returns: what fits.
  package func plainText(_ fits: (String) -> Bool) -> String {
    let title = title
    return "\(title)\n" + details { fits("\(title)\n\($0)") }
  }

  /// As much of what stands below the title as a service takes: of a digest whole lines, of one
  /// event the beginning, and the links where there is room for them all.
  ///
  /// - Parameter fits: whether the service takes this text; it takes a reference.
  /// - Returns: what fits.
  package func details(_ fits: (String) -> Bool) -> String {
    let lines = lines
    let links = addresses.map(\.text)
    let tail = fits((links + [reference]).joined(separator: "\n")) ? links : []
    func whole(_ lines: [String]) -> String {
      (lines + tail + [reference]).joined(separator: "\n")
    }
    guard isDigest else {
      return whole([Truncation.cut(lines.joined(separator: "\n")) { fits(whole([$0])) }])
    }
    return whole(Truncation.lines(lines.map { "- \($0)" }) { fits(whole($0)) })
  }
}

extension Severity {
  /// 0 for the worst.
  package var rank: Int {
    switch self {
    case .critical: 0
    case .error: 1
    case .warning: 2
    case .info: 3
    }
  }
}
