internal import JSON
internal import Text

extension ReceiverSettings {
  /// Decodes one receiver.
  ///
  /// - Returns: `nil` if it has a mistake, which has been reported.
  init?(
    _ fields: Fields<ReceiverKey>, of types: [ReceiverType], _ mistakes: inout MistakeList
  ) {
    let match = fields.object(.match).map {
      AlertMatch($0, at: fields.place(of: .match), &mistakes)
    }
    let hours = fields.object(.hours).flatMap {
      ZonedWindow($0, at: fields.place(of: .hours), &mistakes)
    }
    guard let name = fields.text(.name), let isRequired = fields.bool(.required),
      let minutes = fields.minutes(.afterMinutes),
      let type = types.first(where: { $0.name == fields.text(.type) })
    else { return nil }
    let severities = fields.texts(.severities)?.compactMap(Severity.init(rawValue:))
    self.init(
      name: name, type: type, severities: Set(severities ?? Severity.allCases),
      match: match ?? AlertMatch(), escalation: minutes, hours: hours, isRequired: isRequired)
    for (source, _) in type.sources {
      if case .scalar(.string(let name))? = fields.value(named: source.variableKey.name) {
        sources[source] = .variable(name)
      } else if case .scalar(.string(let path))? = fields.value(named: source.fileKey.name) {
        sources[source] = .file(path)
      }
    }
    for key in type.keys {
      switch fields.value(named: key.name) {
      case .scalar(let scalar)?: values[key.name] = .scalar(scalar)
      case .scalars(let scalars)?: values[key.name] = .texts(scalars.texts)
      case .null?, .path?, .selector?, .textsByName?, .object?, .list?, nil: break
      }
    }
  }
}

extension NotificationSettings {
  init?(_ fields: Fields<NotificationKey>) {
    guard let hours = fields.number(.reminderHours), let digestOver = fields.integer(.digestOver)
    else { return nil }
    self.init(
      reminder: .minutes(hours * 60), digestOver: digestOver, timeZone: fields.text(.timeZone))
  }
}
