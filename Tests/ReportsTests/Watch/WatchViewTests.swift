@testable import OpsAlerts
@testable import Reports
internal import Testing

@Suite("The screen of a watch")
struct WatchViewTests {
  /// Two rules are bad, one of them for long enough; a third is good.
  static func incident() throws -> WatchStory {
    var story = try WatchStory(
      WatchStory.rule("error_rate", "e"), WatchStory.rule("queue", "q.*", minutes: 5),
      WatchStory.rule("latency", "l"))
    try story.sample(#"{"e":1,"l":1,"q":{"mail":1,"日本":1}}"#, times: 2)
    try story.sample(#"{"e":9,"l":1,"q":{"mail":1,"日本":7}}"#, times: 7)
    story.wait(.seconds(3))
    return story
  }

  @Test(
    "What needs attention comes first on a screen of any size",
    arguments: [(80, 24), (40, 12), (40, 15), (60, 8), (120, 40)])
  func incident(columns: Int, rows: Int) throws {
    try WatchStory.expect(
      Self.incident().screen(columns, rows), is: "incident-\(columns)x\(rows)")
  }

  @Test("Receivers not notified and errors are shown below the table")
  func trouble() throws {
    var story = try Self.incident()
    story.notices = [
      WatchNotice(.warning, "warning: notifications are off"),
      WatchNotice(.error, "error: cannot write s.json: the disk is full"),
    ]
    try story.sample("!")
    try WatchStory.expect(story.screen(80, 20), is: "trouble-80x20")
  }

  @Test("No screen has too many lines, and no line is too wide")
  func sizes() throws {
    var story = try Self.incident()
    story.notices = [
      WatchNotice(.error, "error: " + String(repeating: "длинное 日本 ", count: 40))
    ]
    try story.sample("!")
    for columns in [1, 5, 23, 24, 40, 63, 64, 80, 130] {
      for rows in [1, 3, 5, 6, 8, 11, 12, 17, 24, 30] {
        let lines = story.lines(columns, rows)
        #expect(columns < 24 || rows < 6 || lines.count == rows)
        #expect(lines.allSatisfy { cells($0) <= columns }, "\(columns) x \(rows): \(lines)")
      }
    }
  }

  private func cells(_ line: String) -> Int {
    line.unicodeScalars.reduce(0) { $0 + ((0x3000...0x9FFF).contains($1.value) ? 2 : 1) }
  }

  @Test("Text from outside cannot control the terminal, and without colour there are no escapes")
  func hostile() throws {
    var story = try WatchStory(WatchStory.rule("r", "q.*", minutes: 0))
    let key = #"x\u001b[2J\u202e\r\n"#
    try story.sample([("api\u{1b}[31m", "{\"q\":{\"\(key)\":9}}")])
    try story.sample([("api\u{1b}[31m", "!")])
    for help in [false, true] {
      let plain = story.lines(100, 30, isHelpOpen: help).joined()
      #expect(!plain.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\r" || $0 == "\u{202e}" })
    }
    let colored = story.lines(100, 30, isColored: true).joined()
    #expect(colored.contains("\u{1b}[31mFIRING") && !colored.contains("\u{1b}[2J"))
  }

  @Test("With many targets, those that need attention come first, as many as fit the screen")
  func manyTargets() throws {
    var story = try WatchStory(WatchStory.rule("r", "v", minutes: 0))
    let targets = (0..<1_000).map { number in
      ("api-\(number)", number == 700 ? #"{"v":9}"# : number == 3 ? "!" : #"{"v":1}"#)
    }
    try story.sample(targets)
    try WatchStory.expect(story.screen(80, 16), is: "many-targets-80x16")
  }

  @Test("The countdown and the ages advance between two samples")
  func countdown() throws {
    var story = try Self.incident()
    let before = story.screen(80, 24)
    story.wait(.seconds(2))
    let after = story.screen(80, 24)
    #expect(before.contains("fires in 3 m 57 s") && after.contains("fires in 3 m 55 s"))
    #expect(before.contains("sample in 7 s") && after.contains("sample in 5 s"))
    #expect(before.contains("last snapshot 3 s ago"))
    #expect(after.contains("last snapshot 5 s ago"))
  }

  @Test("A pause, a sample under way and the help are shown")
  func states() throws {
    var story = try Self.incident()
    story.schedule.togglePause()
    #expect(story.screen(80, 24).contains("PAUSED"))
    #expect(story.screen(80, 24).contains("p resume"))
    story.schedule.togglePause()
    story.schedule.begin(at: story.time)
    #expect(story.screen(80, 24).contains("sampling…"))
    #expect(story.lines(80, 24, isHelpOpen: true).joined().contains("any key closes it"))
    #expect(try WatchStory(WatchStory.rule("r", "v")).screen(80, 24).contains("no sample yet"))
    #expect(story.screen(20, 24).hasPrefix("window too small"))
  }

  @Test("Only changed lines are written, and each frame is one update")
  func painter() {
    var painter = ScreenPainter()
    let size = ScreenSize(columns: 10, rows: 3)
    let first = String(decoding: painter.update(to: ["one", "two"], on: size), as: UTF8.self)
    #expect(
      first == "\u{1b}[?2026h\u{1b}[1;1Hone\u{1b}[K\u{1b}[2;1Htwo\u{1b}[K\u{1b}[3;1H\u{1b}[J"
        + "\u{1b}[?2026l")
    #expect(painter.update(to: ["one", "two"], on: size).isEmpty)
    let second = String(decoding: painter.update(to: ["one", "2"], on: size), as: UTF8.self)
    #expect(second == "\u{1b}[?2026h\u{1b}[2;1H2\u{1b}[K\u{1b}[?2026l")
    // A line that fills the screen is not wiped at its end: that would take its last cell.
    let full = String(decoding: painter.update(to: ["one", "日本語日本"], on: size), as: UTF8.self)
    #expect(!full.contains("\u{1b}[K"))
    // The last row is not wiped along with what lies below it.
    painter.forget()
    let whole = String(
      decoding: painter.update(to: ["1", "2", "3"], on: size), as: UTF8.self)
    #expect(!whole.contains("\u{1b}[J"))
    painter.forget()
    #expect(!painter.update(to: ["one", "2"], on: size).isEmpty)
  }
}
