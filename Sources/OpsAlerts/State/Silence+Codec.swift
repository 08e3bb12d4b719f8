internal import AlertEngine
internal import JSON

extension StateCodec<[Silence]> {
  static var silences: Self { .list(of: .silence.onOneLine) }
}

extension StateCodec<Silence> {
  fileprivate static var silence: Self {
    Self(
      StateMember("author", \.author, .string),
      StateMember("created_at", \.createdAt, .instant),
      StateMember("ends", \.ends, .instant),
      StateMember("id", \.id, .string),
      StateMember("match", \.match, .match),
      StateMember("reason", \.reason, .string),
      StateMember("starts", \.starts, .instant)
    ) { _, author, createdAt, ends, id, match, reason, starts in
      Silence(
        id: id, match: match, reason: reason, author: author, createdAt: createdAt,
        starts: starts, ends: ends)
    }
  }
}

extension StateCodec<AlertMatch> {
  fileprivate static var match: Self {
    Self(
      StateMember("instances", { $0.instances.none }, omittable: .patterns),
      StateMember(
        "labels", { $0.labels.isEmpty ? nil : $0.labels }, omittable: .map(of: "label", .pattern)),
      StateMember("rules", { $0.rules.none }, omittable: .patterns),
      StateMember(
        "severities", { Severity.allCases.filter($0.severities.contains).none },
        omittable: .list(of: .word("a severity"))),
      StateMember("targets", { $0.targets.none }, omittable: .patterns)
    ) { _, instances, labels, rules, severities, targets in
      AlertMatch(
        rules: rules ?? [], instances: instances ?? [], targets: targets ?? [],
        severities: Set(severities ?? []), labels: labels ?? [:])
    }
  }
}

extension StateCodec<[NamePattern]> {
  fileprivate static var patterns: Self { .list(of: .pattern) }
}

extension StateCodec<NamePattern> {
  fileprivate static var pattern: Self {
    Self(
      text: { .string($0.text) },
      read: { node throws(ScanFailure) in NamePattern(try node.string()) })
  }
}

extension StateCodec<Acknowledgement> {
  static var acknowledgement: Self {
    Self(
      StateMember("at", \.at, .instant),
      StateMember("author", \.author, .string),
      StateMember("note", \.note, omittable: .string),
      StateMember("withdrawn", { $0.isWithdrawn ? true : nil }, omittable: .bool)
    ) { _, at, author, note, isWithdrawn in
      Acknowledgement(author: author, at: at, note: note, isWithdrawn: isWithdrawn ?? false)
    }
  }
}

extension Array {
  /// `nil` for an empty one.
  fileprivate var none: Self? { isEmpty ? nil : self }
}
