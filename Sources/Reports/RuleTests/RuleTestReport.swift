package import AlertEngine
internal import Text

/// The results of files of rule tests.
package struct RuleTestReport {
  package struct File {
    /// Its path, or `standard input`.
    let name: String
    let results: [Result]

    package init(name: String, results: [Result]) {
      self.name = name
      self.results = results
    }

    var failed: Int { results.count { !$0.isPassed } }
  }

  package struct Result {
    let name: String
    /// What differs, a sentence each, by time; empty for a test that passed.
    let sentences: [String]
    let pictures: [RuleTestPicture]
    /// The number of further alerts that differ.
    let undrawn: Int

    var isPassed: Bool { sentences.isEmpty }
  }

  /// The largest number of alerts drawn for one test.
  static let mostPictures = 5
  /// The largest number of differences listed for one test.
  static let mostSentences = 20

  let files: [File]

  package init(files: [File]) {
    self.files = files
  }

  package var failed: Int { files.reduce(0) { $0 + $1.failed } }
  var count: Int { files.reduce(0) { $0 + $1.results.count } }

  /// `3 passed, 1 failed in 2 files`.
  package var summary: String {
    "\(Self.counts(of: count, failed: failed)) in \(Quantity.count(files.count, "file"))"
  }

  /// `3 passed, 1 failed`.
  static func counts(of count: Int, failed: Int) -> String {
    "\(count - failed) passed" + (failed > 0 ? ", \(failed) failed" : "")
  }
}

extension RuleTestReport {
  /// The alerts of a test that are drawn: those that differ, else those that it names.
  package static func drawn(_ test: RuleTest, _ verdict: RuleTestVerdict) -> [AlertKey] {
    let keys = verdict.isPassed ? test.namedAlerts : verdict.alerts
    if keys.isEmpty, verdict.isPassed {
      return test.scope.sorted().prefix(mostPictures).map { AlertKey(rule: $0) }
    }
    return Array(keys.prefix(mostPictures))
  }
}

extension RuleTestReport.Result {
  package init(_ test: RuleTest, _ verdict: RuleTestVerdict, drawing timelines: [RuleTestTimeline])
  {
    name = test.name
    var seen: Set<String> = []
    let all = verdict.differences.map { RuleTestWording($0, in: test).sentence }
    let sentences = all.filter { seen.insert($0).inserted }
    let more = sentences.count - RuleTestReport.mostSentences
    self.sentences =
      sentences.prefix(RuleTestReport.mostSentences) + (more > 0 ? ["and \(more) more"] : [])
    undrawn = max(0, verdict.alerts.count - RuleTestReport.mostPictures)
    pictures = timelines.map { timeline in
      let first = verdict.differences.first { $0.key == timeline.key }
      return RuleTestPicture(timeline, of: test, difference: first?.sample)
    }
  }
}

extension RuleTestVerdict.Difference {
  /// Whether there is anything to draw: not if no snapshot has the instance.
  fileprivate var isVisible: Bool {
    switch kind {
    case .phase, .value, .reason, .lacking, .unexpected, .cause: true
    case .noInstance: false
    }
  }
}

extension RuleTestVerdict {
  /// Those that differ, in the order of their first difference.
  fileprivate var alerts: [AlertKey] {
    var known: Set<AlertKey> = []
    return differences.filter(\.isVisible).map(\.key).filter { known.insert($0).inserted }
  }
}
