internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Testing

@Suite("The demo's endpoint")
struct DemoServingTests {
  @Test(
    "The incident is stretched over the given time, and stays at its end",
    arguments: [(0, 0), (1, 0), (50, 22), (99, 43), (100, 44), (300, 44), (-1, 0)])
  func scaled(passed: Int, minute: Int) {
    #expect(DemoIncident.minute(after: .seconds(passed), of: .seconds(100)) == minute)
  }

  @Test("A long-running server keeps none of its requests", arguments: [false, true])
  func forgets(keepsRequests: Bool) throws {
    let server = try LoopbackServer(keepsRequests: keepsRequests) { _ in .json("{}") }
    defer { server.stop() }
    for _ in 0..<3 {
      let address = try #require(URL(string: "http://127.0.0.1:\(server.port)/"))
      #expect(try Data(contentsOf: address) == Data("{}".utf8))
    }
    #expect(server.requests.count == (keepsRequests ? 3 : 0))
  }
}
