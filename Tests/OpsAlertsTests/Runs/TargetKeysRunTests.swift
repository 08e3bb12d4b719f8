@testable import AlertEngine
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("A run with a target's own credentials, statuses and format")
struct TargetKeysRunTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    try configure("")
    world.memory.withLock {
      $0.variables["LOGIN"] = "watcher:s3cret-word"
      $0.variables["KEY"] = "k3y-value"
    }
  }

  private func configure(_ target: String, reading value: String = #""metric_path": "v""#) throws {
    let targets =
      target.isEmpty
      ? "" : #", "targets": [{"name": "api", "base_url": "https://api.example", \#(target)}]"#
    try folder.write(
      """
      {"rules": [{"name": "r", \(value), "comparison": "gt", "threshold": 5,
        "duration_minutes": 0}]\(targets)}
      """, to: "c.json")
  }

  private var configured: String {
    "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
  }
  private var base: String { configured + "--metrics-url https://api.example/ops/metrics " }

  private func file(_ name: String, _ content: String) throws -> String {
    try folder.write(content, to: name)
    return folder.file(name)
  }

  private var sent: [String] {
    world.memory.withLock {
      $0.requests.last?.headers.map { "\($0.name.text): \($0.value)" } ?? []
    }
  }

  /// `watcher:s3cret-word` in Base64.
  private static let encoded = "d2F0Y2hlcjpzM2NyZXQtd29yZA=="
  private static let expected = [
    "Accept: application/json", "Authorization: Basic \(encoded)", "X-Api-Key: k3y-value",
  ]

  @Test("Options and keys send the same headers, and the secrets appear nowhere else")
  func secrets() async throws {
    let login = try file("login", "watcher:s3cret-word\n")
    let headers = #""headers_env": {"X-Api-Key": "KEY"}"#
    let ways: [(target: String, options: String)] = [
      ("", "--basic-auth-env LOGIN --header-env X-Api-Key=KEY "),
      ("", "--basic-auth-file \(login) --header-env X-Api-Key=KEY "),
      (#""basic_auth_env": "LOGIN", \#(headers)"#, ""),
      (#""basic_auth_file": "\#(login)", \#(headers)"#, ""),
    ]
    let secrets = ["s3cret-word", Self.encoded, "k3y-value", "czNjcmV0LXdvcm"]
    let body = #"{"v": 9, "echo": ["\#(secrets.joined(separator: #"", ""#))"]}"#
    for (target, options) in ways {
      try configure(target)
      for (status, answer) in [(200, body), (401, body), (200, "not JSON: \(body)")] {
        world.answer(answer, status: status)
        let outputs = ["r.json", "p.html", "rec.jsonl"]
        let line = (target.isEmpty ? base : configured) + options
        _ = await world.run(
          line + "--verbose --output \(folder.file("r.json")) --html \(folder.file("p.html")) "
            + "--record \(folder.file("rec.jsonl"))")
        #expect(sent == Self.expected)
        var written = world.output + world.told.joined() + (try folder.read("s.json"))
        for name in outputs { written += try folder.read(name) }
        for secret in secrets { #expect(!written.contains(secret), "\(line) \(status): \(secret)") }
        #expect(written.contains("[redacted]"))
      }
    }
  }

  @Test(
    "A variable that is not set is a mistake before anything is sent",
    arguments: [
      ("", "--basic-auth-env NONE", "--basic-auth-env names NONE, which is not set"),
      ("", "--header-env X-Key=NONE", "--header-env names NONE, which is not set"),
      (
        #""basic_auth_env": "NONE""#, "",
        "target api takes its user and password from NONE, which is not set"
      ),
      (
        #""headers_env": {"X-Key": "NONE"}"#, "",
        "target api takes the header X-Key from NONE, which is not set"
      ),
    ])
  func unset(target: String, options: String, sentence: String) async throws {
    try configure(target)
    #expect(await world.run((target.isEmpty ? base : configured) + options) == .usage)
    #expect(world.told.joined().contains(sentence))
    #expect(sent.isEmpty)
  }

  @Test(
    "An option for the target of the command line is a mistake for configured targets",
    arguments: [
      "--basic-auth-env LOGIN", "--basic-auth-file f", "--header-env X-Key=KEY",
      "--accept-status 503", "--snapshot-format none",
    ])
  func otherTarget(option: String) async throws {
    try configure(#""format": "json""#)
    #expect(await world.run(configured + option) == .usage)
    let name = option.split(separator: " ")[0]
    #expect(
      world.told.joined().contains("\(name) is for the target of --metrics-url or --base-url"))
  }

  @Test(
    "A credential is never sent through a proxy in clear text",
    arguments: [
      ("--basic-auth-env LOGIN", "the user and password"),
      ("--header-env X-Api-Key=KEY", "the header X-Api-Key"),
    ])
  func proxy(option: String, noun: String) async {
    world.memory.withLock { $0.variables["http_proxy"] = "http://p:1" }
    let line = configured + "--metrics-url http://api.example/m \(option)"
    #expect(await world.run(line) == .usage)
    #expect(world.told.joined().contains("http_proxy would send \(noun) for http://api.example"))
  }

  @Test(
    "A body of another format than the target's is named, with its status",
    arguments: [
      (
        "--accept-status any", 503, "# HELP a b\na 1\n",
        "the response (503) is Prometheus text instead of JSON: set format to prometheus"
      ),
      (
        "--snapshot-format prometheus", 200, " {\"a\": 1}",
        "the response is JSON instead of Prometheus text: set format to json"
      ),
      (
        "--accept-status 503", 503, "{\"a\":",
        "the response (503) is not a JSON snapshot (line 1, column 6: "
      ),
    ])
  func otherFormat(option: String, status: Int, body: String, sentence: String) async {
    world.answer(body, status: status)
    #expect(await world.run(base + option) == .noEvidence)
    #expect(world.told.joined().contains(sentence), "\(world.told)")
  }

  @Test("The recording of each format has the response's facts, and a snapshot, a text or neither")
  func recorded() async throws {
    let ways = [
      ("json", #"{"v": 1}"#, #""bytes": 8}, "snapshot": {"v": 1}}"#),
      ("prometheus", "v 1\n", #""bytes": 4}, "text": "v 1\n"}"#), ("none", "x", #""bytes": 1}}"#),
    ]
    for (format, body, end) in ways {
      world.answer(body, status: 503)
      let path = folder.file("\(format).jsonl")
      let line = base + "--snapshot-format \(format) --record \(path) "
      _ = await world.run(line + (format == "none" ? "" : "--accept-status 503"))
      let recorded = try folder.read("\(format).jsonl")
      #expect(recorded.hasSuffix(end + "\n"), "\(recorded)")
      #expect(recorded.contains(#""response": {"status": 503, "seconds": 0"#))
    }
  }

  @Test("A saved snapshot has the format of the option, or of its target")
  func saved() async throws {
    let path = try file("snapshot", "# TYPE v gauge\nv 1\n")
    let line = "--config \(folder.file("c.json")) --snapshot \(path) "
    #expect(await world.run(line) == .noEvidence)
    #expect(await world.run(line + "--snapshot-format prometheus") != .noEvidence)
    try configure(#""format": "prometheus""#, reading: #""metric": "v""#)
    #expect(await world.run(line) != .noEvidence)
    #expect(await world.run(line + "--snapshot-format json") == .noEvidence)
  }
}
