internal import Foundation
internal import TestSupport
internal import Testing

@Suite("A run on the files of version 846a5cf", .promptly, .inTurn)
struct KeptRunTests {
  /// What people read in a JSON report; a check's and a transition's `reason` is a code.
  private static let report = Comparison(
    wording: ["checks.*.message", "notifications.*.reason", "errors.*"],
    ids: ["notifications.*.id"], newNumbers: ["silenced_checks"])

  /// What people read in the state, where this run wrote it.
  private static let state = Comparison(
    wording: [
      "rows.*.reason", "dead_letters.*.reason", "facts.doubt", "facts.ending", "facts.evidence",
      "facts.limit", "facts.recovery",
    ],
    figures: ["facts.value"],
    clock: ["rows.*.not_before", "dead_letters.*.not_before", "threads.*.told_at"],
    newNumbers: ["facts.number", "facts.threshold"],
    newTexts: [
      "outbox.*.type", "threads.*.last_told_at", "threads.*.saved_before",
      "notifications.*.saved_before", "rows.*.digest",
    ])

  /// What people read in a request.
  ///
  /// Chats, issues and phones get little else; what a program reads of a webhook, Alertmanager or
  /// PagerDuty stays.
  private static let requests = Comparison(
    wording: [
      "hook.*.body.commonAnnotations.doubt", "hook.*.body.commonAnnotations.ending",
      "hook.*.body.commonAnnotations.evidence",
      "alerts.*.annotations.doubt", "alerts.*.annotations.ending", "alerts.*.annotations.evidence",
      "am.*.body.*.annotations.doubt", "am.*.body.*.annotations.ending",
      "am.*.body.*.annotations.evidence",
      "payload.summary", "custom_details.doubt", "custom_details.evidence",
      "slack.*.body.text", "slack.*.body.blocks", "teams.*.body.attachments",
      "discord.*.body.content", "discord.*.body.embeds", "phone.*.body.title",
      "phone.*.body.message", "issues.*.body.title",
    ],
    figures: ["commonAnnotations.value", "annotations.value", "custom_details.value"],
    lastLines: ["issues.*.body.body"],
    clock: ["am.*.body.*.endsAt"],
    ids: ["annotations.event_id", "commonAnnotations.event_id", "headers.Idempotency-Key"],
    newNumbers: ["alerts.*.value", "alerts.*.threshold"],
    newTexts: [
      "alerts.*.event_id", "commonAnnotations.event_id", "annotations.event_id",
      "custom_details.event_id",
    ])

  private static let recording = Comparison(wording: ["error"])

  @Test(
    "A run ends, writes and sends as that version did",
    arguments: [KeptStory.targets, .measures, .receivers])
  func story(_ story: KeptStory) async throws {
    try #require(!story.steps.isEmpty)
    for (index, step) in story.steps.enumerated() {
      try await run(step, number: index + 1, of: story.name)
    }
  }

  @Test("A state of format 1 is read as that version read it")
  func format1() async throws {
    var state = try JSONValue(KeptFiles.text("measures/3.state.json")).members
    state["format"] = .number(1)
    // Nothing was delivered then.
    try #require(state.removeValue(forKey: "notifications") != nil)
    try #require(state.removeValue(forKey: "outbox") != nil)
    let story = KeptStory.measures
    try await run(
      story.steps[3], number: 4, of: story.name, from: JSONValue.object(state).written())
  }

  @Test("Refused notifications are put back or dropped as that version did")
  func deadLetters() async throws {
    let before = try JSONValue(KeptFiles.text("receivers/1.state.json"))
    let place = try Workplace()
    var outcomes: [String: [String]] = [:]
    for option in ["--retry-dead", "--dismiss-dead"] {
      try place.copy("receivers/1.state.json", to: "state.json")
      let ended = try await place.runKept(["status", "--state", "state.json", option])
      #expect(ended.code == 0, "\(ended.errors)")
      outcomes[option] = Comparison().differences(
        of: try JSONValue(place.text(of: "state.json")).decided, from: before.decided)
    }
    let dead = "outbox.slack.dead_letters: expected 1 elements, found 0"
    #expect(outcomes["--dismiss-dead"] == [dead])
    #expect(
      outcomes["--retry-dead"] == [dead, "outbox.slack.rows: expected 0 elements, found 1"])
  }

  @Test("Several targets are fetched as that version did, with the same report")
  func fetched() async throws {
    let place = try Workplace()
    try place.copy("targets/config.json", to: "config.json")
    let service = try KeptService(
      snapshots: ["production": KeptFiles.text("targets/6.snapshot.json")])
    let ended = try await place.runKept(
      [
        "--config", "config.json", "--state", "state.json", "--retries", "0", "--format", "json",
        "--no-deliver", "--target", "api", "--target", "lost",
      ], variables: variables(at: service.base, place))
    #expect(ended.code == 3, "\(ended.errors)")
    var comparison = Self.report
    // There is no other time than the clock's where targets are asked.
    comparison.wording += [
      "notifications.*.id", "generated_at", "at", "active_at", "fired_at", "fires_at", "first",
      "last",
    ]
    let report = ended.output.replacing(service.base, with: "http://service")
    try KeptFiles.expectShort(JSONValue(report), as: "targets/fetched.report.json", comparison)
    try KeptFiles.expectShort(service.requests(), as: "targets/fetched.requests.json")
  }

  /// Runs one step.
  ///
  /// - Parameters:
  ///   - step: what is run.
  ///   - number: its place in the story, counted from 1; its files are named by it.
  ///   - story: the name of the story.
  ///   - state: the state that it begins with; that of the step before where there is none given.
  /// - Throws: where a file is not there or is not JSON.
  private func run(
    _ step: KeptStep, number: Int, of story: String, from state: String? = nil
  ) async throws {
    let place = try Workplace()
    let files = "\(story)/\(number)"
    try place.copy("\(story)/config.json", to: "config.json")
    try place.copy("\(files).snapshot.json", to: "snapshot.json")
    let previous = step.follows ?? number - 1
    let before =
      try state ?? (previous > 0 ? KeptFiles.text("\(story)/\(previous).state.json") : nil)
    if let before { try place.write(before, to: "state.json") }
    let hasIssue = story == "receivers" && number > 1
    let service = try KeptService(
      statuses: step.statuses, issue: hasIssue ? issue() : nil)
    let ended = try await place.runKept(
      step.arguments,
      variables: variables(at: service.base, without: step.unreachable, place))
    #expect(ended.code == step.code, "\(files): \(ended.errors)")

    var comparison = Self.state
    comparison.carried = Set(
      try before.map { try JSONValue($0) }?["notifications"]?.elements ?? [])
    try KeptFiles.expect(
      place.text(of: "state.json"), as: "\(files).state.json", comparison,
      reading: { try JSONValue($0).decided })
    if step.arguments.contains("--record") {
      try KeptFiles.expect(
        place.text(of: "recorded.jsonl"), as: "\(files).recorded.jsonl", Self.recording,
        reading: JSONValue.init(lines:))
    }
    guard step.extent != .state else { return }
    try KeptFiles.expectShort(service.requests(), as: "\(files).requests.json", Self.requests)
    guard step.extent != .requests else { return }
    try KeptFiles.expectShort(
      JSONValue(place.text(of: "report.json")), as: "\(files).report.json", Self.report)
    try KeptFiles.expectShort(outputs(place.text(of: "outputs")), as: "\(files).outputs.json")
  }

  /// The issue that version 846a5cf opened, as GitHub shows it.
  private func issue() throws -> String {
    let requests = try JSONValue(KeptFiles.text("receivers/1.requests.json"))
    let opening = try #require(
      requests["issues"]?.elements.first { $0["method"] == .string("POST") })
    let issue: JSONValue = .object([
      "number": .number(7), "state": .string("open"), "body": opening["body"]?["body"] ?? .null,
    ])
    return try issue.written()
  }

  private func variables(
    at base: String, without unreachable: Set<String> = [], _ place: Workplace
  ) -> [String: String] {
    let addresses = [
      "HOOK_URL": "hook", "AM_URL": "am", "SLACK_URL": "slack", "TEAMS_URL": "teams",
      "DISCORD_URL": "discord", "PAGER_URL": "pager", "ISSUES_URL": "issues", "PHONE_URL": "phone",
      "API_URL": "production", "SEARCH_METRICS_URL": "search/ops/metrics",
    ].mapValues { name in
      unreachable.contains(name) ? "http://127.0.0.1:1/\(name)" : "\(base)/\(name)"
    }
    let others = [
      "API_TOKEN": "api-token", "HOOK_TOKEN": "hook-token", "TOKEN": "a-token",
      "ROUTING_KEY": "routing-key", "TOPIC": "ops-topic", "REPOSITORY": "acme/ops",
      "GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": place.file("outputs"),
      "GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "acme/ops",
      "GITHUB_RUN_ID": "42", "GITHUB_SHA": "0123abc",
    ]
    return addresses.merging(others) { $1 }
  }

  /// The outputs of a workflow's step: a name, a delimiter, the value, the delimiter again.
  private func outputs(_ text: String) throws -> JSONValue {
    var outputs: [String: JSONValue] = [:]
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    while let line = lines.popFirst(), !line.isEmpty {
      let parts = line.split(separator: "<<")
      try #require(parts.count == 2)
      let value = lines.prefix { $0 != parts[1] }
      lines = lines.dropFirst(value.count + 1)
      outputs[String(parts[0])] = .string(value.joined(separator: "\n"))
    }
    return .object(outputs)
  }
}

extension JSONValue {
  /// What a state file says of alerts that are not inactive and of notifications, in any format.
  ///
  /// The rest may change with the format: it is read, and decides what is compared here.
  fileprivate var decided: JSONValue {
    let kept: Set = ["evidence", "fired_at", "instance", "labels", "phase", "rule", "severity"]
    let targets = (self["targets"]?.members ?? [:]).mapValues { target in
      JSONValue.array(
        (target["alerts"]?.elements ?? []).filter { $0["phase"] != .string("inactive") }
          .map { alert in
            var members = alert.members.filter { kept.contains($0.key) }
            if let evidence = members["evidence"] {
              members["evidence"] = .object(
                evidence.members.filter { ["count", "first", "last"].contains($0.key) })
            }
            return .object(members)
          })
    }
    return .object(
      members.filter { ["notifications", "outbox"].contains($0.key) }
        .merging(["targets": .object(targets)]) { $1 })
  }
}
