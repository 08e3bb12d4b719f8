@testable import AlertEngine
@testable import Delivery
@testable import OpsAlerts
internal import Testing

/// What people write on a first day, each with the advice that they get.
@Suite("Common mistakes")
struct CommonMistakesTests {
  @Test(
    "An option, an operand or a command from elsewhere gets the right name",
    arguments: [
      ("-c x.json", "evaluate has no option \"-c\" (did you mean --config?)"),
      ("--config-file x.json", "(did you mean --config?)"),
      ("--configuration x.json", "(did you mean --config?)"),
      ("-q", "evaluate has no option \"-q\" (did you mean --quiet?)"),
      ("-v", "(did you mean --verbose?)"),
      ("-V", "(did you mean --version?)"),
      ("-n", "(did you mean --dry-run?)"),
      ("-o out.json", "(did you mean --output?)"),
      ("-x", "evaluate has no option \"-x\""),
      ("--url https://api.example", "(did you mean --base-url or --metrics-url?)"),
      ("--endpoint=https://api.example", "(did you mean --base-url or --metrics-url?)"),
      ("--timeout-seconds 10", "(did you mean --timeout?)"),
      ("--retry 3", "(did you mean --retries?)"), ("--max-time 10", "(did you mean --timeout?)"),
      ("--statefile s.json", "(did you mean --state?)"),
      ("--state-file s.json", "(did you mean --state?)"),
      ("--json", "(did you mean --format json?)"),
      ("--no-color", "(did you mean --color never?)"),
      ("--silent", "(did you mean --quiet?)"),
      ("--dryrun", "(did you mean --dry-run?)"),
      ("--bearer-token abc", "put the token in OPS_API_BEARER_TOKEN, or in a file"),
      ("--fail-on critical", "not \"critical\" (did you mean fail?)"),
      (
        "--format md",
        "--format takes text, json, markdown, github, nagios, openmetrics or junit, not \"md\""
      ),
      ("c.json", "unknown command \"c.json\" (did you mean --config c.json?)"),
      ("check c.json", "check takes options only, not \"c.json\" (did you mean --config c.json?)"),
      ("--quiet c.yaml", "(did you mean --config c.yaml?)"),
      ("rec.jsonl", "(did you mean 'ops-alert-eval replay rec.jsonl'?)"),
      ("replay rec.jsonl --since 2026-11-21", "(did you mean --from?)"),
      ("validate", "unknown command \"validate\" (did you mean check?)"),
      ("run", "unknown command \"run\" (did you mean evaluate?)"),
    ])
  func commandLine(line: String, advice: String) throws {
    let words = line.split(separator: " ").map(String.init)
    let mistake = try #require(throws: UsageMistake.self) { try parseCommandLine(words) }
    let reason = mistake.message.prefix { $0 != ";" }
    #expect(reason.hasSuffix(advice) || mistake.message.contains(advice), "\(mistake.message)")
    #expect(advice.contains("did you mean") || !reason.contains("did you mean"))
  }

  /// Keys of a rule that replace the valid ones, and the end of the message.
  @Test(
    "A value or a key from elsewhere gets the right one",
    arguments: [
      (#""threshold": "5%""#, "(comparison gt requires it); write 0.05"),
      (#""threshold": "5 %""#, "write 0.05"),
      (#""threshold": "0.05""#, "write 0.05"),
      (#""threshold": "0,05""#, "write 0.05"),
      (#""threshold": null"#, "leave out the key, or give it a value"),
      (#""duration_minutes": "10""#, "write 10"),
      (#""duration_minutes": "10 min""#, "write 10"),
      (#""duration_minutes": "1h30min""#, "write 90"),
      (#""duration_minutes": "soon""#, #"found the string "soon""#),
      (#""min_request_count": "20""#, "write 20"),
      (#""comparison": ">""#, #"did you mean "gt"?"#),
      (#""comparison": ">=""#, #"did you mean "gte"?"#),
      (#""comparison": "<""#, #"did you mean "lt"?"#),
      (#""comparison": "==""#, #"did you mean "eq"?"#),
      (#""comparison": "!=""#, #"did you mean "ne"?"#),
      (#""comparison": "above""#, #"did you mean "gt"?"#),
      (#""breach_status": "warning""#, #"did you mean "warn"?"#),
      (#""breach_status": "critical""#, #"did you mean "fail"?"#),
      (#""severity": "warn""#, #"did you mean "warning"?"#),
      (#""severity": "high""#, #"did you mean "critical"?"#),
      (#""on_missing": "ignore""#, #"did you mean "hold"?"#),
      (#""measure": "rate""#, #"did you mean "rate_per_minute"?"#),
      (#""metric_path": 5"#, #"write "5""#),
      (#""summary": true"#, #"write "true""#),
      (#""path": "a.b""#, #"unknown key; did you mean "metric_path"?"#),
      (#""for": "10m""#, #"unknown key; did you mean "duration_minutes"?"#),
      (#""operator": ">""#, #"unknown key; did you mean "comparison"?"#),
      (#""limit": 5"#, #"unknown key; did you mean "threshold"?"#),
      (#""durationMinutes": 5"#, #"unknown key; did you mean "duration_minutes"?"#),
      (#""alert": "a""#, #"unknown key; did you mean "name"?"#),
    ])
  func value(member: String, advice: String) throws {
    let mistakes = try mistakes(in: "{\"rules\": [\(Self.rule(with: member))]}")
    #expect(mistakes.contains { $0.hasSuffix(advice) }, "\(mistakes)")
  }

  @Test(
    "Syntax that is not JSON is called by its name",
    arguments: [
      ("// limits\n{\"rules\": []}", "JSON has no comments: remove it"),
      ("{\"rules\": [] /* none */}", "JSON has no comments: remove it"),
      ("{\n# limits\n\"rules\": []}", "JSON has no comments: remove it"),
      ("{\"rules\": [1, 2,]}", "remove the comma before it"),
      ("{\"rules\": [], }", "remove the comma before it"),
      ("{\"rules\": [1,, 2]}", "remove this comma"),
      ("{'rules': []}", "JSON has only double quotes: write \""),
      ("{\"version\": 'a'}", "JSON has only double quotes: write \""),
      ("{\u{201C}rules\u{201D}: []}", "this is a typographic quote: write \""),
      ("{rules: []}", "put the key in double quotes"),
      ("{\"version\": v1}", "put the text in double quotes"),
      ("{\"a\": True}", "write true"),
      ("{\"a\": no}", "write false"),
      ("{\"a\": None}", "write null, or leave out the key"),
      ("{\"a\": NaN}", "JSON has no such number"),
      ("{\"a\": .5}", "write a 0 before the point"),
      ("{\"a\": +5}", "write the number without +"),
      ("{\"a\": 5%}", "write the fraction: 0.05 for 5 %"),
      ("{\"a\": 0,05}", "write a decimal point, not a comma"),
      ("{\"a\": ${LIMIT}}", "variables are not expanded here: write the value"),
      ("{\"a\" = 5}", "write : between a key and its value"),
      ("{\"a\": 5; \"b\": 6}", "write , between two members or elements"),
      ("{\"a\": 5 \"b\": 6}", "is a comma or a colon missing before it?"),
      ("{\"a\" 5}", "is a comma or a colon missing before it?"),
      ("{\"rules\": [", "is a closing quote, ] or } missing at the end?"),
      ("rules:\n  - name: a\n", "this looks like YAML: write it as JSON"),
      ("---\nrules: []\n", "this looks like YAML: write it as JSON"),
      ("# limits\n\nrules: []\n", "this looks like YAML: write it as JSON"),
      ("- name: a\n", "this looks like YAML: write it as JSON"),
    ])
  func syntax(text: String, advice: String) throws {
    let mistakes = try mistakes(in: text)
    #expect(mistakes.count == 1 && mistakes[0].contains("this is not JSON: expected "))
    #expect(mistakes[0].hasSuffix("; \(advice)"), "\(mistakes)")
  }

  @Test("Advice never shows what may be a secret")
  func keepsSecrets() throws {
    let text = """
      {"rules": [\(Self.rule(with: "\"name\": \"a\""))],
       "receivers": [{"name": "a", "type": "webhook", "url_env": 48151623}]}
      """
    #expect(try !mistakes(in: text).joined().contains("48151623"))
  }

  private func mistakes(in text: String) throws -> [String] {
    try #require(throws: ConfigurationMistakes.self) {
      try Configuration.decode(Array(text.utf8), receivers: ReceiverCatalogue.standard.types)
    }.listed.map(\.description)
  }

  /// A valid rule in which one member is replaced or added.
  private static func rule(with member: String) -> String {
    let members = [
      #""name": "r""#, #""metric_path": "a""#, #""comparison": "gt""#, #""threshold": 1"#,
      #""duration_minutes": 5"#,
    ]
    let key = member.prefix { $0 != ":" }
    let others = members.filter { !$0.hasPrefix("\(key):") }
    return "{\((others + [member]).joined(separator: ", "))}"
  }
}
