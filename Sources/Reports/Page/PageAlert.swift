internal import AlertEngine
internal import JSON

/// One alert as a page draws it.
struct PageAlert {
  typealias PhaseBand = BandSketch<AlertPicture.PhaseBand>.Band
  typealias SightBand = BandSketch<AlertPicture.Sight>.Band

  /// Unique on its page, and fit for an address within it.
  let id: String
  /// Untrusted, as everything else here.
  let name: String
  let unit: MetricUnit?
  let condition: Condition?
  /// In time order; empty if the rule does not compare by size.
  let points: [SeriesSketch.Point]
  /// Whether every sample with a number is among the points.
  let isWhole: Bool
  let phases: [PhaseBand]
  let sight: [SightBand]

  init(id: String, subject: Subject, instance: String?, picture: AlertPicture) {
    self.init(
      id: id, subject: subject, instance: instance, points: picture.values.points,
      isWhole: picture.values.isWhole, phases: picture.phases.bands, sight: picture.sight.bands)
  }

  init(
    id: String, subject: Subject, instance: String?, points: [SeriesSketch.Point],
    isWhole: Bool = true, phases: [PhaseBand], sight: [SightBand]
  ) {
    self.id = id
    name = AlertKey(rule: subject.name, instance: instance).text
    unit = subject.rule?.unit
    condition = subject.rule?.condition
    self.points = Self.hasSizes(subject.rule?.condition) ? points : []
    self.isWhole = isWhole
    self.phases = phases
    self.sight = sight
  }

  /// Whether a line shows more than bands do: not if the rule only compares for equality.
  private static func hasSizes(_ condition: Condition?) -> Bool {
    switch condition?.comparison {
    case .gt, .gte, .lt, .lte: true
    case .eq, .ne, .in, .notIn, nil: false
    }
  }

  var threshold: Double? {
    condition?.threshold.number
  }
}

/// The detail of each picture on a page; the more pictures, the less detail.
struct PageDetail {
  /// The most pictures that a page has.
  static let mostPictures = 100

  /// The number of columns of a line, with up to four points each.
  let columns: Int
  /// The number of stretches of time that show their numbers on hover.
  let strips: Int
  /// Episodes listed below a picture.
  let episodes: Int

  init(pictures: Int) {
    let share = Double(max(1, pictures))
    columns = Int(max(60, min(500, 5_000 / share)))
    strips = Int(max(24, min(120, 1_200 / share)))
    episodes = Int(max(10, min(AlertTally.mostEpisodes * 10, 1_000) / Int(share)))
  }
}
