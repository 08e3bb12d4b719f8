internal import JSON
internal import Prometheus
internal import Text

extension RuleTestDecoder {
  /// A series and its place in the file.
  struct WrittenSeries {
    let key: SeriesDocument.Key
    let series: SampleSeries
    let place: String
    let offset: Int
  }

  /// The series; `nil` if one of them has a mistake.
  func series(
    _ fields: Fields<RuleTestKey>, in format: SnapshotFormat, _ mistakes: inout MistakeList
  ) -> (series: [WrittenSeries]?, document: SeriesDocument) {
    var document = SeriesDocument()
    guard let node = fields.object(.series), case .object(let members) = node.value else {
      return (nil, document)
    }
    let before = mistakes.count
    var series: [WrittenSeries] = []
    for member in members {
      let place = member.place(in: fields.place(of: .series))
      let key = key(member, in: format, at: place, &mistakes)
      if let key, let conflict = document.add(key) {
        mistakes.add(place, at: member.keyOffset, conflict.description)
      }
      guard let text = notation(member.value, at: place, &mistakes) else { continue }
      do throws(NotationMistake) {
        let read = try SampleSeries(notation: text)
        guard let key else { continue }
        if case .metric = key, let cell = read.runs.first(where: { !$0.first.isOfMetric })?.first {
          mistakes.add(
            place, at: member.value.offset,
            "the samples of a metric are numbers, found \(cell.words)")
        }
        series.append(
          WrittenSeries(key: key, series: read, place: place, offset: member.value.offset))
      } catch {
        mistakes.add(place, at: member.value.offset, error.reason)
      }
    }
    return (mistakes.count == before ? series : nil, document)
  }

  private func key(
    _ member: JSONNode.Member, in format: SnapshotFormat, at place: String,
    _ mistakes: inout MistakeList
  ) -> SeriesDocument.Key? {
    let node = JSONNode(value: .string(member.key), offset: member.keyOffset)
    if format == .prometheus {
      let value = FieldValue(node, as: .metric, at: place, &mistakes)
      guard case .selector(.metric(let metric)) = value else { return nil }
      guard metric.isExact else {
        mistakes.add(
          place, at: member.keyOffset, "expected the labels of one series, each with =")
        return nil
      }
      return .metric(metric)
    }
    let value = FieldValue(node, as: .path(wildcards: false), at: place, &mistakes)
    guard case .path(let path) = value else { return nil }
    return .path(path)
  }

  private func notation(
    _ node: JSONNode, at place: String, _ mistakes: inout MistakeList
  ) -> String? {
    // The notation has a better message for an empty text.
    if case .string("") = node.value { return "" }
    if case .number(let number) = node.value {
      mistakes.add(
        place, at: node.offset,
        "expected a string, found the number \(number.plain); write \(number.plain.quoted)")
      return nil
    }
    let value = FieldValue(node, as: .text(.line, max: Key.longestSeries), at: place, &mistakes)
    guard case .scalar(.string(let text)) = value else { return nil }
    return text
  }

  /// The times of the samples: as given, or as many as the longest series has.
  func times(
    _ fields: Fields<RuleTestKey>, of series: [WrittenSeries]?, _ mistakes: inout MistakeList
  ) -> SampleTimes? {
    guard let times = times(fields, count: series.map(Self.longest), &mistakes), let series else {
      return nil
    }
    for one in series where !one.series.holds && one.series.count != times.count {
      let other = series.first { !$0.series.holds && $0.series.count == times.count }
      let longest = other.map(\.key.text.quoted) ?? "\"times\""
      mistakes.add(
        one.place, at: one.offset,
        "has \(counted(one.series.count)), \(fields.has(.times) ? "\"times\"" : longest) has "
          + "\(times.count); to hold a single sample for the whole test, write it without xN")
    }
    guard series.count * times.count <= SampleSeries.mostValues else {
      fields.refuse(
        .series, &mistakes,
        "expected at most \(SampleSeries.mostValues) samples in all series together, "
          + "found \(series.count * times.count)")
      return nil
    }
    return times
  }

  private static func longest(_ series: [WrittenSeries]) -> Int {
    series.filter { !$0.series.holds }.map(\.series.count).max() ?? 1
  }

  private func times(
    _ fields: Fields<RuleTestKey>, count: Int?, _ mistakes: inout MistakeList
  ) -> SampleTimes? {
    guard fields.has(.times) else {
      let own = fields.step(.every, &mistakes)
      guard let step = fields.has(.every) ? own : every, let count else { return nil }
      guard step * (count - 1) <= SampleTimes.longest else {
        fields.refuse(.series, &mistakes, "the last sample is more than 10 years after the start")
        return nil
      }
      return SampleTimes(every: step, count: count)
    }
    guard let text = fields.text(.times) else { return nil }
    do throws(NotationMistake) {
      return try SampleTimes(notation: text)
    } catch {
      fields.refuse(.times, &mistakes, error.reason)
      return nil
    }
  }

  private func counted(_ samples: Int) -> String {
    Quantity.count(samples, "sample")
  }
}

extension SeriesDocument.Conflict {
  fileprivate var description: String {
    switch self {
    case .same(let path): "\(path.text.quoted) is the same series"
    case .inside(let path): "is inside \(path.text.quoted), which is a single value"
    case .around(let path): "is a single value, but \(path.text.quoted) is inside it"
    }
  }
}

extension SampleSeries.Cell {
  /// Whether a series of Prometheus text can have it.
  fileprivate var isOfMetric: Bool {
    switch self {
    case .scalar(.number), .missing, .down: true
    case .scalar(.string), .scalar(.bool), .null: false
    }
  }

  fileprivate var words: String {
    switch self {
    case .scalar(let scalar): scalar.kindForPeople
    case .null: "null"
    case .missing, .down: "nothing"
    }
  }
}
