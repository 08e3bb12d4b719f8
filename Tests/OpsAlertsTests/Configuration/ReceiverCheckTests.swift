internal import TestSupport

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
      evaluation: EvaluationSettings(requestCount: .path(path)),
      endpoint: EndpointSettings(severity: endpoint),
      receivers: receivers.enumerated().map { index, severities in
        ReceiverSettings(
          name: "r\(index)", type: TeamsReceiver.type, severities: severities)
      })
  }

  @Test("Severities of rules that no receiver accepts are reported, most severe first")
  func findsUncovered() throws {
    let found = ReceiverCheck.uncovered(
      in: try configuration(
        [("a", .warning), ("b", .critical), ("c", .warning), ("d", .error)],
        receivers: [[.error], [.error, .info]]))
    #expect(
      found.map(\.description) == [
        "no receiver accepts severity critical, so nobody is notified of rules b, endpoint_down",
        "no receiver accepts severity warning, so nobody is notified of rules a, c",
      ])
  }

  @Test("The built-in alert counts as a rule, and a long list of names is shortened")
  func countsTheEndpoint() throws {
    let rules = (0..<7).map { ("r\($0)", Severity.info) }
    let found = ReceiverCheck.uncovered(
      in: try configuration(rules, endpoint: .warning, receivers: [[.critical]]))
    #expect(
      found.map(\.description) == [
        "no receiver accepts severity warning, so nobody is notified of rule endpoint_down",
        "no receiver accepts severity info, so nobody is notified of rules r0, r1, r2, r3, r4 and 2 more",
      ])
  }

  @Test("Unused severities need no receiver; without receivers, no severity does")
  func findsNothing() throws {
    let rules = [("a", Severity.critical)]
    #expect(
      ReceiverCheck.uncovered(in: try configuration(rules, receivers: [[.critical]])).isEmpty)
    #expect(ReceiverCheck.uncovered(in: try configuration(rules, receivers: [])).isEmpty)
  }
}
