package import AlertEngine

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

  /// At least one, in the order in which they happened.
  package let notifications: [AlertNotification]
  /// The receiver's name in the configuration.
  package let receiver: String
  package let now: Instant
  package var form: Form

  package init(
    _ notifications: [AlertNotification], to receiver: String, at now: Instant,
    form: Form = .full
  ) {
    self.notifications = notifications
    self.receiver = receiver
    self.now = now
    self.form = form
  }

  package var isDigest: Bool { notifications.count > 1 }

  /// The event's id; for a digest a digest of its events' ids, the same when they are.
  package var id: String {
    guard isDigest else { return notifications.first?.id ?? "" }
    var hash = FNV1a()
    for notification in notifications { hash.combine(field: notification.id) }
    return hash.hex
  }

  /// Whether everything that this message tells of is over.
  package var isResolved: Bool { notifications.allSatisfy(\.isResolved) }

  /// The worst severity of what still fires, or of all where nothing does.
  package var severity: Severity {
    let firing = notifications.filter { !$0.isResolved }
    let told = firing.isEmpty ? notifications : firing
    return told.map(\.severity).min { $0.rank < $1.rank } ?? .info
  }

  /// What happened, in at most 100 characters: `[CRITICAL] error_rate 7.12 % (limit > 5 %) on api`.
  package var title: String {
    guard isDigest else { return items.first?.title ?? "" }
    let firing = notifications.count { !$0.isResolved }
    let resolved = notifications.count - firing
    var parts: [String] = []
    if firing > 0 { parts.append("\(firing) \(firing == 1 ? "alert" : "alerts") firing") }
    if resolved > 0 { parts.append("\(resolved) resolved") }
    let targets = Set(notifications.map(\.target)).sorted()
    let place = targets.count == 1 ? targets[0] : "\(targets.count) targets"
    let test = notifications.contains(where: \.isTest) ? "[TEST] " : ""
    let word = isResolved ? "RESOLVED" : severity.rawValue.uppercased()
    return printable(
      "\(test)[\(word)] \(parts.joined(separator: ", ")) on \(place)", limit: Self.longestTitle)
  }

  /// One for each event; what fires worst comes first, and the events of one alert stay in order.
  package var items: [MessageItem] {
    guard isDigest else { return notifications.map { MessageItem($0, sentAt: now) } }
    var ranks: [Fingerprint: Int] = [:]
    for notification in notifications {
      ranks[notification.fingerprint] =
        notification.severity.rank + (notification.isResolved ? Severity.allCases.count : 0)
    }
    let ranked = notifications.enumerated().map { index, notification in
      (rank: ranks[notification.fingerprint] ?? 0, index: index, notification)
    }
    return ranked.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }
      .map { MessageItem($0.2, sentAt: now) }
  }

  /// The whole message as plain text, for services that show nothing else.
  package var plainText: String {
    guard isDigest else { return items.first?.plainText ?? "" }
    return ([title] + items.map { "- \($0.title)" }).joined(separator: "\n")
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
