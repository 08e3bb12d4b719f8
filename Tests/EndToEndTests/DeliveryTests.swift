internal import Foundation
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("Delivery by the built program", .promptly, .inTurn, .undisturbed)
struct DeliveryTests {
  let place: Workplace
  let service: Service

  init() throws {
    place = try Workplace()
    service = try Service()
  }

  private func run(
    _ snapshot: String, _ options: [String] = [], _ variables: [String: String] = [:]
  ) async throws -> Ended {
    service.show(snapshot)
    return try await place.run(
      arguments + options,
      variables: Given.variables(at: service.base).merging(variables) { $1 })
  }

  private var arguments: [String] {
    [
      "--config", "config.json", "--state", "state.json", "--target-name", "api", "--metrics-url",
      service.base + "/ops/metrics",
    ]
  }

  @Test("Every kind of service gets the firing and the resolution of an alert")
  func allKinds() async throws {
    try place.writeScript("echo \"$@\" >>args\ncat >>mail\n", to: "sendmail")
    let kinds = Given.receivers.keys.sorted() + ["email"]
    try place.write(
      Given.delivering(
        to: kinds, more: #""to": ["a@b.example"], "sendmail": "\#(place.file("sendmail"))""#),
      to: "config.json")

    let firing = try await run(Given.bad)
    #expect(firing.code == 1, "\(firing.errors)")
    for kind in kinds { #expect(firing.output.contains("notified \(kind): 1 firing"), "\(kind)") }
    let begin = service.delivered.count
    #expect(begin == kinds.count, "GitHub is asked and written to, the mail is no request")

    let resolved = try await run(Given.good)
    #expect(resolved.code == 0, "\(resolved.errors)")
    for kind in kinds {
      #expect(resolved.output.contains("notified \(kind): 1 resolved"), "\(kind)")
    }
    let asked = service.delivered.map { "\($0.method) \($0.path.prefix { $0 != "?" })" }
    let both = [
      "POST /hook", "POST /am/api/v2/alerts", "POST /slack", "POST /teams", "POST /discord",
      "POST /ntfy", "POST /pd/v2/enqueue",
    ]
    for request in both { #expect(asked.count { $0 == request } == 2, "\(request)") }
    let issue = ["POST /gh/repos/o/r/issues", "PATCH /gh/repos/o/r/issues/7"]
    for request in issue { #expect(asked.count { $0 == request } == 1, "\(request)") }
    #expect(try place.text(of: "args") == "-t -i\n-t -i\n")
    let mail = try place.text(of: "mail")
    #expect(mail.components(separatedBy: "Auto-Submitted: auto-generated").count == 3)
  }

  @Test("After a kill in the middle of a request, the next run sends the same id")
  func killed() async throws {
    try place.write(Given.delivering(to: ["webhook"]), to: "config.json")
    service.show(Given.bad)
    service.answer(200, hangs: true)
    let run = try place.start(arguments, variables: Given.variables(at: service.base))
    #expect(try await eventually { !service.delivered.isEmpty })
    _ = await run.end(within: .zero)
    service.answer(200)
    #expect(try await self.run(Given.bad).output.contains("notified webhook: 1 firing"))
    #expect(try await self.run(Given.bad).code == 1)
    let ids = service.delivered.map { $0.header("Idempotency-Key") }
    #expect(ids.count >= 2 && Set(ids).count == 1 && ids[0] != nil)
  }

  @Test("No secret is shown, however the services respond", arguments: [200, 302, 400, 401, 503])
  func secrets(status: Int) async throws {
    try place.write(Given.delivering(to: Given.receivers.keys.sorted()), to: "config.json")
    service.answer(status)
    let options = ["--verbose", "--output", "report.json", "--record", "seen.jsonl"]
    // A receiver that is retried gets a deadline; the others have all the time they need.
    let limit = status == 503 ? ["--deadline", "2s"] : ["--deadline", "10m"]
    let ended = try await run(Given.bad, options + limit)
    let dry = try await run(Given.bad, ["--dry-run"])
    let test = try await place.run(
      ["notify-test", "--config", "config.json"] + limit,
      variables: Given.variables(at: service.base))
    #expect(test.code == (status == 200 ? 0 : 5), "\(test.output)")
    var seen = [ended, dry, test].flatMap { [$0.output, $0.errors] }
    for name in place.names { seen.append(try place.text(of: name)) }
    #expect(seen.count > 6, "files as well as outputs")
    for (name, secret) in Given.secrets {
      #expect(!seen.contains { $0.contains(secret) }, "\(name)")
    }
  }

  @Test("notify-test reports how each receiver responded")
  func notifyTest() async throws {
    try place.write(Given.delivering(to: ["slack", "webhook"]), to: "config.json")
    let variables = Given.variables(at: service.base)
    let test = ["notify-test", "--config", "config.json"]
    let all = try await place.run(test, variables: variables)
    #expect((all.code, all.output) == (0, "slack    delivered\nwebhook  delivered\n"))
    let bodies = service.delivered.map { String(decoding: $0.body, as: UTF8.self) }
    #expect(
      bodies.count == 2
        && bodies.allSatisfy { $0.contains("This is a test of notification delivery") })
    let one = try await place.run(
      test + ["--receiver", "webhook", "--event", "resolved"], variables: variables)
    #expect((one.code, one.output) == (0, "webhook  delivered\n"))
    service.answer(404)
    let broken = try await place.run(test, variables: variables)
    #expect(broken.code == 5)
    #expect(broken.output.contains("slack    not delivered: status 404: refused"))
    let unknown = try await place.run(test + ["--receiver", "slak"], variables: variables)
    #expect(unknown.code == 2 && unknown.errors.contains("did you mean slack?"))
    #expect(!place.names.contains("state.json"))
  }
}
