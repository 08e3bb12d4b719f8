internal import JSON
internal import Prometheus

extension ProposalDraft {
  /// Lists from which what is no longer a problem disappears.
  private static let leaving: Set = [
    "queues", "tasks", "pods", "incidents", "jobs", "runs", "checks",
  ]
  private static let details = ["output", "trace", "message", "reason", "error"]
  private static let groups = [
    "service", "handler", "route", "path", "zone", "backend", "queue", "entrypoint", "proxy",
  ]
  /// Parts that are not what is used now, or whose limit does not matter.
  private static let past = ["peak", "pools", "swap", "vmalloc", "numa", "namespace", "zfs"]

  /// Whether nothing tells the elements of a list apart.
  var isUnnamed: Bool {
    let steps = field.steps.dropLast(shape.kind == .condition ? 2 : 0)
    let lists = steps.compactMap { if case .each(true, let names) = $0 { names } else { nil } }
    let isAmbiguous = lists.contains([]) || Set(lists.joined()).count < lists.joined().count
    return shape.options["by"] == nil && isAmbiguous
  }

  /// Adds where the value is in JSON, and what names the instances.
  mutating func addPath() -> Bool {
    let isPlace = field.steps.last?.names != nil
    guard field.elements.count < 3, shape.kind != .part, shape.kind != .quantile,
      isPlace == (shape.kind == .list && filter == nil)
    else { return false }
    if shape.kind == .codes {
      guard field.object.last?.names != nil, let key = field.steps.last?.key else { return false }
      let map = query(Array(field.object.dropLast()))
      let codes = "['500','501','502','503','504']"
      add(.metricPath, .string(map + codes + key.asQuerySegment))
      add(.denominatorPath, .string(map + "[*]" + key.asQuerySegment))
      add(.aggregate, "sum")
      return true
    }
    var claimed = [field.ownName + shape.condition]
    groupClaim = shape.options["group"].map { "\(field.object) \($0)" }
    let isShare = shape.kind == .quotient || shape.options["first"] != nil
    if isShare { claimed.append(field.ownName.prefix { $0 != "_" } + "…") }
    add(.metricPath, .string(path(counts && !isPlace ? field.object : field.steps)))
    if measure == .quotient || measure == .ratio {
      guard let whole, !isUnnamed else { return false }
      add(.denominatorPath, .string(path(whole.steps)))
      if isShare { claimed.append(whole.ownName) }
    }
    claims = claimed.map { "\(field.object) \($0)" }
    if counts || isUnnamed {
      let aggregate = measure == .value ? (comparison == .gt ? "max" : "min") : "sum"
      add(.aggregate, .string(counts ? "count" : aggregate))
      return counts || measure != .age
    }
    guard !field.elements.isEmpty else { return true }
    let names = shape.options["by"].map { [[$0]] } ?? field.elements
    let outer = names.dropLast(shape.kind == .condition ? 1 : 0)
    if !outer.contains([]) { add(.instanceBy, .array(outer.joined().map { .string($0) })) }
    let isLeaving = field.steps.contains { $0.key.map(Self.leaving.contains) == true }
    if isLeaving || shape.options["leaves"] != nil { add(.onGone, "resolve") }
    guard shape.kind == .text || shape.kind == .condition else { return true }
    let siblings = places[field.object] ?? [:]
    let detail = Self.details.compactMap { siblings[$0]?.steps.last?.key }.first
    let isNested = places[field.object + [.key("summary")]]?["message"] != nil
    if detail != nil || isNested {
      add(.detailPath, .string(detail.map { dotted([.key($0)]) } ?? "summary.message"))
    }
    return true
  }

  /// Adds the selectors, and the labels that name the instances.
  mutating func addMetric(_ labels: [LabelSet]) -> Bool {
    let option = shape.options
    guard let name = field.steps[0].key, !labels.isEmpty, option["json"] == nil,
      !name.hasPrefix("promhttp")
    else { return false }
    claims = [name + (option["bad"] ?? ""), option["group"] ?? name + shape.summary]
    let group = Self.groups.first { group in labels.allSatisfy { !$0[group].isEmpty } }
    let byGroup = group.map { JSONText.array([.string($0)]) }
    let matchers = filter.map { "{\($0)}" } ?? ""
    switch shape.kind {
    case .part:
      let label = shape.argument.split(separator: " ").map(String.init)
        .first { name in labels.contains { !$0[name].isEmpty } }
      guard let label else { return false }
      let selector = "\(name){\(label)=~\"\(option["bad"]?.replacing(",", with: "|") ?? "5..")\"}"
      guard let metric = try? MetricSelector(selector) else { return false }
      var steps = 10_000_000
      let isBadNow = labels.contains { metric.matches($0, steps: &steps) == true }
      add(.metric, .string(selector))
      add(.denominatorMetric, .string(name))
      if isBadNow, let byGroup { add(.instanceBy, byGroup) }
      add(.aggregate, "sum")
    case .quantile:
      add(.metric, .string(String(name.dropLast("_bucket".count))))
      add(byGroup == nil ? .aggregate : .instanceBy, byGroup ?? "sum")
    case .quotient, .ratio:
      guard let whole, let other = whole.steps[0].key,
        labels.allSatisfy(Set(whole.labels ?? []).contains)
      else { return false }
      add(.metric, .string(name + matchers))
      add(.denominatorMetric, .string(other + matchers))
    case .number, .increase, .age, .flag: add(.metric, .string(name + matchers))
    case .text, .amount, .codes, .condition, .list: return false
    }
    if let label = option["by"] { add(.instanceBy, .array([.string(label)])) }
    return true
  }

  /// The whole of which the field is a part.
  private var whole: SnapshotField? {
    guard !Self.past.contains(where: { field.name.contains($0) }) else { return nil }
    return shape.wholes(of: field.ownName).lazy.compactMap { name in
      let object = name.hasPrefix("^") ? Array(field.object.dropLast()) : field.object
      return name == field.ownName ? nil : places[object]?[name.replacing("^", with: "")]
    }.first { $0.numbers?.contains { $0 > 0 } == true }
  }

  /// A dotted path; a query where an element may lack the value, or only some count.
  private func path(_ steps: [SnapshotField.Step]) -> String {
    let isPlain = filter == nil && field.isComplete && !steps.contains(.key(""))
    return isPlain && steps.last?.key != nil ? dotted(steps) : query(steps)
  }

  private func dotted(_ steps: [SnapshotField.Step]) -> String {
    steps.enumerated().map { place, step in
      step.key.map { MetricPath.escaped($0, isFirst: place == 0) } ?? "*"
    }.joined(separator: ".")
  }

  private func query(_ steps: [SnapshotField.Step]) -> String {
    let last = steps.lastIndex { $0.names != nil }
    return steps.enumerated().reduce(into: "$") { text, step in
      let condition = step.offset == last ? filter.map { "[?\($0)]" } : nil
      text += step.element.key?.asQuerySegment ?? condition ?? "[*]"
    }
  }
}
