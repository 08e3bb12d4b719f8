@testable import Delivery
internal import Foundation
@testable import HTTP
@testable import Text
internal import TestSupport
internal import Testing

/// An endpoint that repeats the secrets of the run inside its snapshot.
private enum Echo {
  static let token = #"t0k"en/5ecret+of-the<run>&ABCDEFGH"#
  static let key = Given.secrets["ROUTING_KEY"] ?? ""

  /// All texts that may not leave the program; the first ones are those of the token.
  static let forms = formsOfToken + forms(of: key)
  static let formsOfToken = forms(of: token)

  /// The begin of the token, at the end of a name that is cut there, also as JSON escapes it.
  static let begins = [String(token.prefix(8)), #"t0k\"en/5"#]

  private static func forms(of secret: String) -> [String] {
    let quoted = secret.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    let units = secret.utf8.map { "\\u00" + String($0, radix: 16) }.joined()
    let unreserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
    let percent = secret.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    let base64 = ["", "x", "yz"].map { begin in
      // The part that does not depend on what comes before it.
      let encoded = Data((begin + secret).utf8).base64EncodedString()
      let part = encoded.dropFirst((begin.utf8.count + 2) / 3 * 4)
      return String(part.prefix((secret.utf8.count - (3 - begin.utf8.count) % 3) / 3 * 4))
    }
    let texts =
      [
        secret, quoted, quoted.replacing("/", with: "\\/"), units, percent,
        percent.replacing(/%[0-9A-F]{2}/) { $0.output.lowercased() }, MarkupText.escaped(secret),
      ] + base64 + base64.map { $0.replacing("+", with: "-").replacing("/", with: "_") }
    return Set(texts).filter { $0.utf8.count >= Redactor.leastLength }.sorted()
  }

  /// An instance of a rule for each form, and a text of each; beside the longest part that a name has
  /// room for.
  static func snapshot(age: Int) throws -> String {
    let long = String(repeating: "x", count: 172) + token
    let names = forms + [long] + forms.prefix(3).map { "Basic dXNlcjo\($0)/\($0)" }
    let sources = Dictionary(names.map { ($0, ["age": age]) }) { one, _ in one }
    let few = Dictionary((formsOfToken.prefix(2) + [long]).map { ($0, ["age": age]) }) { $1 }
    let document: [String: Any] = [
      "errors": ["rate": age > 5 ? 0.09 : 0.01], "sources": sources, "few": few,
      "mode": forms.joined(separator: " "),
    ]
    let data = try JSONSerialization.data(withJSONObject: document, options: .sortedKeys)
    return String(decoding: data, as: UTF8.self)
  }

  static func configuration(_ kinds: [String]) -> String {
    let rules = #"""
      {"version": "test", "rules": [
        {"name": "old", "metric_path": "sources.*.age", "comparison": "gt", "threshold": 5,
          "duration_minutes": 0},
        {"name": "few", "metric_path": "few.*.age", "comparison": "gt", "threshold": 5,
          "duration_minutes": 0, "severity": "warning"},
        {"name": "mode", "metric_path": "mode", "comparison": "ne", "threshold": "fine",
          "duration_minutes": 0},
        {"name": "type", "metric_path": "mode", "comparison": "gt", "threshold": 5,
          "duration_minutes": 0}
      ], "receivers": [
      """#
    let receivers = kinds.map { kind in
      // GitHub takes a second for each alert.
      let severities = kind == "github" ? #""severities": ["warning"], "# : ""
      return
        #"{"name": "\#(kind)", "type": "\#(kind)", \#(severities)\#(Given.receivers[kind] ?? "")}"#
    }
    return rules + receivers.joined(separator: ", ") + "]}"
  }
}

@Suite("Secrets that an endpoint repeats", .promptly, .inTurn)
struct EchoedSecretTests {
  /// The forms of secrets in a text; those that services get as their own address are removed first.
  private func found(in text: String, of forms: [String] = Echo.forms) -> [String] {
    let data = Data(text.utf8)
    return (forms + Echo.begins).filter { data.range(of: Data($0.utf8)) != nil }
  }

  private static let kinds = Given.receivers.keys.sorted()

  @Test(
    "Nothing that is shown, stored or sent holds one",
    arguments: ["text", "json", "markdown", "github"])
  func nowhere(format: String) async throws {
    let service = try Service()
    let place = try Workplace()
    try place.write(Echo.configuration(Self.kinds), to: "config.json")
    let variables = Given.variables(at: service.base).merging([
      "OPS_API_BASE_URL": service.base, "OPS_API_BEARER_TOKEN": Echo.token,
      "GITHUB_STEP_SUMMARY": place.file("summary.md"), "GITHUB_OUTPUT": place.file("output.txt"),
    ]) { $1 }
    let isDelivering = format == "text"
    for age in isDelivering ? [10, 1] : [10] {
      service.show(try Echo.snapshot(age: age))
      let run = try await place.run(
        [
          "--config", "config.json", "--state", "state.json", "--format", format, "--verbose",
          "--record", "recording.jsonl", "--output", "report.json", "--html", "page.html",
          isDelivering ? "--deliver" : "--no-deliver",
        ], variables: variables)
      #expect(run.code == 1, "\(run.errors)")
      #expect(found(in: run.output).isEmpty)
      #expect(found(in: run.errors).isEmpty)
    }
    for name in place.names where name != "config.json" {
      #expect(found(in: try place.text(of: name)).isEmpty, "\(name)")
    }
    #expect(service.delivered.isEmpty != isDelivering)
    for request in service.delivered {
      let body = String(decoding: request.body, as: UTF8.self)
      // A service is told its own key, and nothing else.
      let own = ["routing_key", "topic"].reduce(body) { body, key in
        Given.secrets.values.reduce(body) {
          $0.replacing("\"\(key)\":\"\($1)\"", with: "").replacing(
            "\"\(key)\": \"\($1)\"", with: "")
        }
      }
      #expect(found(in: own).isEmpty, "\(request.path)")
    }
  }

  @Test("An alert whose name holds a secret is the same alert in every run")
  func identity() async throws {
    let service = try Service()
    let place = try Workplace()
    try place.write(Echo.configuration(["webhook"]), to: "config.json")
    let variables = Given.variables(at: service.base).merging([
      "OPS_API_BASE_URL": service.base, "OPS_API_BEARER_TOKEN": Echo.token,
    ]) { $1 }
    for age in [10, 10, 1] {
      service.show(try Echo.snapshot(age: age))
      let run = try await place.run(
        ["--config", "config.json", "--state", "state.json", "--format", "json"],
        variables: variables)
      #expect(found(in: run.output, of: Echo.formsOfToken).isEmpty)
      let transitions = try run.report.transitions.filter { $0.name.hasPrefix("old") }
      let words = Set(transitions.map(\.to))
      // The second run finds them firing, and the third one good.
      #expect(age == 10 || words == ["resolved"], "\(words) \(run.errors)")
    }
    let status = try await place.run(["status", "--state", "state.json", "--format", "json"])
    #expect(status.code == 0)
    #expect(found(in: status.output, of: Echo.formsOfToken).isEmpty)
  }

  @Test("A secret of fewer than six bytes is refused, whatever it is for")
  func short() async throws {
    let place = try Workplace()
    try place.write(Given.delivering(to: ["pagerduty"]), to: "config.json")
    try place.write(Given.good, to: "good.json")
    let token = try await place.run(
      ["--config", "config.json", "--no-state"],
      variables: ["OPS_API_BASE_URL": "http://127.0.0.1:9", "OPS_API_BEARER_TOKEN": "s3cre"])
    #expect(token.code == 2)
    #expect(token.errors.contains("OPS_API_BEARER_TOKEN holds fewer than 6 bytes"))
    let key = try await place.run(
      ["--config", "config.json", "--snapshot", "good.json", "--state", "s.json", "--deliver"],
      variables: ["U_PAGERDUTY": "http://127.0.0.1:9/", "ROUTING_KEY": "s3cre"])
    #expect(key.code == 2)
    #expect(key.errors.contains("ROUTING_KEY has fewer than 6 bytes"))
    #expect(!(token.errors + key.errors).contains("s3cre"))
  }
}
