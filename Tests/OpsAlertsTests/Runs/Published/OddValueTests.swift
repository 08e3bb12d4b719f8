internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("Values that services publish oddly")
struct OddValueTests {
  /// What a run says of a document of one rule.
  private func said(
    _ rule: String, comparison: String = "gt", of document: String, _ options: String = ""
  ) async throws -> String {
    let files = try Folder()
    try files.write(
      """
      {"rules": [{"name": "r", "comparison": "\(comparison)", "duration_minutes": 0, \(rule)}]}
      """,
      to: "c.json")
    try files.write(document, to: "d.json")
    let world = World()
    _ = await world.run(
      "--config \(files.file("c.json")) --snapshot \(files.file("d.json")) --no-state " + options)
    return world.output
  }

  @Test(
    "What cannot be read is shown with its place and what was expected",
    arguments: [
      (
        #""measure": "age_seconds", "metric_path": "v""#, #"{"v": "2026-11-18 11:00:00"}"#,
        "wrong type: a time without a zone (set time_zone) at v, expected a time in the past"
      ),
      (
        #""measure": "age_seconds", "metric_path": "v""#, #"{"v": 1800000000}"#,
        "wrong type: a time in the future at v, expected a time in the past"
      ),
      (
        #""metric_path": "v", "parse": "duration""#, #"{"v": "1 day, 3:02:11"}"#,
        #"wrong type: the text "1 day, 3:02:11" at v, expected a duration such as "1m30s""#
      ),
      (
        #""metric_path": "v", "parse": "bytes""#, #"{"v": "1,234 KB"}"#,
        #"wrong type: the text "1,234 KB" at v, expected a size such as "1.5 GiB""#
      ),
      (
        #""metric_path": "v", "parse": "percent""#, #"{"v": "87.5"}"#,
        #"wrong type: the text "87.5" at v, expected a percentage such as "87 %""#
      ),
      (
        #""metric_path": "$.l[*].v", "aggregate": "sum""#, #"{"l": [{"v": 1}, {"v": "x"}]}"#,
        "wrong type: a string at $['l'][1]['v'], expected a number"
      ),
      (
        #""metric_path": "$.l[*].v", "instance_by": ["n"]"#, #"{"l": [{"v": 1}, {"v": 2}]}"#,
        "no evidence: some elements have no n"
      ),
      (
        #""metric_path": "v", "parse": "number""#, #"{"v": "NaN"}"#, "no evidence: NaN at v"
      ),
    ])
  func odd(rule: String, document: String, sentence: String) async throws {
    let output = try await said(#"\#(rule), "threshold": 5"#, of: document)
    #expect(output.contains(sentence), "\(output)")
  }

  @Test("An element without the value needs no name")
  func bystanders() async throws {
    let output = try await said(
      #""metric_path": "$.l[*].v", "instance_by": ["n"], "threshold": 5"#,
      of: #"{"l": [null, {"n": "a", "v": 9}, {"m": 1}, 5]}"#)
    #expect(output.contains("FIRING  r[a]") && !output.contains("unnamed"), "\(output)")
  }

  @Test("A state is compared with the state that the document itself asks for")
  func desired() async throws {
    let document = #"""
      {"l": [{"n": "web", "is": "STOPPED", "should": "RUNNING"},
        {"n": "job", "is": "STOPPED", "should": "STOPPED"}, {"n": "odd", "is": 1, "should": "x"}]}
      """#
    let output = try await said(
      #""metric_path": "$.l[*].is", "threshold_path": "$.l[*].should", "instance_by": ["n"]"#,
      comparison: "ne", of: document)
    #expect(
      output.contains(#"FIRING  r[web]         "STOPPED" (limit ≠ $.l[*].should)"#), "\(output)")
    #expect(output.contains(#"OK      r[job]         "STOPPED" (limit ≠ $.l[*].should)"#))
    #expect(output.contains("wrong type: a number at $.l[*].is, expected the kind of value at"))
  }

  @Test("A negative scale makes an age the time that is left")
  func countdown() async throws {
    let rule =
      #""measure": "age_seconds", "metric_path": "v", "scale": -1, "threshold": 604800"#
    // Five days after the run, and one hour before it.
    #expect(try await said(rule, of: #"{"v": 1795432000}"#).contains("5 d (limit > 7 d)"))
    #expect(try await said(rule, of: #"{"v": 1794996400}"#).contains("-3600 s (limit > 7 d)"))
  }

  @Test(
    "A value is divided by the sum of several fields, alone or in each element",
    arguments: [
      (#""metric_path": "c.used", "denominator_path": "$.c['used','free']""#, "90 % (limit"),
      (
        #""metric_path": "$.l[*].used", "denominator_path": "$.l[*]['used','free']", "#
          + #""instance_by": ["n"]"#, "r[a]           25 % (limit"
      ),
    ])
  func shares(paths: String, sentence: String) async throws {
    let output = try await said(
      #"\#(paths), "measure": "quotient", "aggregate": "sum", "unit": "ratio", "threshold": 2"#,
      of: #"{"c": {"used": 90, "free": 10}, "l": [{"n": "a", "used": 1, "free": 3}]}"#)
    #expect(output.contains(sentence), "\(output)")
  }

  @Test("A check of the configuration says what a rule multiplies by")
  func scales() async throws {
    let files = try Folder()
    let common = #""comparison": "gt", "threshold": 5, "duration_minutes": 0"#
    try files.write(
      """
      {"rules": [{"name": "a", "metric_path": "v", "scale": 0.001, \(common)},
        {"name": "b", "metric_path": "t", "measure": "age_seconds", "scale": -1, \(common)}]}
      """, to: "c.json")
    let world = World()
    _ = await world.run("check --config \(files.file("c.json"))")
    #expect(world.output.contains("v × 0.001 > 5 immediately"), "\(world.output)")
    #expect(world.output.contains("time until t > 5 s immediately"))
  }

  @Test("Two fields of one name give two labels")
  func labels() async throws {
    let output = try await said(
      #""metric_path": "$.p[*].v[*].u", "instance_by": ["ref.name", "name"], "threshold": 0"#,
      of: #"{"p": [{"ref": {"name": "web"}, "v": [{"name": "data", "u": 1}]}]}"#,
      "--format json")
    for expected in [#""web/data""#, #""ref_name": "web""#, #""name": "data""#] {
      #expect(output.contains(expected), "\(expected)")
    }
  }
}
