package import AlertEngine
package import Text

/// The content of a message, in no service's form: one event, or several in a digest.
///
/// Each of its texts is one line and safe for a terminal; a receiver escapes them for its service.
package struct Message: Sendable {
  package enum Form: Hashable, Sendable {
    case full
    /// Plain text, for a service that refused the full form.
    case plain
  }

  /// The longest title, in Unicode scalars.
  static let longestTitle = 100
  /// A message sent later than this after its event says how late it is.
  static let notableDelay = Duration.seconds(120)
  /// The same for reminders, which are sent by the first run after they are due.
  static let notableReminderDelay = Duration.seconds(3_600)

  /// At least one, in the order in which they occurred.
  let notifications: [AlertNotification]
  /// The receiver's name in the configuration.
  let receiver: String
  let now: Instant
  var form: Form

  /// One for each event, most severe first; the events of one alert stay in order.
  let items: [MessageItem]
  /// The event's id; for a digest, a hash of its events' ids.
  let id: String
  /// The last event of each alert.
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
      id = AlertNotification.digestID(of: notifications.map(\.id))
    }
  }

  var isDigest: Bool { notifications.count > 1 }

  /// Whether the last event of every alert in this message resolves it.
  var isResolved: Bool { standing.allSatisfy(\.isResolved) }

  /// Whether nobody needs to act: every alert in this message has ended or is acknowledged.
  var isCalm: Bool { standing.allSatisfy { $0.isResolved || $0.event == .acknowledged } }

  /// The highest severity of what still fires, or of all if nothing does.
  var severity: Severity {
    let firing = standing.filter { !$0.isResolved }
    let shown = firing.isEmpty ? standing : firing
    return shown.map(\.severity).min { $0.rank < $1.rank } ?? .info
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
  /// ` (1 critical, 200 warning)`, if the firing alerts have several severities.
  private var severities: String {
    let firing = standing.filter { !$0.isResolved }
    let counts = Severity.allCases.compactMap { severity in
      let count = firing.count { $0.severity == severity }
      return count == 0 ? nil : "\(count) \(severity.rawValue)"
    }
    return counts.count > 1 ? " (\(counts.joined(separator: ", ")))" : ""
  }

  /// What is below the title: all details of one event, or a line with its id for each event of a
  /// digest.
  var lines: [String] {
    guard !isDigest, let item = items.first else {
      return items.map { "\($0.line) · \($0.notification.id)" }
    }
    return [item.timeline] + item.remarks + item.links.filter { !$0.isAddress }.map(\.text)
  }

  /// The addresses to open; for a digest, those that all its events share.
  var addresses: [MessageItem.Link] {
    (items.first?.links ?? []).filter { link in
      link.isAddress && items.dropFirst().allSatisfy { $0.links.contains(link) }
    }
  }

  /// The last line: `Event 0123456789abcdef`.
  var reference: String { (isDigest ? "Digest " : "Event ") + id }

  /// The whole message as plain text, for services that show nothing else.
  package var plainText: String { plainText { _ in true } }

  /// As much of the plain text as a service accepts; title and reference are always included.
  ///
  /// - Parameter fits: whether the service accepts this text; it accepts a title and a reference.
  /// - Returns: what fits.
  func plainText(_ fits: (String) -> Bool) -> String {
    let title = title
    return "\(title)\n" + details { fits("\(title)\n\($0)") }
  }

  /// The same, escaped and below a mention, within a limit in UTF-16 units.
  func plainText(
    after mention: String?, to limit: Int, escaped: (String) -> String
  ) -> String {
    let start = mention.map { $0 + "\n" } ?? ""
    let rest = limit - start.utf16.count
    return start + escaped(plainText { escaped($0).utf16.count <= rest })
  }

  /// As much of what is below the title as a service accepts: whole lines of a digest, or the
  /// beginning for one event; the links only if all of them fit.
  ///
  /// - Parameter fits: whether the service accepts this text; it accepts a reference.
  /// - Returns: what fits.
  func details(_ fits: (String) -> Bool) -> String {
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
  /// 0 for the most severe.
  package var rank: Int {
    switch self {
    case .critical: 0
    case .error: 1
    case .warning: 2
    case .info: 3
    }
  }
}
