internal import AlertEngine
internal import Text

extension AlertNotification {
  /// The event as named texts, for systems that store such pairs.
  ///
  /// - Parameter more: details for one system only.
  /// - Returns: the details that are not empty, bounded and safe to show.
  func details(and more: [String: String?]) -> [String: String] {
    let details: [String: String?] = [
      "summary": facts.summary, "description": facts.description, "value": facts.value,
      "limit": facts.limit, "owner": facts.owner, "evidence": facts.evidence,
      "doubt": facts.doubt, "detail": facts.detail, "peak": facts.peak, "event": event.rawValue,
      "event_id": id,
      "active_at": activeAt.rfc3339, "reminder": event == .reminder ? "\(sequence)" : nil,
      "acknowledged_by": facts.acknowledgement?.author, "note": facts.acknowledgement?.note,
      "held": facts.held,
      "test": isTest ? "true" : nil,
    ]
    return details.merging(more) { $1 }.compactMapValues(\.self).bounded
  }
}

extension [String: String] {
  /// The values that are not empty, safe to show and of at most 1,024 Unicode scalars.
  var bounded: [String: String] {
    mapValues { printable($0, limit: 1_024) }.filter { !$0.value.isEmpty }
  }
}
