internal import TestSupport
internal import Testing

@testable import AlertEngine
@testable import Text

@Suite("What is suppressed")
struct SuppressorTests {
  private static let now = Instant(milliseconds: 1_795_000_000_000)

  private static func silence(_ id: String, rule: String, hours: Double) -> Silence {
    Silence(
      id: id, match: AlertMatch(rules: [NamePattern(rule)]), reason: "deploy", author: "kim",
      createdAt: now, starts: now, ends: now + .minutes(hours * 60))
  }

  private static func alert(
    _ rule: String, _ instance: String? = nil, on target: String = "api"
  ) -> AlertIdentity {
    AlertIdentity(
      target: target, key: AlertKey(rule: rule, instance: instance), severity: .critical,
      labels: [:])
  }

  @Test(
    "A silence holds from its start up to its end, and of several the one that ends last counts")
  func silences() {
    let silences = [Self.silence("a", rule: "r", hours: 1), Self.silence("b", rule: "*", hours: 2)]
    func id(_ hours: Double, _ rule: String) -> String? {
      let suppressor = Suppressor(
        silences: silences, windows: [], nil, [:], at: Self.now + .minutes(hours * 60))
      guard case .silenced(let silence)? = suppressor.suppression(of: Self.alert(rule)) else {
        return nil
      }
      return silence.id
    }
    #expect(id(0, "r") == "b")
    #expect(id(0, "other") == "b")
    #expect(id(-0.1, "r") == nil)
    #expect(id(2, "r") == nil)
  }

  @Test("Of a silence and a window, the one that ends later counts, or the one without an end")
  func windows() {
    for (ends, isWindow) in [
      (Self.now + .seconds(60), false), (Self.now + .seconds(7_200), true), (nil, true),
    ] as [(Instant?, Bool)] {
      let window = ActiveWindow(name: "w", match: AlertMatch(), reason: nil, ends: ends)
      let suppressor = Suppressor(
        silences: [Self.silence("a", rule: "*", hours: 1)], windows: [window], nil, [:],
        at: Self.now)
      let found = suppressor.suppression(of: Self.alert("r"))
      #expect(found?.isSilence == true)
      if case .maintenance = found { #expect(isWindow) } else { #expect(!isWindow) }
    }
  }

  // MARK: - Dependencies

  private static let configuration = """
    {"evaluation": {"max_gap_minutes": 60}, "targets": [
      {"name": "api", "base_url": "https://api.example"}, {"name": "db", "base_url": "https://db.example"}],
     "rules": [
      {"name": "slow", "metric_path": "a", "comparison": "gt", "threshold": 1, "duration_minutes": 0,
       "depends_on": ["endpoint_down", "database_down@db"]},
      {"name": "zone_slow", "metric_path": "a.*", "comparison": "gt", "threshold": 1,
       "duration_minutes": 0, "depends_on": ["zone_down"]},
      {"name": "all_slow", "metric_path": "a", "comparison": "gt", "threshold": 1,
       "duration_minutes": 0, "depends_on": ["zone_down"]},
      {"name": "zone_down", "metric_path": "z.*", "comparison": "gt", "threshold": 1, "duration_minutes": 0},
      {"name": "database_down", "metric_path": "d", "comparison": "gt", "threshold": 1,
       "duration_minutes": 0}]}
    """

  private static func state(
    _ rule: String, _ instance: String? = nil, lastBad minutes: Double = 0,
    isRecovering: Bool = false, isPending: Bool = false
  ) -> TargetState {
    let at = now - .minutes(minutes)
    let breach = Breach(evidence: Evidence(startingAt: at))
    let episode = Episode(breach: breach, firedAt: at, severity: .critical, labels: [:])
    let phase: Phase =
      isPending
      ? .pending(breach)
      : isRecovering ? .recovering(episode, Evidence(startingAt: now)) : .firing(episode)
    return TargetState(
      alerts: [
        AlertKey(rule: rule, instance: instance): Alert(phase: phase, conditionHash: 0)
      ])
  }

  private static func found(
    _ alert: AlertIdentity, _ targets: [String: TargetState], unseen: Set<String> = []
  ) throws -> Suppression? {
    let configuration = try Configuration.decode(Array(Self.configuration.utf8))
    return Suppressor(
      silences: [], windows: [], configuration, targets, unseen: unseen, at: now
    ).suppression(of: alert)
  }

  @Test("A dependency inhibits while it fires or recovers, on its target, and not while pending")
  func dependency() throws {
    let slow = Self.alert("slow")
    let key = AlertKey(rule: "endpoint_down")
    #expect(try Self.found(slow, [:]) == nil)
    #expect(
      try Self.found(slow, ["api": Self.state("endpoint_down")]) == .inhibited(by: key, on: "api"))
    #expect(
      try Self.found(slow, ["api": Self.state("endpoint_down", isRecovering: true)])
        == .inhibited(by: key, on: "api"))
    #expect(try Self.found(slow, ["api": Self.state("endpoint_down", isPending: true)]) == nil)
    #expect(try Self.found(slow, ["db": Self.state("endpoint_down")]) == nil)
    #expect(
      try Self.found(slow, ["db": Self.state("database_down")])
        == .inhibited(by: AlertKey(rule: "database_down"), on: "db"))
    #expect(try Self.found(slow, ["api": Self.state("database_down")]) == nil)
  }

  @Test("One whose last bad sample is older than max_gap inhibits nothing any more")
  func stale() throws {
    for (minutes, inhibits) in [(60.0, true), (60.1, false)] {
      let found = try Self.found(
        Self.alert("slow"), ["api": Self.state("endpoint_down", lastBad: minutes)])
      #expect((found != nil) == inhibits)
    }
  }

  @Test("Instances inhibit those of the same name, and all alerts without instances")
  func instances() throws {
    let targets = ["api": Self.state("zone_down", "eu")]
    #expect(try Self.found(Self.alert("zone_slow", "eu"), targets) != nil)
    #expect(try Self.found(Self.alert("zone_slow", "us"), targets) == nil)
    #expect(try Self.found(Self.alert("all_slow"), targets) != nil)
  }

  @Test("What depends on a target that is yet to be evaluated waits for it")
  func undecided() throws {
    #expect(
      try Self.found(Self.alert("slow"), [:], unseen: ["db"]) == .undecided(target: "db"))
    #expect(
      try Self.found(Self.alert("slow"), ["api": Self.state("endpoint_down")], unseen: ["db"])
        == .inhibited(by: AlertKey(rule: "endpoint_down"), on: "api"))
  }

  @Test("Ids of silences are unique, and the same for the same arguments")
  func ids() {
    var silences: [Silence] = []
    for _ in 0..<100 {
      var silence = Self.silence("", rule: "r", hours: 1)
      silence.id = Silence.newID(at: Self.now, among: silences)
      #expect(silence.id == Silence.newID(at: Self.now, among: silences))
      silences.append(silence)
    }
    #expect(Set(silences.map(\.id)).count == 100)
    #expect(silences.allSatisfy { $0.id.count == 8 })
  }

  @Test("A silence is kept for a day after its end")
  func pruning() {
    var silences = [Self.silence("a", rule: "r", hours: 1), Self.silence("b", rule: "r", hours: 2)]
    silences.prune(at: Self.now + .minutes(25 * 60))
    #expect(silences.map(\.id) == ["a", "b"])
    silences.prune(at: Self.now + .minutes(25 * 60 + 1))
    #expect(silences.map(\.id) == ["b"])
  }
}
