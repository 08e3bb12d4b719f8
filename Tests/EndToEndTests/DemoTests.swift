internal import Foundation
internal import Testing

@Suite("The demo", .inTurn)
struct DemoTests {
  @Test("plays an incident in seconds and leaves nothing behind")
  func demo() async throws {
    let place = try Workplace()
    // What surrounds it must not matter: neither an endpoint, nor a token, nor a proxy.
    let run = try await place.run(
      ["demo"],
      variables: [
        "OPS_API_BASE_URL": "http://127.0.0.1:1", "OPS_API_BEARER_TOKEN": "s3cret-of-the-user",
      ])
    #expect(run.code == 0)
    #expect(run.took < .seconds(15))
    #expect(run.errors.isEmpty)
    for words in [
      "PENDING   error_rate", "FIRING    error_rate", "RESOLVED  error_rate",
      "FIRING    endpoint_down", "RESOLVED  endpoint_down",
    ] { #expect(run.output.contains(words)) }
    #expect(run.output.contains("nothing was resolved"))
    #expect(!run.output.contains("s3cret-of-the-user"))
    #expect(place.names.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.temporary).isEmpty)
  }
}
