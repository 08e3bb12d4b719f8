@testable import AlertEngine
@testable import Delivery
@testable import JSON
@testable import OpsAlerts
internal import Testing

@Suite("Checking for alerts that reach no receiver")
struct ReceiverCheckTests {
  private func configuration(
    _ rules: [(String, Severity)], endpoint: Severity = .critical,
    receivers: [Set<Severity>]
  ) throws -> Configuration {
    let path = try MetricPath("a")
    return Configuration(
      rules: rules.map { name, severity in
        Rule(
          name: name, measurement: .value(path), condition: Condition(.gt, .number(1)),
          duration: .zero, severity: severity)
      },
      evaluation: EvaluationSettings(requestCountPath: path),
      endpoint: EndpointSettings(severity: endpoint),
      receivers: receivers.enumerated().map { index, severities in
        ReceiverSettings(
          name: "r\(index)", type: TeamsReceiver.type, severities: severities)
      })
  }

  @Test("Severities of rules that no receiver takes are reported, most severe first")
  func findsUnheard() throws {
    let found = ReceiverCheck.unheard(
      in: try configuration(
        [("a", .warning), ("b", .critical), ("c", .warning), ("d", .error)],
        receivers: [[.error], [.error, .info]]))
    #expect(
      found.map(\.description) == [
        "no receiver takes alerts of severity critical: rules b, endpoint_down reach nobody",
        "no receiver takes alerts of severity warning: rules a, c reach nobody",
      ])
  }

  @Test("The built-in alert counts as a rule, and many names are shortened")
  func countsTheEndpoint() throws {
    let rules = (0..<7).map { ("r\($0)", Severity.info) }
    let found = ReceiverCheck.unheard(
      in: try configuration(rules, endpoint: .warning, receivers: [[.critical]]))
    #expect(
      found.map(\.description) == [
        "no receiver takes alerts of severity warning: rule endpoint_down reaches nobody",
        "no receiver takes alerts of severity info: rules r0, r1, r2, r3, r4 and 2 more reach nobody",
      ])
  }

  @Test("Unused severities need no receiver, and without receivers none does")
  func findsNothing() throws {
    let rules = [("a", Severity.critical)]
    #expect(
      ReceiverCheck.unheard(in: try configuration(rules, receivers: [[.critical]])).isEmpty)
    #expect(ReceiverCheck.unheard(in: try configuration(rules, receivers: [])).isEmpty)
  }
}
