internal import Testing

/// One run of the program on the state that the run before it left.
struct KeptStep: Sendable {
  /// What was kept of it.
  enum Extent {
    case state
    /// The state and what was sent.
    case requests
    /// The report, too, and the outputs for a workflow.
    case all
  }

  let code: Int32
  /// What receivers answer where it is not 200.
  let statuses: [String: Int]
  /// Receivers at a port that nobody listens to.
  let unreachable: Set<String>
  let extent: Extent
  /// The number of the step whose state it begins with; nil for that before it.
  let follows: Int?
  let arguments: [String]

  init(
    code: Int32, statuses: [String: Int] = [:], unreachable: Set<String> = [],
    follows: Int? = nil, keeping extent: Extent = .all, _ arguments: [String]
  ) {
    self.code = code
    self.statuses = statuses
    self.unreachable = unreachable
    self.follows = follows
    self.extent = extent
    self.arguments = arguments
  }
}

/// The runs of one configuration, some minutes apart.
struct KeptStory: CustomTestStringConvertible, Sendable {
  /// The folder of its files.
  let name: String
  let steps: [KeptStep]

  var testDescription: String { name }

  private static func evaluate(_ time: String, _ more: String...) -> [String] {
    [
      "--config", "config.json", "--state", "state.json", "--snapshot", "snapshot.json",
      "--output", "report.json", "--at", "2026-02-25T\(time):00Z",
    ] + more
  }

  private static func evaluate(_ target: String, at time: String) -> [String] {
    evaluate(time, "--target", target, "--deliver", "--record", "recorded.jsonl")
  }

  /// Three targets: one answers, one has little traffic and then stops, one is never there.
  static let targets = KeptStory(
    name: "targets",
    steps: [
      KeptStep(code: 0, keeping: .state, evaluate("api", at: "02:00")),
      KeptStep(code: 0, keeping: .state, evaluate("search", at: "02:00")),
      KeptStep(code: 3, keeping: .state, evaluate("lost", at: "02:00")),
      KeptStep(code: 0, keeping: .requests, evaluate("api", at: "02:06")),
      KeptStep(code: 1, evaluate("lost", at: "02:06")),
      KeptStep(code: 1, evaluate("api", at: "02:12")),
      KeptStep(code: 0, keeping: .state, evaluate("search", at: "02:12")),
    ])

  /// All measures, comparisons and phases, instances that come and go.
  static let measures = KeptStory(
    name: "measures",
    steps: [
      KeptStep(code: 1, keeping: .state, evaluate("02:00")),
      KeptStep(code: 1, keeping: .state, evaluate("02:06")),
      KeptStep(code: 1, keeping: .state, evaluate("02:12")),
      KeptStep(code: 1, evaluate("02:18")),
      KeptStep(code: 1, keeping: .state, evaluate("03:20")),
    ])

  /// All types of receivers; some refuse, some are unreachable, and what waits is delivered later.
  static let receivers = KeptStory(
    name: "receivers",
    steps: [
      KeptStep(
        code: 1, statuses: ["slack": 400, "pager": 503, "phone": 404], unreachable: ["teams"],
        evaluate("02:00", "--deliver")),
      KeptStep(code: 1, keeping: .state, evaluate("02:06", "--no-deliver")),
      KeptStep(
        code: 5, statuses: ["teams": 429, "pager": 503, "phone": 404],
        evaluate("02:12", "--deliver")),
      KeptStep(code: 1, follows: 2, keeping: .requests, evaluate("02:07", "--deliver")),
    ])
}
