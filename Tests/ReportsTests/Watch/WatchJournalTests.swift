@testable import Reports
internal import Testing

@Suite("The journal of a watch")
struct WatchJournalTests {
  @Test("Each change is one line with its time, target, rule, value and threshold")
  func changes() throws {
    var story = try WatchStory(WatchStory.rule("r", "v", minutes: 0.5))
    var lines: [String] = []
    for document in [1, 9, 9, 9, 9, 1].map({ "{\"v\":\($0)}" }) + ["!", "!", #"{"v":1}"#] {
      try story.sample(document)
      lines += story.news
    }
    #expect(
      lines == [
        "2026-11-18T11:06:50Z PENDING api.example r 9 (limit > 5) · critical · "
          + "fires at 11:07 UTC if still bad",
        "2026-11-18T11:07:20Z FIRING api.example r 9 (limit > 5) · critical · "
          + "since 11:06 UTC (30 s, 4 samples, longest gap 10 s)",
        "2026-11-18T11:07:30Z RESOLVED api.example r 1 (limit > 5) · "
          + "fired for 10 s, 11:07 to 11:07 UTC",
        #"2026-11-18T11:07:40Z NO EVIDENCE api.example nothing listens\u{1b}[2J"#,
        "2026-11-18T11:07:40Z PENDING api.example endpoint_down no snapshot: nothing "
          + #"listens\u{1b}[2J · critical · fires at 11:17 UTC if still bad"#,
        "2026-11-18T11:08:00Z EVIDENCE BACK api.example a snapshot was read, after 20 s without one",
        "2026-11-18T11:08:00Z CANCELLED api.example endpoint_down a snapshot was read · "
          + "was pending, did not fire",
      ])
  }

  @Test("The first, last and hourly lines show the status")
  func frame() throws {
    var story = try WatchStory(WatchStory.rule("r", "v", minutes: 0))
    try story.sample(#"{"v":9}"#, times: 3)
    var journal = WatchJournal(every: WatchStory.step)
    #expect(
      journal.begin(story.record, at: story.now)
        == "2026-11-18T11:07:00Z WATCHING api.example: fail: 1 firing, 1 ok of 2 checks (r fires) "
        + "· every 10 s")
    story.wait(.seconds(5))
    #expect(
      journal.heartbeat(story.record, at: story.time, now: story.now)
        == "2026-11-18T11:07:05Z HEARTBEAT api.example: fail: 1 firing, 1 ok of 2 checks (r fires) "
        + "· 3 samples since the last heartbeat · last snapshot 5 s ago · 0 not delivered")
    try story.sample("!")
    #expect(
      journal.heartbeat(story.record, at: story.time, now: story.now).contains(
        "1 firing, 1 pending of 2 checks (r fires) · 1 sample since the last heartbeat · "
          + "last snapshot 15 s ago"))
    #expect(
      journal.end("by q", story.record, at: story.time, now: story.now)
        == "2026-11-18T11:07:15Z ENDED by q, after 35 s and 4 samples · api.example: fail: "
        + "1 firing, 1 pending of 2 checks (r fires)")
  }
}
