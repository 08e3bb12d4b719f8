internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

/// Rules, the documents that services publish, and what becomes of them: `*.story.json`.
///
/// - `documents`: the file of each target's good document
/// - `rules`, `evaluation`: the configuration, if the story is not about one in a file
/// - `steps`: runs at the minute `at`. Each makes its documents of the good ones with `edits` and
///   `remove`, answers with `status` (200) after `seconds`, and expects exactly the alerts `bad`,
///   the unknown checks `unknown` (besides those without history or volume), and `details` in the
///   report
struct PublishedStory {
  private let story: [String: Any]
  private let folder: URL
  private let world = World()
  private let files: Folder

  /// - Parameters:
  ///   - path: the story's file in the repository.
  ///   - folder: where its documents are.
  /// - Throws: what reading the file throws.
  init(_ path: String, documentsIn folder: URL) throws {
    let text = try Repository.text(of: path)
    story = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    self.folder = folder
    files = try Folder()
  }

  private var documents: [String: String] { story["documents"] as? [String: String] ?? [:] }

  /// The configuration that the story's own rules make.
  func ownConfiguration() throws -> String {
    var configuration = story.filter { ["rules", "evaluation"].contains($0.key) }
    configuration["targets"] = documents.map { name, file in
      [
        "name": name, "metrics_url": "https://\(name).example/",
        "format": file.hasSuffix(".prom") ? "prometheus" : "json", "accept_status": "any",
      ]
    }
    return String(
      decoding: try JSONSerialization.data(withJSONObject: configuration), as: UTF8.self)
  }

  /// Plays the story with a configuration, and expects every rule to be seen good and bad.
  func play(_ configuration: String) async throws {
    try files.write(configuration, to: "c.json")
    let parsed = try JSONSerialization.jsonObject(with: Data(configuration.utf8))
    let content = try #require(parsed as? [String: Any])
    let rules = try #require(content["rules"] as? [[String: Any]]).compactMap {
      $0["name"] as? String
    }
    let targets = content["targets"] as? [[String: Any]] ?? []
    provideCredentials(of: targets)

    var seen: (good: Set<String>, bad: Set<String>) = ([], [])
    for step in try #require(story["steps"] as? [[String: Any]]) {
      for target in targets { try answer(target, in: step) }
      if targets.isEmpty { try files.write(try document("default", in: step), to: "snapshot") }
      let checks = try await checks(
        atMinute: step["at"] as? Double ?? 0,
        options: targets.isEmpty ? "--snapshot \(files.file("snapshot"))" : "")
      let bad = checks.filter { ["pending", "firing", "recovering"].contains($0.phase) }
      let others = checks.filter { $0.phase == "inactive" }
      let unknown = others.filter { !["", "warming_up", "low_volume"].contains($0.reason) }
      seen.good.formUnion(others.filter(\.reason.isEmpty).map(\.rule))
      seen.bad.formUnion(bad.map(\.rule))
      let sentence: Comment = "minute \(step["at"] ?? 0): \(world.output)"
      #expect(bad.map(\.label).sorted() == texts(step["bad"]).sorted(), sentence)
      #expect(
        unknown.map { "\($0.label) \($0.reason)" }.sorted() == texts(step["unknown"]).sorted(),
        sentence)
      for detail in texts(step["details"]) { #expect(world.output.contains(detail)) }
    }
    #expect(seen.good.isSuperset(of: rules), "never good: \(Set(rules).subtracting(seen.good))")
    #expect(seen.bad.isSuperset(of: rules), "never bad: \(Set(rules).subtracting(seen.bad))")
  }

  private func texts(_ value: Any?) -> [String] { value as? [String] ?? [] }

  private func provideCredentials(of targets: [[String: Any]]) {
    world.memory.withLock { memory in
      for target in targets {
        let headers = (target["headers_env"] as? [String: String] ?? [:]).values
        for name in [target["basic_auth_env"], target["bearer_token_env"]] + Array(headers) {
          if let name = name as? String { memory.variables[name] = "watcher:s3cret-word" }
        }
      }
    }
  }

  /// Sets the response of a target in one step.
  private func answer(_ target: [String: Any], in step: [String: Any]) throws {
    let name = try #require(target["name"] as? String)
    let url = try #require(target["metrics_url"] as? String)
    let status = (step["status"] as? [String: Int])?[name] ?? 200
    var response = World.response(try document(name, in: step), status: status)
    response.elapsed = .seconds((step["seconds"] as? [String: Double])?[name] ?? 0.1)
    world.answer(inTurn: [.success(response)], from: String(url.prefix { $0 != "?" }))
  }

  /// What a target publishes in one step; nothing if the story has no document of it.
  private func document(_ target: String, in step: [String: Any]) throws -> String {
    guard let file = documents[target] else { return "" }
    let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    let edits = (step["edits"] as? [String: Any])?[target] as? [String: Any] ?? [:]
    let removals = texts((step["remove"] as? [String: Any])?[target])
    let edit = file.hasSuffix(".prom") ? EditedDocument.exposition : EditedDocument.json
    return try edit(text, edits, removals)
  }

  private struct Check {
    var rule: String
    var label: String
    var phase: String
    var reason: String
  }

  /// Runs once, and returns the checks of the rules.
  private func checks(atMinute minute: Double, options: String) async throws -> [Check] {
    let report = files.file("r.json")
    _ = await world.run(
      "--config \(files.file("c.json")) --state \(files.file("s.json")) --retries 0 "
        + "--output \(report) --no-deliver \(options)", atMinute: minute)
    let parsed = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: report)))
    let content = try #require(parsed as? [String: Any], "\(world.told)")
    let parts = [content] + (content["targets"] as? [[String: Any]] ?? [])
    let checks = parts.flatMap { $0["checks"] as? [[String: Any]] ?? [] }
    #expect(!checks.isEmpty)
    return checks.compactMap { check in
      guard let rule = check["name"] as? String, let phase = check["phase"] as? String else {
        return nil
      }
      if rule == "endpoint_down", phase == "inactive" { return nil }
      let instance = (check["instance"] as? String).map { "[\($0)]" } ?? ""
      return Check(
        rule: rule, label: rule + instance, phase: phase,
        reason: check["reason"] as? String ?? "")
    }
  }
}
