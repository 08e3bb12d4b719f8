@testable import AlertEngine
@testable import Delivery
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("What an answer means for a notification")
struct DeliveryOutcomeTests {
  private static let statuses = [
    (408, false), (425, false), (429, false), (500, true), (501, false), (502, true), (503, false),
    (504, true), (599, false),
  ]

  @Test(
    "After a temporary failure a notification may have arrived only where the service took it",
    arguments: statuses)
  func mayHaveArrived(status: Int, mayHaveArrived: Bool) throws {
    let outcome = DeliveryOutcome(status: HTTPResponse(status: status), at: IncidentSample.now)
    guard case .transient(let failure) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(failure.mayHaveArrived == mayHaveArrived)
  }
}
