internal import JSON
internal import Text

extension MaintenanceWindow {
  init?(_ fields: Fields<MaintenanceKey>, _ mistakes: inout MistakeList) {
    let before = mistakes.count
    let match = fields.object(.match).map {
      AlertMatch($0, at: fields.place(of: .match), &mistakes)
    }
    let other: MaintenanceKey = fields.has(.starts) ? .starts : .from
    let foreign: [MaintenanceKey] = fields.has(.starts) ? [.days, .to, .timeZone] : [.ends]
    for key in foreign where fields.has(key) && fields.has(other) {
      fields.refuse(key, &mistakes, "not allowed with \(other.key.name); remove it")
    }
    let time = Time(fields, &mistakes)
    guard mistakes.count == before, let name = fields.text(.name), let match, let time else {
      return nil
    }
    self.init(name: name, match: match, reason: fields.text(.reason), time: time)
  }
}

extension MaintenanceWindow.Time {
  fileprivate init?(_ fields: Fields<MaintenanceKey>, _ mistakes: inout MistakeList) {
    if let starts = fields.text(.starts).flatMap(Instant.init(rfc3339:)),
      let ends = fields.text(.ends).flatMap(Instant.init(rfc3339:))
    {
      guard starts < ends else {
        fields.refuse(.ends, &mistakes, "expected a time after starts")
        return nil
      }
      self = .once(starts, ends)
    } else if fields.has(.from), !fields.has(.timeZone) {
      fields.refuse(.timeZone, &mistakes, "is missing; from requires it")
      return nil
    } else {
      let window = ZonedWindow(
        days: fields.texts(.days), from: fields.text(.from), to: fields.text(.to),
        fields.text(.timeZone), orElse: { fields.refuse(.to, &mistakes, $0) })
      guard let window else { return nil }
      self = .weekly(window)
    }
  }
}

extension ZonedWindow {
  /// Decodes `hours`.
  init?(_ node: JSONNode, at place: String, _ mistakes: inout MistakeList) {
    let before = mistakes.count
    let fields = Fields<HoursKey>(node, at: place, &mistakes)
    guard mistakes.count == before else { return nil }
    self.init(
      days: fields.texts(.days), from: fields.text(.from), to: fields.text(.to),
      fields.text(.timeZone), orElse: { fields.refuse(.to, &mistakes, $0) })
  }

  fileprivate init?(
    days: [String]?, from: String?, to: String?, _ timeZone: String?,
    orElse refuse: (_ reason: String) -> Void
  ) {
    guard let timeZone, let from = from.flatMap(TimeOfDay.init),
      let to = to.flatMap(TimeOfDay.init)
    else { return nil }
    guard
      let window = ClockWindow(
        days: Set((days ?? []).compactMap(Weekday.init(rawValue:))), from: from, to: to)
    else {
      refuse("expected a time other than from, which must be before 24:00")
      return nil
    }
    self.init(window: window, timeZone: timeZone)
  }
}

extension AlertMatch {
  init(_ node: JSONNode, at place: String, _ mistakes: inout MistakeList) {
    let fields = Fields<MatchKey>(node, at: place, &mistakes)
    func patterns(_ name: MatchKey) -> [NamePattern] {
      (fields.texts(name) ?? []).map(NamePattern.init)
    }
    self.init(
      rules: patterns(.rules), instances: patterns(.instances), targets: patterns(.targets),
      severities: Set((fields.texts(.severities) ?? []).compactMap(Severity.init(rawValue:))),
      labels: fields.labels(.labels).mapValues(NamePattern.init))
  }
}

/// Reports dependencies on unknown rules or targets, and circular ones.
func refuseDependencies(
  of rules: [Rule], _ targets: [TargetSettings], in fields: Fields<RootKey>,
  _ mistakes: inout MistakeList
) {
  guard mistakes.count == 0 else { return }
  let key = RuleKey.dependsOn.key.name
  func refuse(_ index: Int, _ reason: String) {
    let place = mistakes.included.place(RootKey.rules.key.name, index)
    mistakes.add("\(place).\(key)", at: fields.list(.rules)[index].offset, reason)
  }
  let names = rules.map(\.name) + [EndpointSettings.ruleName]
  let known = Set(names)
  let targetNames = targets.map(\.name)
  for (index, rule) in rules.enumerated() {
    for dependency in rule.dependsOn {
      if !known.contains(dependency.rule) {
        let hint = didYouMean(dependency.rule, among: names, isQuoted: true)
        refuse(index, "there is no rule \(dependency.rule.quoted)" + (hint.map { "; \($0)" } ?? ""))
      } else if let target = dependency.target, !targetNames.contains(target) {
        let hint = didYouMean(target, among: targetNames, isQuoted: true)
        refuse(index, "there is no target \(target.quoted)" + (hint.map { "; \($0)" } ?? ""))
      }
    }
  }
  guard mistakes.count == 0, let cycle = cycle(of: rules) else { return }
  refuse(cycle.index, "circular dependency: \(cycle.path.joined(separator: " -> "))")
}

/// A cycle of rules, each of which depends on the next; with the index of the first.
private func cycle(of rules: [Rule]) -> (index: Int, path: [String])? {
  let needs = Dictionary(rules.map { ($0.name, $0.dependsOn.map(\.rule)) }) { one, _ in one }
  var seen: Set<String> = []
  for rule in rules where seen.insert(rule.name).inserted {
    var path: [(name: String, left: ArraySlice<String>)] = [
      (rule.name, rule.dependsOn.map(\.rule)[...])
    ]
    while let last = path.last {
      guard let next = last.left.first else {
        path.removeLast()
        continue
      }
      path[path.count - 1].left.removeFirst()
      if let first = path.firstIndex(where: { $0.name == next }) {
        let names = path[first...].map(\.name) + [next]
        return (rules.firstIndex { $0.name == next } ?? 0, names)
      }
      if seen.insert(next).inserted { path.append((next, (needs[next] ?? [])[...])) }
    }
  }
  return nil
}
