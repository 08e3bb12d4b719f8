@testable import AlertEngine
@testable import Reports
internal import Testing
@testable import Text

@Suite("Warnings about a recording")
struct ReplayWarningTests {
  @Test(
    "A warning says how many samples it is about, without naming one",
    arguments: [
      (
        Evaluation.Warning.sampleIgnored(
          at: Instant(milliseconds: 0), last: Instant(milliseconds: 0)), 1,
        "1 sample ignored: not newer"
      ),
      (
        .sampleIgnored(at: Instant(milliseconds: 0), last: Instant(milliseconds: 0)), 7,
        "7 samples ignored: not newer"
      ),
      (.clockWasAhead(by: .seconds(3_600)), 1, "set back once:"),
      (.clockWasAhead(by: .seconds(3_600)), 2, "set back 2 times:"),
      (
        .noRequestCount(path: "n", found: "nothing", rules: 1), 1,
        "1 sample has no number at n: min_request_count of 1 rule was"
      ),
      (.noRequestCount(path: "a\u{1B}[1m", found: "nothing", rules: 4), 3, "of 4 rules was"),
      (.noSnapshotTime(path: "at"), 2, "2 samples have no time at at (snapshot_time_path): it is"),
    ])
  func sentence(warning: Evaluation.Warning, samples: Int, part: String) throws {
    var target = TargetRecord(name: "api", first: Instant(milliseconds: 0))
    target.warnings[warning] = samples
    let told = try #require(ReplayWarning.all(of: target).first)
    #expect(told.samples == samples)
    #expect(told.sentence.contains(part))
    #expect(!told.sentence.unicodeScalars.contains { $0.value < 0x20 })
  }
}
